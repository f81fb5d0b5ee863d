/**
 * Claims put to the test here: 003-h.
 *
 * The accept queue overflows; then the server closes its listening socket and one more client comes.
 * That one is refused, which shows that refusals are seen where there are any.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { OPENING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim, KernelModel, Scenario } from '../domain/scenario.ts';
import { predictOverflow } from '../kernel/predict.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { growth } from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { decide } from '../verdict/testimony.ts';
import { connectionsOf } from '../verdict/waves.ts';
import { commandStep, connectAndSettle, DEFAULTS, planOf, snapshotStep } from './parts.ts';

const ID = 'refused-needs-a-closed-port';
const KNOCKING = 'knocking';
const AFTERWARDS = 'afterwards';
const OVERFLOWING = 'overflowing';

const middle = (parameters: Parameters): readonly Step[] => [
  ...connectAndSettle(parameters, KNOCKING, parameters.clients - 1),
  snapshotStep(OVERFLOWING),
  commandStep({ command: 'close' }),
  ...connectAndSettle(parameters, AFTERWARDS, 1),
];

const REFUSED = 'clients are refused during the overflow';
const NOT_REFUSED = 'nobody is refused during the overflow, but at the closed port';

const word = (during: number, afterwards: number): string => {
  if (during > 0) return REFUSED;
  return afterwards === 1
    ? NOT_REFUSED
    : `${during} refused during the overflow, ${afterwards} after it`;
};

function wordOfClients({ clients }: Observations): string {
  const refusedIn = (wanted: string): number =>
    clients.filter(({ wave, outcome }) => wave === wanted && outcome.kind === 'refused').length;
  return word(refusedIn(KNOCKING), refusedIn(AFTERWARDS));
}

/** A refused client has a RST for its SYN, and no SYN-ACK. */
function wordOfPackets(seen: Observations): string {
  const refusedIn = (wave: string): number =>
    connectionsOf(seen, wave).filter(
      ({ state, resets }) => state === 'unanswered' && resets.some(({ from }) => from === 'server'),
    ).length;
  return word(refusedIn(KNOCKING), refusedIn(AFTERWARDS));
}

/** The client's kernel counts connect(2) calls that failed; those that timed out in it apart. */
function wordOfCounters(seen: Observations): string | undefined {
  const failedAt = (snapshot: string): number | undefined => {
    const counters = seen.snapshots.get(snapshot)?.counters.client;
    return difference(counters?.get('AttemptFails'), counters?.get('TCPAbortOnTimeout'));
  };
  const inAll = difference(
    growth(seen, 'client', 'AttemptFails'),
    growth(seen, 'client', 'TCPAbortOnTimeout'),
  );
  const during = difference(failedAt(OVERFLOWING), failedAt(OPENING_SNAPSHOT));
  return inAll === undefined || during === undefined ? undefined : word(during, inAll - during);
}

const refusedDuringOverflow: Claim = {
  id: '003-h',
  document: '003',
  statement: 'While the accept queue overflows, clients log "Connection refused".',
  notExercisedBecause: ({ clients }, { acceptQueueCapacity }) =>
    clients > acceptQueueCapacity + 1
      ? null
      : `nothing overflows: pass --clients ${acceptQueueCapacity + 2} or more`,
  judge: (seen) =>
    decide({
      documented: REFUSED,
      documentedValue: REFUSED,
      statements: [
        { witness: 'clients', of: 'ECONNREFUSED', value: wordOfClients(seen) },
        { witness: 'packets', of: 'SYNs answered with RST', value: wordOfPackets(seen) },
        {
          witness: 'counters',
          of: 'AttemptFails − TCPAbortOnTimeout of the client',
          value: wordOfCounters(seen),
        },
      ],
      otherRules: [{ rule: KERNEL_RULES.overflowIsNoRefusal, value: NOT_REFUSED }],
    }),
};

/**
 * As in an overflow; then inet_csk_listen_stop resets what was queued, and the SYN of the last client
 * finds no socket and draws a RST. What an old kernel let into the SYN queue is thrown away too.
 */
function predict(parameters: Parameters, kernel: KernelModel): Prediction {
  const before = predictOverflow({ ...parameters, clients: parameters.clients - 1 }, kernel);
  const { least, most } = before.refusedSyns;
  return {
    ...before,
    refused: 1,
    acceptQueueLength: null,
    synQueueLength: before.synQueueLength === 0 ? 0 : null,
    refusedSyns: { least: least + 1, most: most + 1 },
  };
}

export const refusedNeedsAClosedPort: Scenario = {
  id: ID,
  title: 'An overflow refuses nobody; only a port where nobody listens does',
  story:
    'The accept queue overflows and the clients beyond it wait in silence: no SYN-ACK, no RST. Then the server closes its listening socket. Its kernel resets the connections that nobody had accepted, and the next client is refused at once. So "Connection refused" in a log tells of a server that was down, not of one that was slow.',
  claims: [refusedDuringOverflow],
  // Shorter than the first repetition of a SYN, so that it is quickly over.
  defaults: { ...DEFAULTS, clients: 6, connectTimeoutMs: 500 },
  variants: [{ name: '', parameters: {}, lastsMs: 500 }],
  plan: (parameters) => planOf(ID, parameters, middle(parameters)),
  predict,
};
