/**
 * Claims put to the test here: 003-a.
 *
 * Many short connections fill the accept queue; those that are refused give up by their own timer.
 * One more client has no such timer: its kernel ends connect(2), with ETIMEDOUT (errno 110).
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import type { TimedOutBy } from '../domain/tcp.ts';
import { predictTwoPatiences } from '../kernel/predict-patience.ts';
import { clientsThat, growth } from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import { awaitStep, connectStep, DEFAULTS, plannedLimit, planOf, settledStep } from './parts.ts';

const ID = 'kernel-gives-up';
const SHORT = 'short';
const PATIENT = 'patient';

/** Longer than any kernel tries, whatever tcp_syn_retries is up to its default. */
const LEFT_TO_THE_KERNEL_MS = 200_000;

const patienceOf = (parameters: Parameters) => ({
  backlog: parameters.backlog,
  hasty: { clients: parameters.clients - 1, connectTimeoutMs: parameters.connectTimeoutMs },
  patient: { clients: 1, connectTimeoutMs: LEFT_TO_THE_KERNEL_MS },
});

function middle(parameters: Parameters): readonly Step[] {
  const { hasty, patient } = patienceOf(parameters);
  const leftToTheKernel = { ...parameters, connectTimeoutMs: patient.connectTimeoutMs };
  const full = plannedLimit(parameters) + 1;
  const shortOnes = connectStep(parameters, SHORT, hasty.clients, { closesAtOnce: true });
  const shortSettled = settledStep(parameters, SHORT, hasty.clients);
  const patientSettles = [
    connectStep(leftToTheKernel, PATIENT, patient.clients),
    settledStep(leftToTheKernel, PATIENT, patient.clients),
  ];
  if (hasty.clients === 0) return patientSettles;
  return hasty.clients < full
    ? [shortOnes, shortSettled, ...patientSettles]
    : [
        shortOnes,
        awaitStep({ kind: 'accept-queue-length', equals: full }),
        ...patientSettles,
        shortSettled,
      ];
}

const TIME_OUT = 'refused clients time out, by their own timer or, left to it, by the kernel';

const timedOutBy = ({ clients }: Observations, by: TimedOutBy): readonly number[] =>
  clients.flatMap(({ outcome }) =>
    outcome.kind === 'timed-out' && outcome.by === by ? [outcome.afterMs] : [],
  );

const after = (times: readonly number[]): string =>
  times.length === 0
    ? '0'
    : `${times.length} after ${[...new Set([Math.min(...times), Math.max(...times)].map((ms) => (ms / 1_000).toFixed(2)))].join(' to ')} s`;

function wordOfClients(seen: Observations): string {
  const others = clientsThat(seen, 'refused') + clientsThat(seen, 'reset');
  if (others > 0) return `${others} were refused or reset`;
  const own = timedOutBy(seen, 'own-timer').length;
  const kernel = timedOutBy(seen, 'kernel').length;
  return own > 0 && kernel > 0
    ? TIME_OUT
    : `${own} ended by their own timer, ${kernel} by the kernel`;
}

/** Who is left to the kernel sends more SYNs than the others; undefined where that cannot be seen. */
function wordOfPackets({ connections }: Observations): string | undefined {
  const unanswered = connections.filter(({ state }) => state === 'unanswered');
  const reset = unanswered.filter(({ resets }) => resets.length > 0).length;
  if (reset > 0) return `${reset} were refused or reset`;
  const syns = unanswered.map((connection) => connection.syns.length);
  if (syns.length === 0) return 'every SYN was answered';
  return Math.max(...syns) > Math.min(...syns) ? TIME_OUT : undefined;
}

/**
 * TCPAbortOnTimeout counts what the kernel gave up. AttemptFails counts that too, and every
 * connect(2) that a RST ended; it does not count what the application gave up.
 */
function wordOfCounters(seen: Observations): string | undefined {
  const kernel = growth(seen, 'client', 'TCPAbortOnTimeout');
  const failed = growth(seen, 'client', 'AttemptFails');
  const begun = growth(seen, 'client', 'ActiveOpens');
  const served = growth(seen, 'server', 'PassiveOpens');
  const [a, b, c, d] = [kernel, failed, begun, served];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  if (b !== a) return `${b - a} were refused or reset`;
  return a > 0 && c - d > a
    ? TIME_OUT
    : `${c - d - a} ended by their own timer, ${a} by the kernel`;
}

function notKeptApart(parameters: Parameters, prediction: Prediction): string | null {
  const { acceptQueueCapacity, connectGivesUpMs } = prediction;
  // Before 4.10 two clients more are answered.
  if (prediction.timedOut !== null && prediction.timedOut < 2) {
    return `too few are refused: pass --clients ${Math.max(parameters.clients + 1, acceptQueueCapacity + 2)} or more`;
  }
  if (connectGivesUpMs >= LEFT_TO_THE_KERNEL_MS) {
    return `nobody waits for ${connectGivesUpMs / 1_000} s until the kernel gives up; pass a smaller --syn-retries`;
  }
  return parameters.connectTimeoutMs < connectGivesUpMs
    ? null
    : `the kernel gives up after ${connectGivesUpMs / 1_000} s, before the clients' own timer; pass --connect-timeout 500ms`;
}

const failWithErrno110: Claim = {
  id: '003-a',
  document: '003',
  statement:
    'Many short connections overflow the accept queue, and clients fail with error 110, connection timed out.',
  notExercisedBecause: notKeptApart,
  judge: (seen) =>
    decide({
      documented: 'clients that are refused fail with a timeout (ETIMEDOUT, 110)',
      documentedValue: TIME_OUT,
      statements: [
        {
          witness: 'clients',
          of: `by their own timer ${after(timedOutBy(seen, 'own-timer'))}, by the kernel ${after(timedOutBy(seen, 'kernel'))}`,
          value: wordOfClients(seen),
        },
        {
          witness: 'packets',
          of: 'clients without any SYN-ACK',
          value: wordOfPackets(seen),
        },
        {
          witness: 'counters',
          of: 'TCPAbortOnTimeout, AttemptFails and ActiveOpens of the client, PassiveOpens',
          value: wordOfCounters(seen),
        },
      ],
    }),
};

export const kernelGivesUp: Scenario = {
  id: ID,
  title: 'Who gives up: the client’s own timer, or the kernel with error 110',
  story:
    'A burst of short connections fills the accept queue of a server that does not accept. Those that are refused give up after half a second, by a timer of their own. One more client leaves it to the kernel, which repeats the SYN and then ends connect(2) with ETIMEDOUT, error 110, seconds later.',
  claims: [failWithErrno110],
  defaults: {
    ...DEFAULTS,
    clients: 9,
    connectTimeoutMs: 500,
    sysctls: { server: {}, client: { 'net.ipv4.tcp_syn_retries': '1' } },
  },
  variants: [{ name: '', parameters: {}, lastsMs: 3_100 }],
  plan: (parameters) => planOf(ID, parameters, middle(parameters)),
  predict: (parameters, kernel) => predictTwoPatiences(patienceOf(parameters), kernel),
};
