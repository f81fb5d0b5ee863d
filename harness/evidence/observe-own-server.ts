/** A server that is not ours says nothing of itself: what was seen of it from outside. */
import { type Evidence, serverEventsFile } from '../domain/evidence.ts';
import type { Counters, OwnServerSeen, Snapshot } from '../domain/observations.ts';
import { clientsOfWave, type RunPlan, type Step } from '../domain/plan.ts';
import type { SocketRow } from '../domain/tcp.ts';
import { createEvidenceReader, type EvidenceReader } from './evidence-reader.ts';
import { fieldOf, type Shape, shapeProblem } from './json-shape.ts';

const LISTENING: Shape = {
  acceptQueueLimit: 'number',
  program: 'string',
  executable: 'string',
  processes: 'number',
  address: 'string',
  readyAfterMs: 'number',
};

interface Listening extends OwnServerSeen {
  readonly acceptQueueLimit: number;
}

function listeningEvent(reader: EvidenceReader): Listening | undefined {
  const event = reader
    .lines(serverEventsFile(0))
    .find((line) => fieldOf(line, 'event') === 'listening');
  return shapeProblem(event, LISTENING) === undefined ? (event as Listening) : undefined;
}

/**
 * Only an own server knows its backlog before it listens. What the plan left open is filled in here
 * with the limit that was read then: the backlog, and the clients of waves that go by it. A run that
 * did not come so far keeps its plan as it is.
 */
export function settlePlan(plan: RunPlan, evidence: Evidence): RunPlan {
  if (plan.parameters.ownServer === undefined) return plan;
  const limit = listeningEvent(createEvidenceReader(evidence))?.acceptQueueLimit;
  if (limit === undefined) return plan;
  return {
    ...plan,
    parameters: { ...plan.parameters, backlog: limit },
    steps: plan.steps.map((step) => settleStep(step, limit)),
  };
}

function settleStep(step: Step, limit: number): Step {
  if (step.kind !== 'connect') return step;
  const { beyondPlaces: _open, ...settled } = step;
  return { ...settled, clients: clientsOfWave(step, limit) };
}

export function observeOwnServer(evidence: Evidence): OwnServerSeen | undefined {
  const seen = listeningEvent(createEvidenceReader(evidence));
  if (seen === undefined) return undefined;
  const { program, executable, processes, address, readyAfterMs } = seen;
  return { program, executable, processes, address, readyAfterMs };
}

/** Whether its sockets are IPv6 ones, whatever the family of those who come. */
export const takesIpv6 = ({ address }: OwnServerSeen): boolean =>
  address === '*' || address.includes(':');

/**
 * Connections that were taken out of the accept queue: all that were opened, but those that the
 * server's table shows without an owner. accept(2) gives a socket its inode (sock_graft).
 */
export function acceptedByOwnServer(
  grown: Counters,
  closing: Snapshot | undefined,
  { network: { port } }: RunPlan,
): number {
  const opened = grown.get('PassiveOpens');
  if (opened === undefined || closing === undefined) return 0;
  const waiting = closing.sockets.server.filter((row) => row.localPort === port && waits(row));
  return opened - waiting.length;
}

const waits = ({ state, inode }: SocketRow): boolean =>
  inode === 0 && (state === 'ESTABLISHED' || state === 'CLOSE-WAIT');
