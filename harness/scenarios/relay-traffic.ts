/**
 * Claims put to the test here: 004-c, 004-d (traffic).
 *
 * Two relays stand side by side, and every sender connects to both. The first keeps no more
 * connections than its cap; whom it closes connects again, over and over. In every round each sender
 * writes one message over each connection that it has.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import { predictServed } from '../kernel/predict-served.ts';
import { decide, type Statement } from '../verdict/testimony.ts';
import {
  assertNoOverflow,
  capOf,
  clientsBeyondCap,
  closedTooLate,
  nothingBeyondCap,
  RECONNECT_AFTER_MS,
  someBeyondCap,
} from './cap.ts';
import { awaitStep, commandStep, connectStep, DEFAULTS, planOf, settledStep } from './parts.ts';

const ID = 'relay-traffic';
/** The wave to each relay; the first relay has the cap. */
const WAVES = ['capped', 'free'] as const;
const ROUNDS = 3;
const MESSAGE_BYTES = 100;
/** Attempts of each sender that is closed, before the first message. */
const ATTEMPTS_EACH = 3;

const keptBy = (parameters: Parameters, relay: number): number =>
  parameters.clients - (relay === 0 ? clientsBeyondCap(parameters) : 0);

/** What happens at both relays, side by side. */
const atBoth = (step: (wave: string, relay: number) => Step): readonly Step[] =>
  WAVES.map((wave, relay) => step(wave, relay));

function middle(parameters: Parameters): readonly Step[] {
  const { clients } = parameters;
  const attempts = clients + clientsBeyondCap(parameters) * (ATTEMPTS_EACH - 1);
  return [
    ...atBoth((_, relay) => commandStep({ command: 'accept' }, relay)),
    ...atBoth((wave, relay) => ({
      ...connectStep(parameters, wave, clients, { reconnectAfterMs: RECONNECT_AFTER_MS }),
      relay,
    })),
    ...atBoth((wave) => settledStep(parameters, wave, clients)),
    ...atBoth((_, relay) =>
      awaitStep({ kind: 'connections-taken', relay, atLeast: relay === 0 ? attempts : clients }),
    ),
    ...Array.from({ length: ROUNDS }, (_, index) => round(parameters, index + 1)).flat(),
    { kind: 'stop-reconnecting' },
    ...atBoth((wave, relay) =>
      awaitStep({ kind: 'clients-open', wave, equals: keptBy(parameters, relay) }),
    ),
  ];
}

/** The next round begins when every message of this one has come. */
const round = (parameters: Parameters, number: number): readonly Step[] => [
  ...atBoth((wave) => ({ kind: 'send', wave, bytes: MESSAGE_BYTES })),
  ...atBoth((_, relay) =>
    awaitStep({
      kind: 'bytes-received',
      relay,
      atLeast: number * keptBy(parameters, relay) * MESSAGE_BYTES,
    }),
  ),
];

/** The same figure of both relays, the capped one first. */
type OfBoth = readonly [capped: number, free: number];

const sentByClients = ({ clients }: Observations, wave: string): number =>
  clients.reduce((sum, story) => sum + (story.wave === wave ? (story.sentBytes ?? 0) : 0), 0);

/** Bytes of payload that came to each server, by address; the first is that of relay 0. */
function carriedByPackets({ connections }: Observations): OfBoth {
  const addresses = [...new Set(connections.map(({ serverAddress }) => serverAddress))].sort();
  const [capped = 0, free = 0] = addresses.map((address) =>
    connections
      .filter(({ serverAddress }) => serverAddress === address)
      .flatMap(({ data }) => data)
      .reduce((sum, { from, bytes, retransmission }) => {
        return from === 'client' && !retransmission ? sum + bytes : sum;
      }, 0),
  );
  return [capped, free];
}

function receivedByServers({ servers }: Observations): OfBoth | undefined {
  const [capped, free] = servers;
  return capped && free && [capped.receivedBytes, free.receivedBytes];
}

const UNEVEN = 'the capped relay gets less traffic';
const EVEN = 'both relays get the same traffic';

function wordOf(traffic: OfBoth | undefined): string | undefined {
  if (traffic === undefined) return undefined;
  const [capped, free] = traffic;
  if (capped === 0 || free === 0)
    return `no traffic over ${capped === 0 ? 'the capped' : 'the free'} relay`;
  if (capped === free) return EVEN;
  return capped < free ? UNEVEN : 'the capped relay gets more traffic';
}

const statementsOf = (seen: Observations): readonly Statement[] => [
  {
    witness: 'clients',
    of: 'bytes that the senders wrote to each relay',
    value: wordOf([sentByClients(seen, WAVES[0]), sentByClients(seen, WAVES[1])]),
  },
  { witness: 'packets', of: 'payload to each relay', value: wordOf(carriedByPackets(seen)) },
  {
    witness: 'server',
    of: 'bytes that each relay received',
    value: wordOf(receivedByServers(seen)),
  },
];

const trafficUneven: Claim = {
  id: '004-c',
  document: '004',
  statement: 'While one relay closes senders beyond its cap, traffic over the relays is uneven.',
  notExercisedBecause: nothingBeyondCap,
  judge: (seen) => {
    const { parameters } = seen.plan;
    return decide({
      documented: `${parameters.clients} senders to each relay, one of them capped at ${capOf(parameters)}: ${UNEVEN}`,
      documentedValue: UNEVEN,
      statements: statementsOf(seen),
    });
  },
};

const trafficEven: Claim = {
  id: '004-d (traffic)',
  document: '004',
  statement: 'With a cap that holds every sender, traffic over the relays is even again.',
  notExercisedBecause: someBeyondCap,
  judge: (seen) => {
    const { parameters } = seen.plan;
    return decide({
      documented: `${parameters.clients} senders to each relay, the cap is ${capOf(parameters)}: ${EVEN}`,
      documentedValue: EVEN,
      statements: statementsOf(seen),
    });
  },
};

export const relayTraffic: Scenario = {
  id: ID,
  title: 'A relay at its connection cap gets less than its share',
  story:
    'Twelve senders connect to two relays and send over every connection that they have. One relay keeps eight connections and closes all others, again and again: it carries two thirds of what the other does, and no log of it says why. With a cap that holds all twelve, traffic is even.',
  claims: [trafficUneven, trafficEven],
  defaults: { ...DEFAULTS, backlog: 511, clients: 12, cap: 8 },
  variants: [
    { name: 'too-small', parameters: {}, lastsMs: ATTEMPTS_EACH * RECONNECT_AFTER_MS },
    { name: 'large-enough', parameters: { cap: 16 }, lastsMs: 100 },
  ],
  plan: (parameters) => {
    assertNoOverflow(parameters);
    const cap = { maxConnections: capOf(parameters) };
    return planOf(ID, parameters, middle(parameters), cap, {});
  },
  spoiledBy: closedTooLate,
  predict: (parameters, kernel) =>
    predictServed(
      parameters.backlog,
      clientsBeyondCap(parameters) > 0 ? null : WAVES.length * parameters.clients,
      kernel,
    ),
};
