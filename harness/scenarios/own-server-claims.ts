/** What is claimed of any server, whoever wrote it: the kernel keeps its accept queue. */
import type { Parameters } from '../domain/parameters.ts';
import type { Claim } from '../domain/scenario.ts';
import {
  fillRefusedByCounters,
  fillRefusedByPackets,
  placesByCounters,
  refusedByClients,
  refusedByPackets,
  stormFigures,
} from '../verdict/own-server-figures.ts';
import { decide } from '../verdict/testimony.ts';

/** Clients that come although every place is taken. */
export const BEYOND_PLACES = 4;

const always = (): null => null;

/** A client of the burst that is fooled, and speaks, may take a place while the server is frozen. */
const speaks = ({ sendBytes, keepAliveMs }: Parameters): boolean =>
  sendBytes > 0 || keepAliveMs !== null;

/** The effective backlog. */
export const holdsItsPlaces: Claim = {
  id: 'own-server (places)',
  document: 'own server',
  statement: 'While your server does not accept, its accept queue holds its limit + 1 connections.',
  notExercisedBecause: always,
  judge: (seen, { acceptQueueLimit, acceptQueueCapacity }) => {
    const { places, frozen } = stormFigures(seen);
    const byClients =
      frozen.before === undefined || speaks(seen.plan.parameters)
        ? undefined
        : frozen.before + frozen.connected;
    return decide({
      documented: `a limit of ${acceptQueueLimit} (Send-Q of its listener) makes ${acceptQueueCapacity} places`,
      documentedValue: acceptQueueCapacity,
      statements: [
        { witness: 'sockets', of: 'Recv-Q of the listener', value: places },
        {
          witness: 'counters',
          of: 'waiting when frozen + PassiveOpens since then',
          value: placesByCounters(seen),
        },
        {
          witness: 'clients',
          of: 'waiting when frozen + clients connected since then',
          value: byClients,
        },
      ],
    });
  },
};

export const refusesTheNext: Claim = {
  id: 'own-server (overflow)',
  document: 'own server',
  statement: 'When all places are taken, the SYN of every further client is ignored.',
  notExercisedBecause: (parameters) =>
    speaks(parameters)
      ? 'what clients of the burst send may find a full queue too; leave out --send and --keepalive'
      : null,
  judge: (seen, { acceptQueueCapacity }) => {
    const { frozen } = stormFigures(seen);
    const beyond = frozen.clients - acceptQueueCapacity + (frozen.before ?? 0);
    return decide({
      documented: `of ${frozen.clients} clients ${beyond} find no place and are not answered`,
      documentedValue: beyond,
      statements: [
        { witness: 'clients', of: 'timed out while it was frozen', value: frozen.refused },
        {
          witness: 'packets',
          of: 'connections without a SYN-ACK while it was frozen',
          value: fillRefusedByPackets(seen),
        },
        {
          witness: 'counters',
          of: 'ListenOverflows while it was frozen',
          value: fillRefusedByCounters(seen),
        },
      ],
    });
  },
};

export const refusalsAreSeen: Claim = {
  id: 'own-server (refusals)',
  document: 'own server',
  statement: 'Who was refused knows it by its own clock: it connects a second late, or times out.',
  notExercisedBecause: always,
  judge: (seen) => {
    const refused = refusedByPackets(seen);
    return decide({
      documented: `the first SYN of ${refused} clients was not answered`,
      documentedValue: refused,
      statements: [
        { witness: 'packets', of: 'clients whose first SYN was not answered', value: refused },
        {
          witness: 'clients',
          of: 'connected late or timed out',
          value: refusedByClients(seen),
        },
      ],
    });
  },
};
