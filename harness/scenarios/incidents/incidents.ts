import type { Incident } from '../../domain/incident.ts';
import { relayConnectionCap } from './relay-connection-cap.ts';
import { rpcRestartStorm } from './rpc-restart-storm.ts';
import { shortConnections } from './short-connections.ts';
import { tomcatAcceptCount } from './tomcat-accept-count.ts';
import { websocketStorm } from './websocket-storm.ts';

/** The systems of the five documents, in their order. */
export const INCIDENTS: readonly Incident[] = [
  rpcRestartStorm,
  tomcatAcceptCount,
  websocketStorm,
  shortConnections,
  relayConnectionCap,
];

export const incidentNamed = (id: string): Incident | undefined =>
  INCIDENTS.find(({ scenario }) => scenario.id === id);
