/**
 * Claims put to the test here: 004-a, 004-b, 004-d.
 *
 * The cap is the server program's own (`server.maxConnections` of Node): it accepts what is above
 * it, and closes at once. Whoever was closed connects again, until it has been closed several times.
 */
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import { predictServed } from '../kernel/predict-served.ts';
import {
  assertNoOverflow,
  capOf,
  clientsBeyondCap,
  closedTooLate,
  RECONNECT_AFTER_MS,
} from './cap.ts';
import {
  CLOSED_AGAIN_LEAST,
  closedAtOnce,
  largerCapEndsIt,
  reconnectOverAndOver,
} from './cap-claims.ts';
import { awaitStep, commandStep, connectStep, DEFAULTS, planOf, settledStep } from './parts.ts';

const ID = 'connection-cap';
const ALL = 'all';
/** Attempts of each client that is closed: the first, and those that show that it goes on. */
const ATTEMPTS_EACH = CLOSED_AGAIN_LEAST + 3;

function middle(parameters: Parameters): readonly Step[] {
  const { clients } = parameters;
  const beyond = clientsBeyondCap(parameters);
  const attempts = clients + beyond * (ATTEMPTS_EACH - 1);
  return [
    commandStep({ command: 'accept' }),
    connectStep(parameters, ALL, clients, { reconnectAfterMs: RECONNECT_AFTER_MS }),
    settledStep(parameters, ALL, clients),
    awaitStep({ kind: 'attempts-made', wave: ALL, atLeast: attempts }),
    { kind: 'stop-reconnecting' },
    awaitStep({ kind: 'clients-open', wave: ALL, equals: clients - beyond }),
    awaitStep({ kind: 'connections-taken', atLeast: attempts }),
  ];
}

export const connectionCap: Scenario = {
  id: ID,
  title: 'A server at its connection cap accepts, and closes at once',
  story:
    'A server framework keeps 128 connections and no more. 130 clients connect, and to the kernel everything is well: no queue overflows, every handshake completes. Two of them are closed within milliseconds, and connect again and again; with a larger cap that ends.',
  claims: [closedAtOnce, reconnectOverAndOver, largerCapEndsIt],
  defaults: { ...DEFAULTS, backlog: 511, clients: 130, cap: 128 },
  variants: [
    {
      name: 'cap-128',
      parameters: {},
      lastsMs: (ATTEMPTS_EACH - 1) * RECONNECT_AFTER_MS,
    },
    { name: 'cap-256', parameters: { cap: 256 }, lastsMs: 100 },
  ],
  plan: (parameters) => {
    assertNoOverflow(parameters);
    return planOf(ID, parameters, middle(parameters), { maxConnections: capOf(parameters) });
  },
  spoiledBy: closedTooLate,
  predict: (parameters, kernel) =>
    predictServed(
      parameters.backlog,
      clientsBeyondCap(parameters) > 0 ? null : parameters.clients,
      kernel,
    ),
};
