/**
 * Claim put to the test here: 003-c.
 */

import { HarnessError } from '../domain/harness-error.ts';
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { OPENING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Claim, KernelModel, Scenario } from '../domain/scenario.ts';
import { predictOverflow } from '../kernel/predict.ts';
import { acceptQueueCapacity } from '../kernel/queue-capacity.ts';
import { growth } from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import { connectStep, DEFAULTS, plannedLimit, planOf, settledStep, snapshotStep } from './parts.ts';
import { FIRST_REPETITION_MS } from './slow-machine.ts';

const ID = 'somaxconn-needs-a-new-listen';
const RAISED = 'raised';
export const FULL = 'full';
const LISTENING_AGAIN = 'listening-again';
const SOMAXCONN = 'net.core.somaxconn';

/** Long before the first repetition of a SYN, so that the new limit meets refused clients. */
const REFUSALS_DEADLINE_MS = 20_000;

function middle(parameters: Parameters): readonly Step[] {
  const { backlog, clients } = parameters;
  const refused = clients - (plannedLimit(parameters) + 1);
  const listenAgain: readonly Step[] = [
    snapshotStep(FULL),
    { kind: 'server-command', command: { command: 'listen', backlog } },
    snapshotStep(LISTENING_AGAIN),
  ];
  return [
    { kind: 'set-sysctl', host: 'server', key: SOMAXCONN, value: `${backlog}` },
    snapshotStep(RAISED),
    connectStep(parameters, 'all', clients),
    ...(refused > 0 ? [refusedOnce(refused)] : [settledStep(parameters, 'all', clients)]),
    ...listenAgain,
    ...(refused > 0 ? [settledStep(parameters, 'all', clients)] : []),
  ];
}

const refusedOnce = (refused: number): Step => ({
  kind: 'await',
  condition: {
    kind: 'counter-grown',
    counter: 'ListenDrops',
    sinceSnapshot: OPENING_SNAPSHOT,
    atLeast: refused,
  },
  deadlineMs: REFUSALS_DEADLINE_MS,
});

const limitAt = (seen: Observations, snapshot: string): number | undefined =>
  seen.snapshots.get(snapshot)?.listener?.acceptQueueLimit;

/** A refused client gets in only if it is still there when its SYN is repeated. */
const waitsForRepetition = ({ connectTimeoutMs }: Parameters): boolean =>
  connectTimeoutMs > FIRST_REPETITION_MS;

/** Near the repetition of the SYN nobody can say which comes first. */
function assertDecidable({ connectTimeoutMs, clients, backlog }: Parameters): void {
  if (Math.abs(connectTimeoutMs - FIRST_REPETITION_MS - UNDECIDABLE_MS / 2) <= UNDECIDABLE_MS) {
    throw notDecidable(
      `a connect timeout of ${connectTimeoutMs} ms: refused clients repeat their SYN after about ${FIRST_REPETITION_MS} ms`,
      'pass --connect-timeout 3s, or one below 800 ms',
    );
  }
  // Repeated SYNs come in one burst, and are admitted before any final ACK has been processed.
  if (clients > backlog + 1) {
    throw notDecidable(
      `${clients} clients on backlog ${backlog}: some would be fooled when they repeat their SYN`,
      `pass --clients ${backlog + 1} or fewer`,
    );
  }
}

const notDecidable = (what: string, remedy: string): HarnessError =>
  new HarnessError('USAGE', `Cannot predict ${what}.`, { remedy });

const UNDECIDABLE_MS = 200;

const NEEDED = 'the raised limit counts after listening again';
const AT_ONCE = 'the raised limit counts at once';
const NEVER = 'the raised limit never counts';

/** What three limits, read one after another, say of a raised one. */
function wordOfLimits(seen: Observations, old: number, raised: number): string | undefined {
  const limits = [OPENING_SNAPSHOT, FULL, LISTENING_AGAIN].map((name) => limitAt(seen, name));
  if (limits.includes(undefined)) return undefined;
  const read = limits.join(', ');
  if (read === `${old}, ${old}, ${raised}`) return NEEDED;
  if (read === `${old}, ${raised}, ${raised}`) return AT_ONCE;
  return read === `${old}, ${old}, ${old}` ? NEVER : read;
}

