import type { Incident } from '../../domain/incident.ts';
import { tomcatAcceptCount } from './tomcat-accept-count.ts';

/** The systems of the five documents, in their order. */
export const INCIDENTS: readonly Incident[] = [tomcatAcceptCount];

export const incidentNamed = (id: string): Incident | undefined =>
  INCIDENTS.find(({ scenario }) => scenario.id === id);
