/**
 * Claim put to the test here: 001-d.
 *
 * All clients come while the server is busy with something else; it accepts when each of them has
 * an outcome. So it is slow, and not dead: who was let into the queue is served.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import { predictBusyBurst } from '../kernel/predict-busy-burst.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { growth } from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { decide } from '../verdict/testimony.ts';
import { assertOneSyn, assertServerSysctl, ONE_SYN_MS, repeatedItsSyn } from './one-syn.ts';
import {
  awaitStep,
  commandStep,
  connectAndSettle,
  DEFAULTS,
  plannedLimit,
  planOf,
} from './parts.ts';

const ID = 'connect-timeouts-in-a-burst';
const ALL = 'all';

function middle(parameters: Parameters): readonly Step[] {
  const { clients, sendBytes } = parameters;
  const served = Math.min(clients, plannedLimit(parameters) + 1);
  return [
    ...connectAndSettle({ ...parameters, arrivals: { kind: 'burst' } }, ALL, clients),
    commandStep({ command: 'accept' }),
    awaitStep({ kind: 'connections-taken', atLeast: served }),
    awaitStep({ kind: 'bytes-answered', wave: ALL, atLeast: served * sendBytes }),
  ];
}

function assertDecidable(parameters: Parameters): void {
  assertOneSyn(parameters);
  assertServerSysctl(
    parameters,
    'net.ipv4.tcp_abort_on_overflow',
    0,
    'it would reset clients where a kernel admits more than fit',
  );
  if (parameters.readTimeoutMs === null || parameters.readTimeoutMs >= LEAST_PATIENCE_MS) return;
  throw new HarnessError(
    'USAGE',
    `Cannot use a read timeout of ${parameters.readTimeoutMs} ms because the server answers only when every client has connected or timed out.`,
    { remedy: `pass --read-timeout ${LEAST_PATIENCE_MS}ms or more` },
  );
}

const LEAST_PATIENCE_MS = 2_000;

const CONNECT_TIMEOUTS = 'some clients time out connecting, and nobody answers their SYN';
const READ_TIMEOUTS = 'clients time out reading';
const NONE = 'every client is connected';

const ALL_TIME_OUT = 'every client times out connecting';

function wordOf(unanswered: number | undefined, clients: number): string | undefined {
  if (unanswered === undefined) return undefined;
  if (unanswered === 0) return NONE;
  return unanswered < clients ? CONNECT_TIMEOUTS : ALL_TIME_OUT;
}

function wordOfClients({ clients }: Observations): string | undefined {
  if (clients.some(({ end }) => end?.kind === 'read-timed-out')) return READ_TIMEOUTS;
  return wordOf(
    clients.filter(({ outcome }) => outcome.kind === 'timed-out').length,
    clients.length,
  );
}

const someTimeOutConnecting: Claim = {
  id: '001-d',
  document: '001',
  statement:
    'Ten clients come at once to a server that accepts slowly, with a backlog of 1: some get a connect timeout, because their SYN is never answered.',
  notExercisedBecause: ({ clients }, { acceptQueueCapacity }) =>
    clients > acceptQueueCapacity + 2
      ? null
      : `too few clients for a queue of ${acceptQueueCapacity}; pass --clients ${acceptQueueCapacity + 3} or more`,
  judge: (seen) =>
    decide({
      documented: CONNECT_TIMEOUTS,
      documentedValue: CONNECT_TIMEOUTS,
      statements: [
        { witness: 'clients', of: 'outcomes and ends', value: wordOfClients(seen) },
        {
          witness: 'packets',
          of: 'connections without SYN-ACK',
          value: wordOf(
            seen.connections.filter(({ state }) => state === 'unanswered').length,
            seen.connections.length,
          ),
        },
        {
          witness: 'counters',
          of: 'ActiveOpens − CurrEstab of the client',
          value: wordOf(
            difference(growth(seen, 'client', 'ActiveOpens'), growth(seen, 'client', 'CurrEstab')),
            seen.clients.length,
          ),
        },
      ],
      // With a backlog of 1 a single request fills the SYN queue, and all others get cookies.
      otherRules: [{ rule: KERNEL_RULES.synQueueIsBoundedByBacklog, value: NONE }],
    }),
};

export const connectTimeoutsInABurst: Scenario = {
  id: ID,
  title: 'A server that accepts slowly gives some clients a connect timeout',
  story:
    'Ten clients send a request at once to a server with a backlog of 1 that is busy for a moment. Two find a place, wait and are answered. The SYNs of the others are refused in silence, and their connect timeout ends before the SYN is repeated: to them the server looks dead.',
  claims: [someTimeOutConnecting],
  defaults: {
    ...DEFAULTS,
    backlog: 1,
    clients: 10,
    connectTimeoutMs: ONE_SYN_MS,
    readTimeoutMs: 5_000,
    sendBytes: 50,
  },
  variants: [{ name: '', parameters: {}, lastsMs: ONE_SYN_MS }],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters), { answers: true });
  },
  spoiledBy: repeatedItsSyn,
  predict: (parameters, kernel) =>
    predictBusyBurst({ ...parameters, sendsData: parameters.sendBytes > 0 }, kernel),
};