/** So many were let in before listening again, and so many in the end; undefined where all fit. */
function wordOfAdmissions(
  [before, inTheEnd]: readonly [number, number],
  parameters: Parameters,
): string | undefined {
  const { backlog, clients } = parameters;
  const fitAtFirst = plannedLimit(parameters) + 1;
  const fitLater = Math.min(clients, backlog + 1);
  if (clients <= fitAtFirst) return undefined;
  // Clients that are gone when their SYN would be repeated cannot tell what came afterwards.
  const expected = waitsForRepetition(parameters) ? fitLater : fitAtFirst;
  if (before === fitAtFirst && inTheEnd === expected) return NEEDED;
  if (before === fitAtFirst && inTheEnd === fitAtFirst) return NEVER;
  return before === fitLater ? AT_ONCE : `${before} let in, ${inTheEnd} in the end`;
}

function wordOfCounters(seen: Observations): string | undefined {
  const atStart = seen.snapshots.get(OPENING_SNAPSHOT)?.counters.server.get('PassiveOpens');
  const atFull = seen.snapshots.get(FULL)?.counters.server.get('PassiveOpens');
  const inTheEnd = growth(seen, 'server', 'PassiveOpens');
  if (atStart === undefined || atFull === undefined || inTheEnd === undefined) return undefined;
  return wordOfAdmissions([atFull - atStart, inTheEnd], seen.plan.parameters);
}

/** Whether a client was let in before listening again or after it, its own time tells. */
function wordOfClients(seen: Observations): string | undefined {
  const listenedAgainMs = seen.snapshots.get(FULL)?.atMs;
  if (listenedAgainMs === undefined) return undefined;
  const connected = seen.clients.flatMap(({ outcome, startedAtMs }) =>
    outcome.kind === 'connected' ? [startedAtMs + outcome.afterMs] : [],
  );
  const atOnce = connected.filter((atMs) => atMs <= listenedAgainMs).length;
  return wordOfAdmissions([atOnce, connected.length], seen.plan.parameters);
}

function nothingToRaise(parameters: Parameters): string | null {
  const old = plannedLimit(parameters);
  if (parameters.backlog <= old) {
    return 'somaxconn does not cut the backlog at first; pass a smaller --somaxconn';
  }
  return parameters.clients > old + 1
    ? null
    : `all clients fit below the old limit; pass --clients ${old + 2} or more`;
}

const newListenNeeded: Claim = {
  id: '003-c',
  document: '003',
  statement:
    'Raising somaxconn does not change a listener that already listens; it has to listen again.',
  notExercisedBecause: nothingToRaise,
  judge: (seen) => {
    const { parameters } = seen.plan;
    const old = plannedLimit(parameters);
    return decide({
      documented: `limit ${old}; still ${old} after somaxconn is raised to ${parameters.backlog}; ${parameters.backlog} after listening again`,
      documentedValue: NEEDED,
      statements: [
        {
          witness: 'sockets',
          of: 'Send-Q of the listener',
          value: wordOfLimits(seen, old, parameters.backlog),
        },
        {
          witness: 'counters',
          of: 'PassiveOpens before listening again and in the end',
          value: wordOfCounters(seen),
        },
        {
          witness: 'clients',
          of: 'clients connected at once and in the end',
          value: wordOfClients(seen),
        },
      ],
    });
  },
};

/** Everybody is let in by the second listen(2), each refused client at a repetition of its SYN. */
function predict(parameters: Parameters, kernel: KernelModel) {
  const raised = { ...kernel, somaxconn: Math.max(kernel.somaxconn, parameters.backlog) };
  if (!waitsForRepetition(parameters)) {
    return { ...predictOverflow(parameters, kernel), acceptQueueLimit: parameters.backlog };
  }
  // Once each, unless the server is so late in listening again that they repeat their SYN before.
  const refusedAtFirst = Math.max(
    0,
    parameters.clients - acceptQueueCapacity(parameters.backlog, kernel),
  );
  return {
    ...predictOverflow(parameters, raised),
    refusedSyns: { least: refusedAtFirst, most: 2 * refusedAtFirst },
  };
}

export const somaxconnNeedsANewListen: Scenario = {
  id: ID,
  title: 'A raised somaxconn reaches a listener only when it listens again',
  story:
    'A server listens with backlog 8192 while somaxconn is 128, then somaxconn is raised. Nothing changes for the listener: 200 clients come and only 129 fit. It listens again on the same socket, and the refused clients get in when they repeat their SYN a second later.',
  claims: [newListenNeeded],
  defaults: {
    ...DEFAULTS,
    backlog: 8_192,
    clients: 200,
    connectTimeoutMs: 3_000,
    sysctls: { server: { [SOMAXCONN]: '128' }, client: {} },
  },
  variants: [{ name: '', parameters: {}, lastsMs: 1_100 }],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  predict,
};
