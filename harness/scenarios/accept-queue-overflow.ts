/**
 * Claims put to the test here: 001-a, 001-b (i), 001-h, 002-d, 002-g (accept queue), 003-f.
 */
import type { Scenario } from '../domain/scenario.ts';
import { predictOverflow } from '../kernel/predict.ts';
import {
  bothCountersCountRefusedSyns,
  holdsBacklogPlusOne,
  lateClientCompletesItsHandshake,
  limitIsTheSmaller,
} from './overflow-claims.ts';
import { overflowsCountTheAcceptQueue } from './overflow-counters-claim.ts';
import { connectAndSettle, DEFAULTS, fooledClientsShow, planOf } from './parts.ts';

const ID = 'accept-queue-overflow';

export const acceptQueueOverflow: Scenario = {
  id: ID,
  title: 'A full accept queue refuses SYNs, and the client times out',
  story:
    'A server listens with a tiny backlog and never accepts. More clients connect than its accept queue holds. Those that fit are connected although the server never looked at them; the others wait for a SYN-ACK that never comes.',
  claims: [
    holdsBacklogPlusOne,
    lateClientCompletesItsHandshake,
    limitIsTheSmaller(
      '001-h',
      '001',
      'The accept queue is as long as the smaller of backlog and somaxconn; one connection more than that is established.',
    ),
    bothCountersCountRefusedSyns(
      '002-d',
      '002',
      'A SYN dropped because the accept queue is full adds one to both counters, ListenOverflows and ListenDrops.',
    ),
    overflowsCountTheAcceptQueue,
    bothCountersCountRefusedSyns(
      '003-f',
      '003',
      'During an overflow ListenOverflows and ListenDrops rise by the same amount.',
    ),
  ],
  defaults: DEFAULTS,
  variants: [{ name: '', parameters: {}, lastsMs: 2_500 }],
  plan: (parameters) =>
    planOf(ID, parameters, [
      ...connectAndSettle(parameters, 'all', parameters.clients),
      fooledClientsShow,
    ]),
  predict: (parameters, kernel) => predictOverflow(parameters, kernel),
};
