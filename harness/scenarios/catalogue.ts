import type { Scenario } from '../domain/scenario.ts';
import { abortOnOverflow } from './abort-on-overflow.ts';
import { acceptQueueOverflow } from './accept-queue-overflow.ts';
import { backlogBeyond16Bits } from './backlog-beyond-16-bits.ts';
import { CLIENT_STATES } from './client-states.ts';
import { connectTimeoutsInABurst } from './connect-timeouts-in-a-burst.ts';
import { connectionCap } from './connection-cap.ts';
import { cookiesDoNotHelp } from './cookies-do-not-help.ts';
import { drainedQueue } from './drained-queue.ts';
import { establishedWithoutLimit } from './established-without-limit.ts';
import { fooledClient } from './fooled-client.ts';
import { fooledClientSends } from './fooled-client-sends.ts';
import { halfOpenConnections } from './half-open-connections.ts';
import { INCIDENTS } from './incidents/incidents.ts';
import { keepaliveBelieves } from './keepalive-believes.ts';
import { kernelGivesUp } from './kernel-gives-up.ts';
import { kernelProbe } from './kernel-probe.ts';
import { nodeDefaultBacklog } from './node-default-backlog.ts';
import { ownServer } from './own-server.ts';
import { queueCapacities } from './queue-capacities.ts';
import { refusedNeedsAClosedPort } from './refused-needs-a-closed-port.ts';
import { relayTraffic } from './relay-traffic.ts';
import { shortAndLongTimeouts } from './short-and-long-timeouts.ts';
import { shortConnectionsAndSomaxconn } from './short-connections-and-somaxconn.ts';
import { slowAccept } from './slow-accept.ts';
import { somaxconnCapsTheBacklog } from './somaxconn-caps-the-backlog.ts';
import { somaxconnNeedsANewListen } from './somaxconn-needs-a-new-listen.ts';
import { synQueue } from './syn-queue.ts';
import { synRetransmissions } from './syn-retransmissions.ts';
import { youngRequests } from './young-requests.ts';

/** Every documented experiment, the default one first. */
export const SCENARIOS: readonly Scenario[] = [
  acceptQueueOverflow,
  fooledClient,
  halfOpenConnections,
  keepaliveBelieves,
  fooledClientSends,
  backlogBeyond16Bits,
  somaxconnCapsTheBacklog,
  somaxconnNeedsANewListen,
  kernelProbe,
  synQueue,
  nodeDefaultBacklog,
  queueCapacities,
  connectionCap,
  relayTraffic,
  shortConnectionsAndSomaxconn,
  abortOnOverflow,
  connectTimeoutsInABurst,
  youngRequests,
  cookiesDoNotHelp,
  establishedWithoutLimit,
  drainedQueue,
  kernelGivesUp,
  refusedNeedsAClosedPort,
  shortAndLongTimeouts,
  slowAccept,
  synRetransmissions,
];

/** Also those of the incidents, and those that are about no document. */
export const scenarioNamed = (id: string): Scenario | undefined =>
  [...SCENARIOS, ...INCIDENTS.map(({ scenario }) => scenario), ...CLIENT_STATES, ownServer].find(
    (scenario) => scenario.id === id,
  );
