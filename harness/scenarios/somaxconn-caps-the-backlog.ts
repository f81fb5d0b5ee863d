/**
 * Claims put to the test here: 002-e, 003-b (and 001-h with its own figures: somaxconn 128, 129 connections).
 */
import type { Scenario } from '../domain/scenario.ts';
import { predictOverflow } from '../kernel/predict.ts';
import { limitIsTheSmaller, somaxconnCuts } from './overflow-claims.ts';
import { connectAndSettle, DEFAULTS, fooledClientsShow, planOf } from './parts.ts';

const ID = 'somaxconn-caps-the-backlog';

export const somaxconnCapsTheBacklog: Scenario = {
  id: ID,
  title: 'somaxconn cuts a large backlog',
  story:
    'The application asks for a backlog of 8192, but net.core.somaxconn is 128. The kernel cuts the request without a word: 129 connections fit, whatever the code says.',
  claims: [
    limitIsTheSmaller(
      '001-h',
      '001',
      'At most min(backlog, somaxconn) + 1 established connections wait for accept(), for example 129 with somaxconn 128.',
    ),
    limitIsTheSmaller('002-e', '002', 'The accept queue is min(backlog, somaxconn) long.'),
    somaxconnCuts(
      '003-b',
      '003',
      'A smaller somaxconn cuts the backlog: for example, 128 cuts 8192 to 128.',
    ),
  ],
  defaults: {
    ...DEFAULTS,
    backlog: 8_192,
    clients: 200,
    connectTimeoutMs: 1_500,
    sysctls: { server: { 'net.core.somaxconn': '128' }, client: {} },
  },
  variants: [{ name: '', parameters: {}, lastsMs: 1_500 }],
  plan: (parameters) =>
    planOf(ID, parameters, [
      ...connectAndSettle(parameters, 'all', parameters.clients),
      fooledClientsShow,
    ]),
  predict: (parameters, kernel) => predictOverflow(parameters, kernel),
};
