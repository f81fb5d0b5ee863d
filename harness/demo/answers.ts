/** What each side of the evidence answers to the questions of the workshop, from its own figures only. */
import type { Observations } from '../domain/observations.ts';
import type { ConnectionEnd } from '../domain/tcp.ts';
import { FULL } from '../scenarios/somaxconn-needs-a-new-listen.ts';
import {
  acceptedHandshakes,
  answeredConnections,
  clientConnections,
  clientsThat,
  closing,
  growth,
  ignoredHandshakes,
  listenerDrops,
  opening,
  refusedConnections,
  refusedSyns,
  resetsFrom,
  serverConnections,
  synQueueLengthAt,
} from '../verdict/figures.ts';
import { growthBetween } from '../verdict/waves.ts';
import { CHOICES, type Choice, type DemoStep, type Facts, type Said } from './step.ts';

type Testify = DemoStep['testify'];
type Says = Said['says'];

type Amounts = Readonly<Record<Choice, number>>;

/** The choice that stands for an amount; where two of them are the same amount, the last. */
function choiceOf(value: number | undefined, amounts: Amounts): Says {
  if (value === undefined) return undefined;
  return CHOICES.findLast((choice) => amounts[choice] === value) ?? 'something else';
}

/** Of a figure that is there: the first choice if it is above 0, otherwise the second. */
const ifAny = (value: number | undefined, some: Choice, none: Says): Says =>
  value === undefined ? undefined : value > 0 ? some : none;

const CONNECTED: Choice = 0;
const TIMED_OUT: Choice = 1;
const TURNED_AWAY: Choice = 2;

/** Connected, timed out, or refused: what became of those whose connect did not succeed at once. */
export const fateOfConnect: Testify = (seen) => [
  { witness: 'clients', says: fateByClients(seen) },
  { witness: 'packets', says: fateByPackets(seen) },
  { witness: 'counters', says: fateByCounters(seen) },
];

function fateByClients(seen: Observations): Says {
  const refused = clientsThat(seen, 'refused') + clientsThat(seen, 'reset');
  const timedOut = clientsThat(seen, 'timed-out');
  if (refused + timedOut === 0) {
    return clientsThat(seen, 'connected') === seen.clients.length ? CONNECTED : 'something else';
  }
  if (refused > 0 && timedOut > 0) return 'something else';
  return refused > 0 ? TURNED_AWAY : TIMED_OUT;
}

function fateByPackets(seen: Observations): Says {
  if (seen.connections.length === 0) return undefined;
  if (refusedConnections(seen) > 0 || resetsFrom(seen, 'server') > 0) return TURNED_AWAY;
  return answeredConnections(seen) < seen.connections.length ? TIMED_OUT : CONNECTED;
}

function fateByCounters(seen: Observations): Says {
  const attempts = growth(seen, 'client', 'ActiveOpens');
  const opened = growth(seen, 'server', 'PassiveOpens');
  const resets = growth(seen, 'server', 'OutRsts');
  if (attempts === undefined || opened === undefined || resets === undefined) return undefined;
  if (resets > 0) return TURNED_AWAY;
  return opened < attempts ? TIMED_OUT : CONNECTED;
}

/** Backlog, backlog + 1, or everybody. */
export const amountsThatFit = ({ backlog, clients }: Facts): Amounts => [
  backlog,
  backlog + 1,
  clients,
];

export const howManyFit: Testify = (seen, facts) => {
  const says = (value: number | undefined): Says => choiceOf(value, amountsThatFit(facts));
  return [
    { witness: 'clients', says: says(clientsThat(seen, 'connected')) },
    { witness: 'packets', says: says(acceptedHandshakes(seen)) },
    { witness: 'counters', says: says(growth(seen, 'server', 'PassiveOpens')) },
    { witness: 'sockets', says: says(closing(seen)?.listener?.acceptQueueLength) },
  ];
};

/** Far above the time of a handshake, far below the first repetition of a SYN. */
const AT_ONCE_MS = 500;

/** At once, a second later, or never: when those get in who were refused at first. */
export const whenRefusedGetIn: Testify = (seen) => {
  const waited = seen.clients.filter(
    ({ outcome }) => outcome.kind === 'connected' && outcome.afterMs > AT_ONCE_MS,
  ).length;
  const late = seen.connections.filter(
    ({ state, syns: [first] }) => state === 'completed' && first?.answeredAtMs === undefined,
  ).length;
  const notConnected = seen.clients.length - clientsThat(seen, 'connected');
  const unanswered = seen.connections.length - answeredConnections(seen);
  return [
    { witness: 'clients', says: notConnected > 0 ? 2 : ifAny(waited, 1, 0) },
    { witness: 'packets', says: unanswered > 0 ? 2 : ifAny(late, 1, 0) },
    { witness: 'counters', says: lateByCounters(seen) },
  ];
};

function lateByCounters(seen: Observations): Says {
  const attempts = growth(seen, 'client', 'ActiveOpens');
  const opened = growth(seen, 'server', 'PassiveOpens');
  if (attempts === undefined || opened === undefined) return undefined;
  return opened < attempts ? 2 : ifAny(growth(seen, 'client', 'TCPSynRetrans'), 1, 0);
}

/** Connected at both ends, connected at its own end only, or not at all. */
export const whoBelieves: Testify = (seen, { clients }) => {
  const unanswered = seen.connections.length - answeredConnections(seen);
  return [
    { witness: 'sockets', says: believersBySockets(seen, clients) },
    { witness: 'packets', says: unanswered > 0 ? 2 : ifAny(ignoredHandshakes(seen).length, 1, 0) },
    { witness: 'counters', says: believersByCounters(seen) },
  ];
};

