/**
 * Document 004: twenty relays, of which five run in a framework that keeps 128 connections each.
 *
 * Every sender wants one connection to every relay, and sends its messages to those that it is
 * connected to, in turn. There are more senders than a capped relay keeps. Whom it closes connects
 * again after a while, and is closed again: meanwhile its messages go to the other relays.
 */
import type { Incident, Phase } from '../../domain/incident.ts';
import type { Parameters } from '../../domain/parameters.ts';
import type { RunPlan, Step } from '../../domain/plan.ts';
import type { Scenario } from '../../domain/scenario.ts';
import { DEFAULTS, planOf } from '../parts.ts';
import {
  awaitClients,
  awaitServer,
  predictProgram,
  restStep,
  rolesOf,
  startProgram,
  variantsOf,
} from './phases.ts';
import {
  closedAtOnce,
  nothingShows,
  reconnectLoops,
  unevenTraffic,
  withoutPlace,
} from './relay-connection-cap-claims.ts';
import { CAPPED, RELAYS } from './relay-connection-cap-figures.ts';
import { failures, figures, howUneven, whatShows } from './relay-connection-cap-tables.ts';
import { symptomClaim } from './symptom.ts';

const ID = 'relay-connection-cap';
const WAVE = 'senders';

const DOCUMENTED_CAP = 128;
/** All of them fit below 256, and 72 find no place below 128. */
const SENDERS = 200;
const SEND_EVERY = '50ms';
const RECONNECT_AFTER = '500ms';
/**
 * Each connection gets a port of its own, though they go to different relays: a port tells which
 * connection is meant. Below the range from which the kernel would take others.
 */
const FIRST_PORT = 10_000;
/** A relay tells of its messages at most ten times a second: this is 4 s of traffic at least. */
const MESSAGES_TOLD = 40;
/** So often at least must those without a place have tried again, on the average. */
const ATTEMPTS_AGAIN = 3;
/** Both ends of a connection that a relay has closed stay in the tables for a while. */
const MOST_CONNECTIONS = 16_384;

const phaseOf = (name: string, role: Phase['role'], cap: number): Phase => ({
  name,
  role,
  title: `cap ${cap}`,
  parameters: { cap },
  lastsMs: 8_000,
});

const PHASES: readonly Phase[] = [
  phaseOf('fault', 'fault', DOCUMENTED_CAP),
  phaseOf('remedy', 'remedy', 256),
  phaseOf('cap-64', 'measured', 64),
  phaseOf('cap-192', 'measured', 192),
];

function middle(parameters: Parameters): readonly Step[] {
  const { clients, cap = DOCUMENTED_CAP } = parameters;
  const withoutPlaces = CAPPED * Math.max(0, clients - cap);
  return [
    {
      kind: 'start-clients',
      wave: WAVE,
      program: 'relay-senders',
      options: {
        clients,
        'send-every': SEND_EVERY,
        'reconnect-after': RECONNECT_AFTER,
        'first-source-port': FIRST_PORT,
      },
      toRelays: RELAYS,
    },
    awaitClients(WAVE, 'attempt', clients * RELAYS + withoutPlaces * ATTEMPTS_AGAIN),
    awaitServer('messages', MESSAGES_TOLD, RELAYS - 1),
    restStep(WAVE),
  ];
}

const plan = (parameters: Parameters): RunPlan => {
  const { backlog, cap = DOCUMENTED_CAP } = parameters;
  const relays = Array.from({ length: RELAYS }, (_, relay) =>
    startProgram('relay', backlog, { cap: relay < CAPPED ? cap : 'none' }, relay),
  );
  const { network, ...others } = planOf(ID, parameters, middle(parameters), ...relays);
  return { ...others, network: { ...network, mostClients: MOST_CONNECTIONS } };
};

const roleOf = rolesOf(PHASES);

const scenario: Scenario = {
  id: ID,
  title: 'Twenty relays, of which five keep at most 128 connections',
  story:
    'Two hundred senders spread their messages over twenty relays. Five relays run in a framework with a cap of 128: 72 senders are accepted there and closed at once, again and again, and their messages go to the other relays. The handshakes succeed, so that no queue overflows and no limit of the system is met. With a cap of 256 everybody has a place, and traffic is even.',
  claims: [
    symptomClaim(closedAtOnce, roleOf),
    nothingShows(roleOf),
    symptomClaim(reconnectLoops, roleOf),
    symptomClaim(unevenTraffic, roleOf),
    symptomClaim(withoutPlace, roleOf),
  ],
  defaults: {
    ...DEFAULTS,
    backlog: 511,
    clients: SENDERS,
    cap: DOCUMENTED_CAP,
    port: 9_984,
    phase: 'fault',
  },
  variants: variantsOf(PHASES),
  plan,
  predict: ({ backlog }, kernel) => predictProgram(backlog, kernel),
};

export const relayConnectionCap: Incident = {
  scenario,
  phases: PHASES,
  remedyOptions: [],
  figures,
  failures,
  questions: [howUneven(['cap-64', 'fault', 'cap-192', 'remedy']), whatShows(['fault', 'remedy'])],
};
