/**
 * Claims put to the test here: 001-j with tcp_syncookies 1, and 001-j (always) with 2.
 *
 * tcp_synack_retries 0 makes a kernel that still admits SYNs forget these requests after one
 * timeout, so that none of the first wave is left when the second comes.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { CLOSING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import type { KernelRule } from '../domain/verdict.ts';
import { cookieWaves, predictCookies } from '../kernel/predict-cookies.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { difference } from '../verdict/law.ts';
import { decide, type Statement } from '../verdict/testimony.ts';
import { clientsOf, connectionsOf, growthBetween } from '../verdict/waves.ts';
import { assertOneSyn, assertServerSysctl, ONE_SYN_MS, repeatedItsSyn } from './one-syn.ts';
import {
  awaitStep,
  connectAndSettle,
  DEFAULTS,
  plannedLimit,
  planOf,
  setOnServer,
  snapshotStep,
} from './parts.ts';

const ID = 'cookies-do-not-help';
const SYNCOOKIES = 'net.ipv4.tcp_syncookies';
const SYNACK_RETRIES = 'net.ipv4.tcp_synack_retries';
const ABORT = 'net.ipv4.tcp_abort_on_overflow';

/** One setting: its wave of clients, between two snapshots. */
interface Phase {
  readonly wave: 'on-overflow' | 'always';
  readonly between: readonly [string, string];
}
const BEHIND = 'behind-the-first';
const ON_OVERFLOW: Phase = { wave: 'on-overflow', between: ['full', BEHIND] };
const ALWAYS: Phase = { wave: 'always', between: [BEHIND, CLOSING_SNAPSHOT] };

function middle(parameters: Parameters): readonly Step[] {
  const waves = cookieWaves(parameters.clients, plannedLimit(parameters) + 1);
  const atOnce: Parameters = { ...parameters, arrivals: { kind: 'burst' } };
  return [
    ...connectAndSettle(parameters, 'first', waves.first),
    snapshotStep('full'),
    ...connectAndSettle(atOnce, ON_OVERFLOW.wave, waves.onOverflow),
    awaitStep({ kind: 'syn-queue-length', equals: 0 }),
    snapshotStep(BEHIND),
    setOnServer(SYNCOOKIES, 2),
    ...connectAndSettle(atOnce, ALWAYS.wave, waves.always),
  ];
}

function assertDecidable(parameters: Parameters): void {
  assertOneSyn(parameters);
  assertServerSysctl(parameters, SYNCOOKIES, 1, 'the scenario goes through 1 and 2 itself');
  assertServerSysctl(parameters, SYNACK_RETRIES, 0, 'requests must be gone before the second wave');
  assertServerSysctl(parameters, ABORT, 0, 'it would reset requests where a kernel admits them');
}

const REFUSED = 'some SYNs are refused in spite of SYN cookies';
const ALL_ANSWERED = 'every SYN is answered';

/** Undefined where nobody came. */
const wordOf = (refused: number | undefined): string | undefined =>
  refused === undefined ? undefined : refused > 0 ? REFUSED : ALL_ANSWERED;

function statementsOn(seen: Observations, { wave, between }: Phase): readonly Statement[] {
  const timedOut = clientsOf(seen, wave).filter(({ outcome }) => outcome.kind === 'timed-out');
  const unanswered = connectionsOf(seen, wave).filter(({ state }) => state === 'unanswered');
  const growthOf = (counter: string): number | undefined =>
    growthBetween(seen, between, 'client', counter);
  return [
    { witness: 'clients', of: 'clients that timed out', value: wordOf(timedOut.length) },
    { witness: 'packets', of: 'connections without SYN-ACK', value: wordOf(unanswered.length) },
    {
      witness: 'counters',
      of: 'ActiveOpens − CurrEstab of the client',
      value: wordOf(difference(growthOf('ActiveOpens'), growthOf('CurrEstab'))),
    },
  ];
}

/** The server decides for cookies (TCPReqQFullDoCookies), and then sends none of them. */
function cookiesUnsent(seen: Observations, { between }: Phase): Statement {
  const growthOf = (counter: string): number | undefined =>
    growthBetween(seen, between, 'server', counter);
  const wanted = growthOf('TCPReqQFullDoCookies');
  return {
    witness: 'counters',
    of: 'TCPReqQFullDoCookies − SyncookiesSent',
    value: wanted === 0 ? undefined : wordOf(difference(wanted, growthOf('SyncookiesSent'))),
  };
}

/** A kernel before 4.10 answers the first two of a wave. */
const LEAST_IN_WAVE = 3;

const tooFew = (clients: number, { acceptQueueCapacity }: Prediction): string | null =>
  clients < acceptQueueCapacity + 2 * LEAST_IN_WAVE
    ? `too few come to the full queue; pass --clients ${acceptQueueCapacity + 2 * LEAST_IN_WAVE} or more`
    : null;

/** What a claim of one setting is about, beside what all have in common. */
interface Setting {
  readonly id: string;
  readonly statement: string;
  readonly documented: string;
  readonly phase: Phase;
  readonly moreOf: (seen: Observations) => readonly Statement[];
  /** The rule by which every SYN is answered. */
  readonly otherwise: readonly KernelRule[];
}

const noGuarantee = (setting: Setting): Claim => ({
  id: setting.id,
  document: '001',
  statement: setting.statement,
  notExercisedBecause: ({ clients }, prediction) =>
    prediction.acceptQueueLimit < 2
      ? 'a SYN queue of one place is full before two requests are young; pass a --backlog and --somaxconn of 2 or more'
      : tooFew(clients, prediction),
  judge: (seen) =>
    decide({
      documented: setting.documented,
      documentedValue: REFUSED,
      statements: [...statementsOn(seen, setting.phase), ...setting.moreOf(seen)],
      otherRules: setting.otherwise.map((rule) => ({ rule, value: ALL_ANSWERED })),
    }),
});

export const cookiesDoNotHelp: Scenario = {
  id: ID,
  title: 'SYN cookies do not get anybody past a full accept queue',
  story:
    'The accept queue is full. Four clients come with tcp_syncookies 1, then four with 2, which answers every SYN with a cookie as long as there is a place. None is answered: cookies save the SYN queue, and the accept queue is asked all the same.',
  claims: [
    noGuarantee({
      id: '001-j',
      statement: 'SYN cookies (1) do not guarantee a connection when the accept queue is full.',
      documented: `tcp_syncookies 1: ${REFUSED}`,
      phase: ON_OVERFLOW,
      moreOf: () => [],
      otherwise: [],
    }),
    noGuarantee({
      id: '001-j (always)',
      statement: 'Nor do SYN cookies for every SYN (2), when the accept queue is full.',
      documented: `tcp_syncookies 2: ${REFUSED}`,
      phase: ALWAYS,
      moreOf: (seen) => [cookiesUnsent(seen, ALWAYS)],
      otherwise: [KERNEL_RULES.cookiesAlways],
    }),
  ],
  defaults: {
    ...DEFAULTS,
    clients: 11,
    connectTimeoutMs: ONE_SYN_MS,
    sysctls: { server: { [SYNACK_RETRIES]: '0' }, client: {} },
  },
  variants: [{ name: '', parameters: {}, lastsMs: 2 * ONE_SYN_MS }],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  spoiledBy: repeatedItsSyn,
  predict: predictCookies,
};
