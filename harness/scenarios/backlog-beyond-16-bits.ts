/**
 * Claim put to the test here: 000-d.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import { predictOverflow } from '../kernel/predict.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { closing, growth } from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { decide } from '../verdict/testimony.ts';
import { connectAndSettle, DEFAULTS, plannedLimit, planOf } from './parts.ts';

const ID = 'backlog-beyond-16-bits';
const SOMAXCONN = 'net.core.somaxconn';
const BITS_16 = 2 ** 16;

/** What is left of a limit in an unsigned short. */
const truncated = (limit: number): number => limit % BITS_16;

function notTruncated(parameters: Parameters): string | null {
  const limit = plannedLimit(parameters);
  if (limit < BITS_16) {
    return `a limit of ${limit} fits into 16 bits: pass --backlog ${BITS_16} and --somaxconn ${BITS_16} or more`;
  }
  const least = truncated(limit) + 2;
  return parameters.clients < least
    ? `all clients would fit below a truncated limit: pass --clients ${least} or more`
    : null;
}

const placesFor = (clients: number, limit: number): string =>
  `places for ${Math.min(clients, limit + 1)} of ${clients} clients`;

/** A limit that is neither whole nor truncated is told as it is. */
function byLimit(
  limit: number | undefined,
  { plan: { parameters } }: Observations,
): string | undefined {
  if (limit === undefined) return undefined;
  const isWhole = limit === plannedLimit(parameters);
  return isWhole || limit + 1 < parameters.clients
    ? placesFor(parameters.clients, limit)
    : `a limit of ${limit}`;
}

function byQueue(queued: number | undefined, seen: Observations): string | undefined {
  const { clients } = seen.plan.parameters;
  return queued === undefined ? undefined : placesFor(clients, queued - 1);
}

const storedIn16Bits: Claim = {
  id: '000-d',
  document: '000',
  statement:
    'somaxconn and backlog are 262144, but the limit is kept in an unsigned short and becomes 0.',
  notExercisedBecause: notTruncated,
  judge: (seen) => {
    const { clients } = seen.plan.parameters;
    const asked = plannedLimit(seen.plan.parameters);
    const listener = closing(seen)?.listener;
    const announced = seen.announcedLimits.at(-1);
    const opened = difference(growth(seen, 'server', 'PassiveOpens'), seen.accepted);
    return decide({
      documented: `a limit of ${asked} becomes ${truncated(asked)}: ${placesFor(clients, truncated(asked))}`,
      documentedValue: placesFor(clients, truncated(asked)),
      statements: [
        {
          // By the server program, which asks `ss`, too.
          witness: 'sockets',
          of: `announced limit ${announced}`,
          value: byLimit(announced, seen),
        },
        {
          witness: 'sockets',
          of: `Send-Q ${listener?.acceptQueueLimit} of the listener`,
          value: byLimit(listener?.acceptQueueLimit, seen),
        },
        {
          witness: 'sockets',
          of: `Recv-Q ${listener?.acceptQueueLength} of the listener`,
          value: byQueue(listener?.acceptQueueLength, seen),
        },
        {
          witness: 'counters',
          of: `PassiveOpens − accepted ${opened}`,
          value: byQueue(opened, seen),
        },
      ],
      otherRules: [
        { rule: KERNEL_RULES.acceptQueueLimitIs32Bit, value: placesFor(clients, asked) },
      ],
    });
  },
};

export const backlogBeyond16Bits: Scenario = {
  id: ID,
  title: 'A backlog of 262144 is a backlog of 262144, no longer 0',
  story:
    'somaxconn and the backlog are raised to 262144, as the document did in vain. Old kernels kept the limit in 16 bits, of which nothing but zeros was left, so a single connection filled the queue. Three clients show how many find a place today.',
  claims: [storedIn16Bits],
  defaults: {
    ...DEFAULTS,
    backlog: 262_144,
    clients: 3,
    connectTimeoutMs: 900,
    sysctls: { server: { [SOMAXCONN]: '262144' }, client: {} },
  },
  variants: [{ name: '', parameters: {}, lastsMs: 100 }],
  plan: (parameters) =>
    planOf(ID, parameters, connectAndSettle(parameters, 'all', parameters.clients)),
  predict: (parameters, kernel) => predictOverflow(parameters, kernel),
};
