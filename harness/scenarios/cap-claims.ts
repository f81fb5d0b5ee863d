/** What is judged of a server that keeps no more connections than its cap: 004-a, 004-b, 004-d. */
import type { Observations } from '../domain/observations.ts';
import type { Claim } from '../domain/scenario.ts';
import type { ClientStory } from '../domain/tcp.ts';
import {
  acceptedHandshakes,
  closing,
  growth,
  opening,
  refusedSyns,
  serverConnections,
  serverEstablished,
} from '../verdict/figures.ts';
import { speaks } from '../verdict/plan-facts.ts';
import { decide, type Statement } from '../verdict/testimony.ts';
import {
  capOf,
  clientsBeyondCap,
  closedByServerMs,
  nothingBeyondCap,
  someBeyondCap,
} from './cap.ts';

/** A client that was closed so often has not come to terms with it. */
export const CLOSED_AGAIN_LEAST = 5;

/** What one side says became of the connections. */
interface Fates {
  /** They stay. */
  readonly kept: number;
  /** They were established, and the server ended them. */
  readonly closed: number;
  /** They never came about. */
  readonly refused: number;
}

const endedByServer = ({ end }: ClientStory): boolean =>
  end?.kind === 'closed-by-server' ||
  end?.kind === 'reset-before-data' ||
  end?.kind === 'reset-after-data';

function fatesByClients({ clients }: Observations): Fates {
  const connected = clients.filter(({ outcome }) => outcome.kind === 'connected');
  const closed = connected.filter(endedByServer).length;
  return {
    kept: connected.length - closed,
    closed,
    refused: clients.length - connected.length,
  };
}

function fatesByPackets(seen: Observations): Fates {
  const closed = seen.connections.filter(
    (connection) => closedByServerMs(connection) !== undefined,
  ).length;
  return { kept: acceptedHandshakes(seen) - closed, closed, refused: refusedSyns(seen) };
}

function fatesByServer({ servers: [server] }: Observations): Fates | undefined {
  return server && { kept: server.kept, closed: server.dropped, refused: 0 };
}

/** Neither counter knows of the cap: PassiveOpens counts whoever is closed afterwards, too. */
function fatesByCounters(seen: Observations): Fates | undefined {
  const opened = growth(seen, 'server', 'PassiveOpens');
  const drops = growth(seen, 'server', 'ListenDrops');
  const before = opening(seen)?.counters.server.get('CurrEstab');
  const after = closing(seen)?.counters.server.get('CurrEstab');
  if (opened === undefined || drops === undefined) return undefined;
  if (before === undefined || after === undefined) return undefined;
  return { kept: after - before, closed: opened - (after - before), refused: drops };
}

/**
 * Whom the server closed first stays in its table for a minute, in TIME-WAIT; but data that it did
 * not read makes it a RST, which leaves nothing behind.
 */
function fatesBySockets(seen: Observations): Fates | undefined {
  if (speaks(seen.plan)) return undefined;
  const kept = serverEstablished(seen);
  const all = serverConnections(seen);
  if (kept === undefined || all === undefined) return undefined;
  return { kept, closed: all - kept, refused: 0 };
}

type Word = (fates: Fates) => string;

const statementsOf = (seen: Observations, wordOf: Word): readonly Statement[] => {
  const word = (fates: Fates | undefined): string | undefined => fates && wordOf(fates);
  return [
    {
      witness: 'clients',
      of: 'connections that stayed and that the server ended',
      value: word(fatesByClients(seen)),
    },
    {
      witness: 'packets',
      of: 'handshakes, and FINs or RSTs of the server',
      value: word(fatesByPackets(seen)),
    },
    {
      witness: 'server',
      of: 'connections that it kept and dropped',
      value: word(fatesByServer(seen)),
    },
    {
      witness: 'counters',
      of: 'PassiveOpens, CurrEstab and ListenDrops',
      value: word(fatesByCounters(seen)),
    },
    {
      witness: 'sockets',
      of: 'ESTABLISHED and TIME-WAIT at the server',
      value: word(fatesBySockets(seen)),
    },
  ];
};

const turnedAway = (refused: number): string => (refused === 0 ? '' : `, ${refused} are refused`);

/** Every attempt comes about; the cap stays and all others are closed. */
const acceptedAndClosed: Word = ({ kept, closed, refused }) =>
  `${kept} stay, ${closed > 0 ? 'the others are closed at once' : 'nobody is closed'}${turnedAway(refused)}`;

export const closedAtOnce: Claim = {
  id: '004-a',
  document: '004',
  statement:
    'A server framework with a cap of 128 connections accepts further ones and closes them at once; no limit of the process and no counter of the listen queue shows it.',
  notExercisedBecause: nothingBeyondCap,
  judge: (seen) => {
    const cap = capOf(seen.plan.parameters);
    const documentedValue = acceptedAndClosed({ kept: cap, closed: 1, refused: 0 });
    return decide({
      documented: `cap ${cap}: ${documentedValue}`,
      documentedValue,
      statements: statementsOf(seen, acceptedAndClosed),
    });
  },
};

export const reconnectOverAndOver: Claim = {
  id: '004-b',
  document: '004',
  statement: 'The clients that were closed connect again, over and over.',
  notExercisedBecause: nothingBeyondCap,
  judge: (seen) => {
    const { parameters } = seen.plan;
    const beyond = clientsBeyondCap(parameters);
    const often = CLOSED_AGAIN_LEAST * beyond;
    const wordOf: Word = ({ kept, closed }) =>
      `${closed >= often ? `at least ${often}` : closed} times closed, and ${kept} connections`;
    const documentedValue = wordOf({ kept: capOf(parameters), closed: often, refused: 0 });
    return decide({
      documented: `${beyond} clients beyond the cap: ${documentedValue}`,
      documentedValue,
      statements: statementsOf(seen, wordOf),
    });
  },
};

const fatesInFigures: Word = ({ kept, closed, refused }) =>
  `${kept} stay, ${closed} are closed${turnedAway(refused)}`;

export const largerCapEndsIt: Claim = {
  id: '004-d',
  document: '004',
  statement: 'With the cap raised from 128 to 256 nobody is closed any more.',
  notExercisedBecause: someBeyondCap,
  judge: (seen) => {
    const { clients } = seen.plan.parameters;
    const documentedValue = fatesInFigures({ kept: clients, closed: 0, refused: 0 });
    return decide({
      documented: `cap ${capOf(seen.plan.parameters)}: ${documentedValue}`,
      documentedValue,
      statements: statementsOf(seen, fatesInFigures),
    });
  },
};
