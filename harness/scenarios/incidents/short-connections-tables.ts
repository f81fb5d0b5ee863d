/** Figures of the phases side by side, and what document 003 leaves open. */
import type { Incident, OpenQuestion } from '../../domain/incident.ts';
import type { Observations } from '../../domain/observations.ts';
import {
  clientsThat,
  closing,
  growth,
  refusedSyns,
  serverEstablished,
  synsOf,
} from '../../verdict/figures.ts';
import {
  answeredOf,
  atWorkFromMs,
  connectTimeouts,
  counterAt,
  countIn,
  crowdedPauses,
  errorsOf,
  givenUp,
  HASTY,
  type ListenCounter,
  largestOf,
  medianOf,
  PATIENT,
  pausesOf,
  requestsOf,
  startsOf,
  tookMs,
  waitsForPool,
  workedMs,
} from './short-connections-figures.ts';

const ms = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

export const figures: Incident['figures'] = (seen) => {
  const errors = errorsOf(seen).length;
  const timesMs = answeredOf(seen).map(tookMs);
  const inPauses = countIn(crowdedPauses(seen), startsOf(givenUp(seen)));
  return [
    ['requests', `${requestsOf(seen).length}`],
    ['errors', `${errors}`],
    ['of these connect timeouts', `${connectTimeouts(seen).length}`],
    ['errors a second', `${((errors * 1_000) / workedMs(seen)).toFixed(0)}`],
    [
      'crowded pauses with errors',
      `${inPauses.filter((count) => count > 0).length} of ${inPauses.length}`,
    ],
    ['connections refused by RST', `${clientsThat(seen, 'refused')}`],
    ['refused SYNs', `${refusedSyns(seen)}`],
    ['listen queue overflowed', `${growth(seen, 'server', 'ListenOverflows') ?? 'unknown'}`],
    ['SYNs to LISTEN sockets dropped', `${growth(seen, 'server', 'ListenDrops') ?? 'unknown'}`],
    ['connections made', `${clientsThat(seen, 'connected')}`],
    ['request time, median', ms(medianOf(timesMs))],
    ['request time, worst', ms(largestOf(timesMs))],
  ];
};

/** As often as the document looks. */
const SECONDS = [1, 2, 3, 4, 5, 6];

const endOfSecond = (seen: Observations, second: number): number =>
  atWorkFromMs(seen) + second * 1_000;

const errorsIn = (seen: Observations, second: number): number => {
  const untilMs = endOfSecond(seen, second);
  return errorsOf(seen).filter(
    ({ endedAtMs = 0 }) => untilMs - 1_000 < endedAtMs && endedAtMs <= untilMs,
  ).length;
};

const counterAfter = (seen: Observations, counter: ListenCounter, second: number): string => {
  const before = counterAt(seen.samples, counter, 0);
  const after = counterAt(seen.samples, counter, endOfSecond(seen, second));
  return before === undefined || after === undefined ? '?' : `${after - before}`;
};

const errorsOfWave = (seen: Observations, of: string): string =>
  `${errorsOf(seen).filter(({ wave }) => wave === of).length}`;

/** Errors of requests that were begun in these pauses, counted from 1. */
const errorsInPauses = (seen: Observations, first: number, last: number): string =>
  `${sum(countIn(pausesOf(seen).slice(first - 1, last), startsOf(errorsOf(seen))))}`;

/** From the first attempt to connect until the last connection was there. */
const poolOpenMs = ({ clients }: Observations): number => {
  const first = clients.reduce(
    (least, { startedAtMs }) => Math.min(least, startedAtMs),
    Number.POSITIVE_INFINITY,
  );
  return largestOf(
    clients.map(({ startedAtMs, outcome }) =>
      outcome.kind === 'connected' ? startedAtMs + outcome.afterMs - first : 0,
    ),
  );
};

const secondColumns = SECONDS.map((second) => `${second} s`);

/** `pooled`: the phases whose clients have a pool. */
export const questions = (pooled: readonly string[]): readonly OpenQuestion[] => [
  {
    title: 'Errors, second by second',
    phases: ['fault', 'somaxconn', 'pool'],
    columns: secondColumns,
    row: (seen) => SECONDS.map((second) => `${errorsIn(seen, second)}`),
  },
  {
    title: 'The two counters of netstat -s, second by second: overflowed / dropped',
    phases: ['fault', 'somaxconn', 'pool'],
    columns: secondColumns,
    row: (seen) =>
      SECONDS.map(
        (second) =>
          `${counterAfter(seen, 'listenOverflows', second)} / ${counterAfter(seen, 'listenDrops', second)}`,
      ),
  },
  {
    title: 'Open question: what does a longer connect timeout buy?',
    phases: ['fault', 'timeout-3s'],
    columns: [
      'errors (hasty)',
      'errors (patient)',
      'answered after over 1 s',
      'worst',
      'refused SYNs',
    ],
    row: (seen) => {
      const timesMs = answeredOf(seen).map(tookMs);
      return [
        errorsOfWave(seen, HASTY),
        errorsOfWave(seen, PATIENT),
        `${timesMs.filter((time) => time > 1_000).length}`,
        ms(largestOf(timesMs)),
        `${refusedSyns(seen)}`,
      ];
    },
  },
  {
    title: 'Open question: does the sysctl help a server that already listens?',
    phases: ['fault', 'listen-again', 'somaxconn'],
    columns: ['errors in pauses 1, 2', 'in pauses 3, 4', 'in pauses 5, 6', 'limit at last'],
    row: (seen) => [
      errorsInPauses(seen, 1, 2),
      errorsInPauses(seen, 3, 4),
      errorsInPauses(seen, 5, 6),
      `${closing(seen)?.listener?.acceptQueueLimit ?? 'unknown'}`,
    ],
  },
  {
    title: 'Open question: what does the pool cost?',
    phases: ['fault', 'somaxconn', ...pooled],
    columns: [
      'connections held',
      'SYNs',
      'requests',
      'errors',
      'waited for a free one',
      'longest',
      'pool open after',
    ],
    row: (seen) => [
      `${serverEstablished(seen) ?? 'unknown'}`,
      `${synsOf(seen).length}`,
      `${requestsOf(seen).length}`,
      `${errorsOf(seen).length}`,
      ...(pooled.includes(seen.plan.parameters.phase ?? '') ? poolCosts(seen) : ['-', '-', '-']),
    ],
  },
];

function poolCosts(seen: Observations): readonly string[] {
  const waitsMs = waitsForPool(seen);
  const waited = waitsMs.filter((wait) => wait > 0);
  return [`${waited.length}`, ms(largestOf(waited)), ms(poolOpenMs(seen))];
}