function believersBySockets(seen: Observations, clients: number): Says {
  const atClients = clientConnections(seen);
  const atServer = serverConnections(seen);
  if (atClients === undefined || atServer === undefined) return undefined;
  return atClients < clients ? 2 : ifAny(atClients - atServer, 1, 0);
}

/** Whose SYN had to be sent again was not let in; of the others the server has taken so many. */
function believersByCounters(seen: Observations): Says {
  const attempts = growth(seen, 'client', 'ActiveOpens');
  const repeated = growth(seen, 'client', 'TCPSynRetrans');
  const opened = growth(seen, 'server', 'PassiveOpens');
  const resets = growth(seen, 'server', 'EmbryonicRsts');
  if (attempts === undefined || opened === undefined || resets === undefined) return undefined;
  return (repeated ?? 0) > 0 ? 2 : ifAny(attempts - opened - resets, 1, 0);
}

/** Silence, RST, or a place: what the ACK of an admitted client meets. */
export const whatAdmittedGet: Testify = (seen) => {
  const silence = ifAny(ignoredHandshakes(seen).length, 0, 2);
  const overflows = ifAny(growth(seen, 'server', 'ListenOverflows'), 0, 2);
  return [
    // A client cannot tell silence from a place.
    { witness: 'clients', says: ifAny(endedBy(seen, 'reset-before-data'), 1, undefined) },
    { witness: 'packets', says: ifAny(resetsFrom(seen, 'server'), 1, silence) },
    { witness: 'counters', says: ifAny(growth(seen, 'server', 'EmbryonicRsts'), 1, overflows) },
  ];
};

const endedBy = (seen: Observations, kind: ConnectionEnd['kind']): number =>
  seen.clients.filter(({ end }) => end?.kind === kind).length;

/** Dropped, answered with a cookie, or taken in: what becomes of SYNs beyond the SYN queue. */
export const whatSynsMeet: Testify = (seen) => {
  const cookies = growth(seen, 'server', 'SyncookiesSent');
  const drops = growth(seen, 'server', 'ListenDrops');
  const held = synQueueLengthAt(closing(seen));
  const answered = answeredConnections(seen);
  const dropped = seen.connections.length - answered;
  const kept = held === undefined ? undefined : answered - held;
  return [
    { witness: 'counters', says: cookies === undefined ? undefined : byDrops(drops, cookies) },
    // A SYN-ACK for which the server keeps no request carries a cookie.
    { witness: 'packets', says: kept === undefined ? undefined : byDrops(dropped, kept) },
  ];
};

/** Cookies are counted first: kernels from 3.8 to 4.6 count them among the drops. */
const byDrops = (drops: number | undefined, cookies: number): Says =>
  cookies > 0 ? 1 : ifAny(drops, 0, 2);

/** As many as the old limit allows, everybody, or nobody: who got in before listening again. */
export const amountsBefore = ({ places, clients }: Facts): Amounts => [places, clients, 0];

export const whoGotInBefore: Testify = (seen, facts) => {
  const says = (value: number | undefined): Says => choiceOf(value, amountsBefore(facts));
  const atOnce = seen.clients.filter(
    ({ outcome }) => outcome.kind === 'connected' && outcome.afterMs < AT_ONCE_MS,
  ).length;
  const full = seen.snapshots.get(FULL);
  return [
    { witness: 'clients', says: says(atOnce) },
    { witness: 'sockets', says: says(full?.listener?.acceptQueueLength) },
    {
      witness: 'counters',
      says: says(growthBetween(seen, ['opening', FULL], 'server', 'PassiveOpens')),
    },
  ];
};

/** By one for each client, by one for each refused SYN, or not at all. */
export const whatOverflowsCount: Testify = (seen) => {
  const unanswered = seen.connections.length - answeredConnections(seen);
  const says = (value: number | undefined): Says =>
    choiceOf(value, [unanswered, refusedSyns(seen), 0]);
  return [
    { witness: 'counters', says: says(growth(seen, 'server', 'ListenOverflows')) },
    // Before 4.7 a listener has no count of its own.
    {
      witness: 'sockets',
      says: opening(seen)?.listener?.drops === undefined ? undefined : says(listenerDrops(seen)),
    },
  ];
};

/** Timed out, closed at once, or kept. */
export const whatIsBeyondTheCap: Testify = (seen, { clients }) => {
  const timedOut = clientsThat(seen, 'timed-out');
  const closed = endedBy(seen, 'closed-by-server');
  const unanswered = seen.connections.length - answeredConnections(seen);
  const finishes = seen.connections.filter(({ finishes: all }) =>
    all.some(({ from }) => from === 'server'),
  ).length;
  const opened = growth(seen, 'server', 'PassiveOpens');
  return [
    { witness: 'clients', says: timedOut > 0 ? 0 : ifAny(closed, 1, 2) },
    { witness: 'packets', says: unanswered > 0 ? 0 : ifAny(finishes, 1, 2) },
    // Of clients that it has never seen the program knows nothing.
    { witness: 'server', says: seen.servers.some(({ dropped }) => dropped > 0) ? 1 : undefined },
    // Whoever is closed connects again, so more are opened than there are clients.
    {
      witness: 'counters',
      says: opened === undefined ? undefined : opened < clients ? 0 : ifAny(opened - clients, 1, 2),
    },
  ];
};
