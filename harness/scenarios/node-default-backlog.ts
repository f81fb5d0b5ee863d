/**
 * Claims put to the test here: 002-f, 002-g (accept queue).
 *
 * The server calls listen() without a backlog, or with 0. The SYN queue of such a server is
 * measured by the scenario syn-queue.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { Observations } from '../domain/observations.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import { predictOverflow } from '../kernel/predict.ts';
import { closing } from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { decide, type Statement } from '../verdict/testimony.ts';
import { ONE_SYN_MS, repeatedItsSyn } from './one-syn.ts';
import { needsOverflow, queuedConnections } from './overflow-claims.ts';
import { overflowsCountTheAcceptQueue } from './overflow-counters-claim.ts';
import { connectAndSettle, DEFAULTS, fooledClientsShow, planOf, withNetstat } from './parts.ts';
import { NODE_BACKLOG } from './syn-queue-claims.ts';

const ID = 'node-default-backlog';

/** A full queue holds one more than its limit. */
const limitByQueue = (seen: Observations): readonly Statement[] =>
  queuedConnections(seen).map(({ witness, of, value }) => ({
    witness,
    of: `${of} − 1`,
    value: typeof value === 'number' ? difference(value, 1) : value,
  }));

const nodeListensWith511: Claim = {
  id: '002-f',
  document: '002',
  statement: `The accept queue of a Node server that gives no backlog has the limit ${NODE_BACKLOG}.`,
  notExercisedBecause: ({ clients }, prediction) =>
    prediction.acceptQueueLimit === NODE_BACKLOG
      ? needsOverflow(prediction, clients)
      : `somaxconn cuts Node's backlog of ${NODE_BACKLOG} to ${prediction.acceptQueueLimit}`,
  judge: (seen) =>
    decide({
      documented: `min(${NODE_BACKLOG}, somaxconn) = ${NODE_BACKLOG} is the limit, so ${NODE_BACKLOG + 1} connections wait`,
      documentedValue: NODE_BACKLOG,
      statements: [
        // The server program asks `ss`, too.
        { witness: 'sockets', of: 'announced limit', value: seen.announcedLimits.at(-1) },
        {
          witness: 'sockets',
          of: 'Send-Q of the listener',
          value: closing(seen)?.listener?.acceptQueueLimit,
        },
        ...limitByQueue(seen),
      ],
    }),
};

const notOfNode = (backlog: number): HarnessError =>
  new HarnessError(
    'USAGE',
    `Cannot listen with backlog ${backlog} because this scenario shows what Node takes when none is given.`,
    { remedy: 'leave --backlog out, or choose --scenario accept-queue-overflow' },
  );

export const nodeDefaultBacklog: Scenario = {
  id: ID,
  title: 'A Node server that gives no backlog listens with 511',
  story:
    'A Node server calls listen() without a backlog, as most do. Node passes 511 on, whatever somaxconn allows, so 512 connections wait and the next are refused. A backlog of 0 is silently replaced by 511, too.',
  claims: [nodeListensWith511, overflowsCountTheAcceptQueue],
  defaults: {
    ...DEFAULTS,
    backlog: NODE_BACKLOG,
    clients: 520,
    connectTimeoutMs: ONE_SYN_MS,
    sysctls: { server: { 'net.core.somaxconn': '4096' }, client: {} },
  },
  variants: [
    { name: 'none', parameters: {}, lastsMs: ONE_SYN_MS },
    { name: 'zero', parameters: { backlog: 0 }, lastsMs: ONE_SYN_MS },
  ],
  plan: (parameters) => {
    const { backlog, clients } = parameters;
    if (backlog !== 0 && backlog !== NODE_BACKLOG) throw notOfNode(backlog);
    // What is asked of Node; the parameters of the plan say what comes of it.
    const asked = backlog === 0 ? 0 : null;
    const effective = { ...parameters, backlog: NODE_BACKLOG };
    const steps = [...connectAndSettle(effective, 'all', clients), fooledClientsShow];
    return withNetstat(planOf(ID, effective, steps, { backlog: asked }));
  },
  spoiledBy: repeatedItsSyn,
  predict: (parameters, kernel) => predictOverflow(parameters, kernel),
};
