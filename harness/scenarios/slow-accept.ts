/**
 * Claims put to the test here: 002-h.
 *
 * The server does accept, but its one event loop is blocked most of the time, and more clients come
 * meanwhile than its accept queue holds.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim, KernelModel, Scenario } from '../domain/scenario.ts';
import { predictionOf } from '../kernel/predict.ts';
import { growth, synsOf } from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import { ONE_SYN_MS, sendsOneSyn } from './one-syn.ts';
import { commandStep, connectAndSettle, DEFAULTS, planOf } from './parts.ts';

const ID = 'slow-accept';
/** As in the document: blocked for 2 s in every 2.2 s. */
const BLOCKED_MS = 2_000;
const OPEN_MS = 200;

const middle = (parameters: Parameters): readonly Step[] => [
  commandStep({ command: 'serve', blockedMs: BLOCKED_MS, openMs: OPEN_MS }),
  ...connectAndSettle(parameters, 'all', parameters.clients),
  // So that nothing is accepted while the closing snapshot is taken.
  commandStep({ command: 'pause' }),
];

const OVERFLOWS = 'overflows although the server accepts';
const NEVER_FULL = 'never overflows';
const NEVER_ACCEPTED = 'overflows, and the server accepts nothing';

function word(isFull: boolean, isAccepting: boolean): string {
  if (!isFull) return NEVER_FULL;
  return isAccepting ? OVERFLOWS : NEVER_ACCEPTED;
}

/** The sampler saw the queue full, and later with room. */
function wordOfSamples({ samples }: Observations, capacity: number): string | undefined {
  const lengths = samples.flatMap(({ acceptQueueLength }) => acceptQueueLength ?? []);
  if (lengths.length === 0) return undefined;
  const full = lengths.findIndex((length) => length >= capacity);
  return word(
    full >= 0,
    lengths.slice(full).some((length) => length < capacity),
  );
}

/** More were opened than fit, so some had been accepted. Before 3.8 refused SYNs are not counted. */
function wordOfCounters(seen: Observations, capacity: number): string | undefined {
  const overflows = growth(seen, 'server', 'ListenOverflows');
  const opened = growth(seen, 'server', 'PassiveOpens');
  return overflows === undefined || opened === undefined
    ? undefined
    : word(overflows > 0, opened > capacity);
}

/** A SYN was refused, and a later one was answered: there was a place again. */
function wordOfPackets(seen: Observations): string {
  const syns = synsOf(seen);
  const refusedAtMs = syns.flatMap(({ atMs, answeredAtMs }) =>
    answeredAtMs === undefined ? [atMs] : [],
  );
  const firstRefusedAtMs = Math.min(...refusedAtMs);
  return word(
    refusedAtMs.length > 0,
    syns.some(({ answeredAtMs = 0 }) => answeredAtMs > firstRefusedAtMs),
  );
}

/** What the server took and what is left in its queue are not all who came. */
function wordOfServer({ accepted, clients, snapshots }: Observations): string | undefined {
  const left = snapshots.get('closing')?.listener?.acceptQueueLength;
  return left === undefined ? undefined : word(accepted + left < clients.length, accepted > 0);
}

/** So many come while the server is blocked for the first time. */
function comeTooSlowly(parameters: Parameters, prediction: Prediction): string | null {
  const { arrivals, clients } = parameters;
  const { acceptQueueCapacity } = prediction;
  const needed = Math.ceil((2 * acceptQueueCapacity * 1_000) / BLOCKED_MS);
  if (arrivals.kind !== 'rate') {
    return `the clients do not come while the server works; pass --arrivals ${needed}/s`;
  }
  if ((arrivals.perSecond * BLOCKED_MS) / 1_000 <= acceptQueueCapacity + 1) {
    return `the server keeps up: ${acceptQueueCapacity} wait at most; pass --arrivals ${needed}/s or a smaller --backlog`;
  }
  const enough = Math.ceil((arrivals.perSecond * (BLOCKED_MS + 2 * OPEN_MS)) / 1_000);
  return clients < enough
    ? `all clients come before the server has accepted for the first time; pass --clients ${enough} or more`
    : null;
}

const overflowsWhenSlow: Claim = {
  id: '002-h',
  document: '002',
  statement: 'A server that is slow to call accept() overflows its accept queue.',
  notExercisedBecause: comeTooSlowly,
  judge: (seen, { acceptQueueCapacity }) =>
    decide({
      documented: `an accept queue of ${acceptQueueCapacity} places ${OVERFLOWS}, only too slowly`,
      documentedValue: OVERFLOWS,
      statements: [
        {
          witness: 'sockets',
          of: 'accept-queue length over time',
          value: wordOfSamples(seen, acceptQueueCapacity),
        },
        {
          witness: 'counters',
          of: 'ListenOverflows and PassiveOpens of the server',
          value: wordOfCounters(seen, acceptQueueCapacity),
        },
        {
          witness: 'packets',
          of: 'refused SYNs, then an answered one',
          value: wordOfPackets(seen),
        },
        { witness: 'server', of: 'accepted and left in the queue', value: wordOfServer(seen) },
      ],
    }),
};

/**
 * How many get in is a matter of the programs' speed. None is fooled where SYNs are refused, unless
 * they are repeated: of those that come together then more may be admitted than fit.
 */
function predict(parameters: Parameters, kernel: KernelModel): Prediction {
  const refuses = kernel.rules.synOnFullAcceptQueue === 'dropped' && sendsOneSyn(parameters);
  return predictionOf(parameters.backlog, kernel, {
    connected: null,
    timedOut: null,
    fooled: refuses ? 0 : null,
    acceptQueueLength: null,
    synQueueLength: refuses ? 0 : null,
    refusedSyns: null,
  });
}

export const slowAccept: Scenario = {
  id: ID,
  title: 'A server that accepts too slowly overflows its accept queue',
  story:
    'The server accepts, but its event loop is busy for 2 s in every 2.2 s, as with a long computation or a garbage collection. Twenty clients come every second. The queue fills while the server looks away, and every SYN that comes then is refused; when the server looks again, it empties at once.',
  claims: [overflowsWhenSlow],
  defaults: {
    ...DEFAULTS,
    backlog: 8,
    clients: 50,
    arrivals: { kind: 'rate', perSecond: 20 },
    // Shorter than the first repetition of a SYN: a refused client is refused once.
    connectTimeoutMs: ONE_SYN_MS,
  },
  variants: [{ name: '', parameters: {}, lastsMs: 3_000 }],
  plan: (parameters) => planOf(ID, parameters, middle(parameters)),
  predict,
};
