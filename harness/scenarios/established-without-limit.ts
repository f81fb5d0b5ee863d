/**
 * Claim put to the test here: 001-k.
 */
import type { Claim, Scenario } from '../domain/scenario.ts';
import { predictOverflow } from '../kernel/predict.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { answeredConnections, clientConnections, clientsThat } from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import { connectAndSettle, DEFAULTS, planOf } from './parts.ts';

const ID = 'established-without-limit';
const GROWS = 'more clients than places are connected';
const STOPS = 'no more clients than places are connected';

function word(connections: number | undefined, places: number): string | undefined {
  if (connections === undefined) return undefined;
  if (connections > places) return GROWS;
  return connections === places ? STOPS : `${connections} are connected`;
}

const growsWithoutLimit: Claim = {
  id: '001-k',
  document: '001',
  statement: 'Clients go on being connected although the accept queue is full.',
  notExercisedBecause: ({ clients }, { acceptQueueCapacity }) =>
    clients > acceptQueueCapacity
      ? null
      : `nothing overflows: pass --clients ${acceptQueueCapacity + 1} or more`,
  judge: (seen, { acceptQueueCapacity }) => {
    const places = acceptQueueCapacity;
    return decide({
      documented: `with ${places} places, ${GROWS}`,
      documentedValue: GROWS,
      statements: [
        { witness: 'clients', of: 'outcomes', value: word(clientsThat(seen, 'connected'), places) },
        {
          witness: 'sockets',
          of: 'rows of the client',
          value: word(clientConnections(seen), places),
        },
        { witness: 'packets', of: 'SYN-ACKs', value: word(answeredConnections(seen), places) },
      ],
      otherRules: [{ rule: KERNEL_RULES.synRefusedOnFullAcceptQueue, value: STOPS }],
    });
  },
};

export const establishedWithoutLimit: Scenario = {
  id: ID,
  title: 'A full accept queue and a crowd that keeps knocking',
  story:
    'Twenty clients knock for ten seconds at a queue of three places. On old kernels about two of them a second were told that they are connected.',
  claims: [growsWithoutLimit],
  defaults: { ...DEFAULTS, clients: 20, connectTimeoutMs: 10_000 },
  variants: [{ name: '', parameters: {}, lastsMs: 10_000 }],
  plan: (parameters) =>
    planOf(ID, parameters, connectAndSettle(parameters, 'all', parameters.clients)),
  predict: predictOverflow,
};
