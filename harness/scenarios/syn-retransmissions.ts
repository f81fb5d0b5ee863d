/**
 * Claims put to the test here: 001-i.
 *
 * The accept queue is full, a few more clients come, and the kernel alone decides how often their
 * SYNs are repeated and when connect(2) fails. Before 4.10 the first two of them would be answered
 * all the same, so there are three.
 */
import type { Parameters } from '../domain/parameters.ts';
import type { RunPlan } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import { predictOverflow } from '../kernel/predict.ts';
import { connectAndSettle, DEFAULTS, plannedLimit, planOf, snapshotStep } from './parts.ts';
import { FULL, repeatedAfterThreeSeconds, SYN_LINEAR_TIMEOUTS } from './retransmission-claims.ts';

const ID = 'syn-retransmissions';
const FIRST = 'first';
const LATE = 'late';

/** Longer than any kernel tries with the retries of the variants. */
const LEFT_TO_THE_KERNEL_MS = 90_000;

function plan(parameters: Parameters): RunPlan {
  const first = Math.min(parameters.clients, plannedLimit(parameters) + 1);
  return withoutLinearWherePossible(
    planOf(ID, parameters, [
      ...connectAndSettle(parameters, FIRST, first),
      snapshotStep(FULL),
      ...connectAndSettle(parameters, LATE, parameters.clients - first),
    ]),
  );
}

/** A kernel without tcp_syn_linear_timeouts behaves as with 0: then it must not be required. */
function withoutLinearWherePossible(made: RunPlan): RunPlan {
  const { required, pinned } = made.sysctls;
  const { [SYN_LINEAR_TIMEOUTS]: linear, ...others } = required.client;
  if (linear !== '0') return made;
  return {
    ...made,
    sysctls: {
      required: { ...required, client: others },
      pinned: { ...pinned, client: { ...pinned.client, [SYN_LINEAR_TIMEOUTS]: linear } },
    },
  };
}

const clientHost = (retries: number, linear?: number): Pick<Parameters, 'sysctls'> => ({
  sysctls: {
    server: {},
    client: {
      'net.ipv4.tcp_syn_retries': `${retries}`,
      ...(linear === undefined ? {} : { [SYN_LINEAR_TIMEOUTS]: `${linear}` }),
    },
  },
});

export const synRetransmissions: Scenario = {
  id: ID,
  title: 'When an unanswered SYN is repeated, and when the kernel gives up',
  story:
    'The accept queue is full and nobody accepts, so the SYNs of further clients are never answered. The clients have no timer of their own to speak of: their kernel repeats each SYN a few times and then ends connect(2) with ETIMEDOUT. The times are read off the packets and compared with the schedules of old and new kernels.',
  claims: [repeatedAfterThreeSeconds],
  defaults: {
    ...DEFAULTS,
    backlog: 1,
    clients: 5,
    connectTimeoutMs: LEFT_TO_THE_KERNEL_MS,
    ...clientHost(1),
  },
  variants: [
    { name: 'linear-one-retry', parameters: {}, lastsMs: 3_100 },
    { name: 'linear-two-retries', parameters: clientHost(2), lastsMs: 7_150 },
    { name: 'doubling-one-retry', parameters: clientHost(1, 0), lastsMs: 3_100 },
    { name: 'doubling-two-retries', parameters: clientHost(2, 0), lastsMs: 7_150 },
    {
      name: 'doubling-five-retries',
      parameters: clientHost(5, 0),
      lastsMs: 64_500,
      profile: 'documented',
    },
  ],
  plan,
  predict: predictOverflow,
};
