/**
 * Claim put to the test here: 000-a.
 *
 * One client's ACK is held back until the others have filled the accept queue. When its SYN-ACK is
 * repeated its ACK is dropped, and both ends are counted at once.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { OPENING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import { predictLastPlace } from '../kernel/predict-last-place.ts';
import { clientConnections, growth, serverConnections } from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import { assertHeldClientsWait, nobodyFooled, notDecidable, wavesOf } from './held-clients.ts';
import { fillBehind, tooLate } from './last-place.ts';
import { awaitStep, connectAndSettle, DEFAULTS, planOf } from './parts.ts';

const ID = 'half-open-connections';
const HELD = 'held';

function middle(parameters: Parameters): readonly Step[] {
  const { held } = wavesOf(parameters);
  if (held === 0) return connectAndSettle(parameters, 'all', parameters.clients);
  const { readTimeoutMs } = parameters;
  return [
    ...fillBehind(parameters, [{ wave: HELD, clients: held, behaves: { readTimeoutMs } }]),
    awaitStep({
      kind: 'counter-grown',
      counter: 'ListenOverflows',
      sinceSnapshot: OPENING_SNAPSHOT,
      atLeast: held,
    }),
  ];
}

/** Data or a probe would be the segment that is dropped, at a time that nobody chooses. */
function assertDecidable(parameters: Parameters): void {
  if (parameters.sendBytes > 0 || parameters.keepAliveMs !== null) {
    throw notDecidable(
      'both ends are counted when a silent client’s ACK is dropped',
      '--send 0 and no --keepalive; fooled-client-sends and keepalive-believes have them',
    );
  }
  assertHeldClientsWait(parameters);
}

const bothEnds = (client: number | undefined, server: number | undefined): string | undefined =>
  client === undefined || server === undefined
    ? undefined
    : `${client} at the client, ${server} at the server`;

/** Established ones, as the kernel counts them itself. */
const countedEnds = (seen: Observations): string | undefined =>
  bothEnds(growth(seen, 'client', 'CurrEstab'), growth(seen, 'server', 'CurrEstab'));

const endsDisagree: Claim = {
  id: '000-a',
  document: '000',
  statement:
    'The two ends disagree: of 1000 connections on the client’s side, the server has only 999.',
  notExercisedBecause: nobodyFooled,
  judge: (seen) => {
    const { clients } = seen.plan.parameters;
    const { first, last } = wavesOf(seen.plan.parameters);
    return decide({
      documented: `${clients} connections at the client, ${first + last} at the server`,
      documentedValue: `${clients} at the client, ${first + last} at the server`,
      statements: [
        {
          witness: 'sockets',
          of: 'connections in the tables of client and server',
          value: bothEnds(clientConnections(seen), serverConnections(seen)),
        },
        {
          witness: 'counters',
          of: 'CurrEstab of client and server',
          value: countedEnds(seen),
        },
      ],
    });
  },
};

export const halfOpenConnections: Scenario = {
  id: ID,
  title: 'Half of a connection: the client counts one more than the server',
  story:
    'A thousand clients connect to a server that cannot keep up, and 999 connections fit into its accept queue. One more SYN had been answered before the queue was full, so its client is connected as well; but the server drops its ACK. ss on the one machine counts 1000 connections, on the other 999, and neither end reports an error.',
  claims: [endsDisagree],
  defaults: { ...DEFAULTS, backlog: 998, clients: 1_000 },
  variants: [{ name: '', parameters: {}, lastsMs: 1_100 }],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  spoiledBy: tooLate,
  predict: (parameters, kernel) => predictLastPlace(parameters, 'dropped', kernel),
};
