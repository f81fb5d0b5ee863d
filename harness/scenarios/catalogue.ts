import type { Scenario } from '../domain/scenario.ts';
import { acceptQueueOverflow } from './accept-queue-overflow.ts';
import { fooledClient } from './fooled-client.ts';
import { kernelProbe } from './kernel-probe.ts';
import { somaxconnCapsTheBacklog } from './somaxconn-caps-the-backlog.ts';
import { somaxconnNeedsANewListen } from './somaxconn-needs-a-new-listen.ts';
import { synQueue } from './syn-queue.ts';

/** Every scenario, the default one first. */
export const SCENARIOS: readonly Scenario[] = [
  acceptQueueOverflow,
  fooledClient,
  somaxconnCapsTheBacklog,
  somaxconnNeedsANewListen,
  kernelProbe,
  synQueue,
];

export const scenarioNamed = (id: string): Scenario | undefined =>
  SCENARIOS.find((scenario) => scenario.id === id);
