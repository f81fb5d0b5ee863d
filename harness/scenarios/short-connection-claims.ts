/** What is judged of the same load as short connections and over a pool: 003-e, 003-g. */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { OPENING_SNAPSHOT } from '../domain/plan.ts';
import type { Claim } from '../domain/scenario.ts';
import { refusedSynsBetween } from '../verdict/figures.ts';
import { decide, type Statement } from '../verdict/testimony.ts';
import { growthBetween } from '../verdict/waves.ts';
import { plannedLimit, plannedSysctl } from './parts.ts';

export const SOMAXCONN = 'net.core.somaxconn';
/** The server looks at its queue once in so many milliseconds, and a little. */
export const BLOCKED_MS = 900;
export const REQUEST_BYTES = 64;

/** Waves of clients, and the snapshot at the end of each part. */
export const SHORT_CUT = 'short';
export const POOL = 'pool';
export const SHORT_RAISED = 'short-raised';

/** Connections of a pool that a few application servers hold. */
const POOL_CONNECTIONS = 20;

/** All of them may come while the server does not look. */
export const poolSize = (parameters: Parameters): number =>
  Math.min(POOL_CONNECTIONS, plannedLimit(parameters) + 1);

export const requestsEach = (parameters: Parameters): number =>
  Math.ceil(parameters.clients / poolSize(parameters));

/** So that the backlog is cut no more. */
export const raisedSomaxconn = (parameters: Parameters): number =>
  Math.max(parameters.backlog, plannedSysctl(parameters, 'server', SOMAXCONN));

/** One part of the run: its wave of clients, and the snapshots between which it lies. */
interface Part {
  readonly wave: string;
  readonly from: string;
  readonly to: string;
}

const CUT: Part = { wave: SHORT_CUT, from: OPENING_SNAPSHOT, to: SHORT_CUT };
const POOLED: Part = { wave: POOL, from: SHORT_CUT, to: POOL };
const RAISED: Part = { wave: SHORT_RAISED, from: POOL, to: SHORT_RAISED };

const clientsThatFailed = (seen: Observations, { wave }: Part): number =>
  seen.clients.filter((story) => story.wave === wave && story.outcome.kind !== 'connected').length;

/** Errors, and requests without an answer: each is as long as its answer. */
function failuresByClients(seen: Observations, part: Part): number {
  const ofWave = seen.clients.filter(({ wave }) => wave === part.wave);
  const unanswered = ofWave.filter(
    ({ sentBytes = 0, receivedBytes = 0 }) => receivedBytes < sentBytes,
  );
  return clientsThatFailed(seen, part) + unanswered.length;
}

/** Both rise by the same amount when an accept queue overflows. */
function overflows(seen: Observations, { from, to }: Part): number | undefined {
  const overflowed = growthBetween(seen, [from, to], 'server', 'ListenOverflows');
  const dropped = growthBetween(seen, [from, to], 'server', 'ListenDrops');
  return overflowed === undefined || dropped === undefined
    ? undefined
    : Math.max(overflowed, dropped);
}

/** Failures in two parts of the run, as each side has them, in words. */
function statementsOf(
  seen: Observations,
  then: Part,
  wordOf: (failed: number, failedThen: number) => string,
): readonly Statement[] {
  const word = (failures: (part: Part) => number | undefined): string | undefined => {
    const failed = failures(CUT);
    const failedThen = failures(then);
    return failed === undefined || failedThen === undefined
      ? undefined
      : wordOf(failed, failedThen);
  };
  return [
    {
      witness: 'clients',
      of: 'clients that failed',
      value: word((part) => failuresByClients(seen, part)),
    },
    {
      witness: 'counters',
      of: 'growth of ListenOverflows and ListenDrops',
      value: word((part) => overflows(seen, part)),
    },
    {
      witness: 'packets',
      of: 'SYNs without a SYN-ACK',
      value: word(({ from, to }) => refusedSynsBetween(seen, from, to)),
    },
  ];
}

const errors = (failures: number): string => (failures > 0 ? 'errors' : 'no error');

/** Why the first part of the run comes to no errors, as far as that can be told before. */
function nothingFails(parameters: Parameters): string | null {
  const places = plannedLimit(parameters) + 1;
  const { arrivals, clients } = parameters;
  const atOnce =
    arrivals.kind === 'rate'
      ? Math.min(clients, Math.floor((arrivals.perSecond * BLOCKED_MS) / 1_000))
      : clients;
  return atOnce > places
    ? null
    : `the ${atOnce} clients that come while the server is busy fit into the accept queue's ${places}; pass a smaller --somaxconn, or a higher rate of --arrivals and more --clients`;
}

export const somaxconnDecides: Claim = {
  id: '003-e',
  document: '003',
  statement:
    'With somaxconn 128 clients of short connections fail and both counters rise; with 8192 there is no error and the counters stand still.',
  notExercisedBecause: (parameters) => {
    const raised = raisedSomaxconn(parameters);
    if (parameters.backlog <= plannedSysctl(parameters, 'server', SOMAXCONN)) {
      return `somaxconn does not cut the backlog of ${parameters.backlog}; pass a smaller --somaxconn`;
    }
    return parameters.clients > Math.min(parameters.backlog, raised) + 1
      ? `${parameters.clients} clients may overflow the raised limit, too; pass a larger --backlog`
      : nothingFails(parameters);
  },
  judge: (seen) => {
    const { parameters } = seen.plan;
    const [before, after] = [
      plannedSysctl(parameters, 'server', SOMAXCONN),
      raisedSomaxconn(parameters),
    ];
    const wordOf = (failed: number, failedThen: number): string =>
      `somaxconn ${before}: ${errors(failed)}; ${after}: ${errors(failedThen)}`;
    const documentedValue = wordOf(1, 0);
    return decide({
      documented: documentedValue,
      documentedValue,
      statements: statementsOf(seen, RAISED, wordOf),
    });
  },
};

export const poolIsEnough: Claim = {
  id: '003-g',
  document: '003',
  statement: 'A pool of connections on the client removes the problem, with somaxconn as it was.',
  notExercisedBecause: nothingFails,
  judge: (seen) => {
    const wordOf = (failed: number, failedThen: number): string =>
      `short connections: ${errors(failed)}; pool: ${errors(failedThen)}`;
    const documentedValue = wordOf(1, 0);
    return decide({
      documented: documentedValue,
      documentedValue,
      statements: statementsOf(seen, POOLED, wordOf),
    });
  },
};
