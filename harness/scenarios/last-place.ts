/**
 * How clients are fooled for certain (4.10 and later). Some SYNs are admitted while the accept queue
 * still has a place and a gate holds their ACKs back; the gate opens, and one more client at once
 * takes the last place with a handshake of its own. When the SYN-ACKs of the others are repeated, a
 * second after their SYNs, their ACKs find the queue full.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { OPENING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Obstacle } from '../domain/verdict.ts';
import type { ClientBehaviour } from '../domain/wire.ts';
import { awaitStep, connectAndSettle, connectStep, plannedLimit } from './parts.ts';
import { wasDue } from './slow-machine.ts';

/** The clients that fill all places but one. */
export const FIRST = 'first';
/** The client that takes the last place. */
export const LAST = 'last';

/** A wave of clients whose ACKs are held back. */
export interface HeldWave {
  readonly wave: string;
  readonly clients: number;
  readonly behaves?: Partial<ClientBehaviour>;
}

const silent = (parameters: Parameters): Parameters => ({
  ...parameters,
  arrivals: { kind: 'burst' },
  readTimeoutMs: null,
  sendBytes: 0,
  keepAliveMs: null,
});

/**
 * All of them at once, whatever the arrivals: the gate must open before the first SYN-ACK is
 * repeated; see `openedLate`. `beforeOpening` happens when every SYN was answered or dropped.
 */
export const admitBehindGate = (
  parameters: Parameters,
  held: readonly HeldWave[],
  beforeOpening: readonly Step[] = [],
): readonly Step[] => [
  { kind: 'gate', closed: true },
  ...held.map(({ wave, clients, behaves }) =>
    connectStep({ ...parameters, arrivals: { kind: 'burst' } }, wave, clients, behaves),
  ),
  ...held.map(({ wave, clients }) =>
    awaitStep({
      kind: 'first-syns-met',
      wave,
      sinceSnapshot: OPENING_SNAPSHOT,
      atLeast: clients,
    }),
  ),
  ...beforeOpening,
  { kind: 'gate', closed: false },
];

/**
 * Fills the queue; in the end each client of `held` is connected as it sees it, waits in the SYN
 * queue, and there is no place for it. No SYN-ACK may have been repeated by then: see `tooLate`.
 */
export function fillBehind(parameters: Parameters, held: readonly HeldWave[]): readonly Step[] {
  const first = silent(parameters);
  return [
    ...connectAndSettle(
      { ...first, arrivals: parameters.arrivals },
      FIRST,
      plannedLimit(parameters),
    ),
    ...admitBehindGate(first, held),
    ...connectAndSettle(first, LAST, 1),
  ];
}

/** A machine so slow that a SYN-ACK was repeated before the last place was taken. */
export function tooLate(seen: Observations): Obstacle | null {
  const last = seen.clients.find(({ wave }) => wave === LAST);
  if (last === undefined || last.outcome.kind === 'unsettled') return null;
  const takenAtMs = last.startedAtMs + last.outcome.afterMs;
  return repeatedBefore(seen, takenAtMs)
    ? {
        reason:
          'the machine was too slow: a SYN-ACK was repeated before the last place in the queue was taken',
        remedy: REMEDY,
      }
    : null;
}

/** A machine so slow that a SYN-ACK was repeated while the gate still held back what it drew. */
export function openedLate(seen: Observations): Obstacle | null {
  const index = seen.plan.steps.findIndex((step) => step.kind === 'gate' && !step.closed);
  const openedAtMs = seen.steps[index]?.endedAtMs;
  return openedAtMs !== undefined && repeatedBefore(seen, openedAtMs)
    ? {
        reason: 'the machine was too slow: a SYN-ACK was repeated before the gate opened',
        remedy: REMEDY,
      }
    : null;
}

const REMEDY = 'start the run again when the machine is less busy';

const repeatedBefore = ({ connections }: Observations, untilMs: number): boolean =>
  connections.some(({ synAcks }) =>
    synAcks.some((synAck) => synAck.atMs < untilMs && wasDue(synAcks, synAck)),
  );
