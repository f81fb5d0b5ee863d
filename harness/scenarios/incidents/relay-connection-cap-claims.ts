/** The sentences of document 004 about relays that close connections on their own. */
import type { Observations } from '../../domain/observations.ts';
import type { Claim } from '../../domain/scenario.ts';
import { growth, listenerDrops, refusedSyns, serverEstablished } from '../../verdict/figures.ts';
import { difference } from '../../verdict/law.ts';
import { decide } from '../../verdict/testimony.ts';
import type { rolesOf } from './phases.ts';
import {
  alarmsOf,
  attemptsAgain,
  carriedByRelay,
  closedUnused,
  dropsOf,
  heldConnections,
  keptOf,
  lostConnections,
  pairsOf,
  receivedByRelay,
  relaysBehind,
  writtenByRelay,
} from './relay-connection-cap-figures.ts';
import type { Symptom } from './symptom.ts';

export const closedAtOnce: Symptom = {
  id: '004-a (incident)',
  document: '004',
  statement:
    'tcpdump shows that a relay, as the server, closes connections on its own right after they were made.',
  sightings: (seen) => [
    {
      witness: 'clients',
      of: 'connections that senders lost',
      count: lostConnections(seen).length,
    },
    { witness: 'server', of: 'connections accepted and closed at once', count: dropsOf(seen) },
    {
      witness: 'packets',
      of: 'connections whose first FIN or RST is the server’s, and no payload of it before',
      count: closedUnused(seen).length,
    },
  ],
};

export const reconnectLoops: Symptom = {
  id: '004-b (incident)',
  document: '004',
  statement: 'Senders create connections to some of the relays over and over.',
  sightings: (seen) => [
    { witness: 'clients', of: 'attempts to replace a lost connection', count: attemptsAgain(seen) },
    {
      witness: 'packets',
      of: 'connections beyond one for each sender and relay',
      count: beyondPairs(seen, seen.connections.length),
    },
    {
      witness: 'counters',
      of: 'ActiveOpens of the client beyond that',
      count: beyondPairs(seen, growth(seen, 'client', 'ActiveOpens')),
    },
  ],
};

const beyondPairs = (seen: Observations, opened: number | undefined): number | undefined =>
  difference(opened, pairsOf(seen));

export const unevenTraffic: Symptom = {
  id: '004-c (incident)',
  document: '004',
  statement: 'The senders’ messages do not reach all relays evenly, although they take turns.',
  sightings: (seen) => [
    {
      witness: 'server',
      of: 'relays that received less than 90 % of the messages of the busiest',
      count: relaysBehind(receivedByRelay(seen)),
    },
    {
      witness: 'clients',
      of: 'the same of the bytes that senders wrote',
      count: relaysBehind(writtenByRelay(seen)),
    },
    {
      witness: 'packets',
      of: 'the same of the payload on the wire',
      count: relaysBehind(carriedByRelay(seen)),
    },
  ],
};

/** The cap of the remedy has a place for every sender. */
export const withoutPlace: Symptom = {
  id: '004-d (incident)',
  document: '004',
  statement:
    'With a cap of 128 not every sender holds a connection to every relay; a cap of 256 ends it.',
  sightings: (seen) => [
    {
      witness: 'clients',
      of: 'pairs of sender and relay without a connection in the end',
      count: pairsOf(seen) - heldConnections(seen),
    },
    {
      witness: 'server',
      of: 'the same by accepted connections',
      count: difference(pairsOf(seen), keptOf(seen)),
    },
    {
      witness: 'sockets',
      of: 'the same by ESTABLISHED rows of the server',
      count: difference(pairsOf(seen), serverEstablished(seen)),
    },
  ],
};

const SILENT = 'nothing';

/** The point of the document: whoever looks at the system's limits finds nothing, broken or not. */
export const nothingShows = (roleOf: ReturnType<typeof rolesOf>): Claim => ({
  id: '004-a (silence)',
  document: '004',
  statement:
    'The limit is the framework’s and not the system’s: no queue is full and nothing is refused.',
  notExercisedBecause: ({ phase }) =>
    roleOf(phase) === 'fault' || roleOf(phase) === 'remedy'
      ? null
      : 'this phase is measured, not judged',
  judge: (seen) =>
    decide({
      documented: 'no queue of the kernel overflows, and no SYN is refused',
      documentedValue: SILENT,
      statements: [
        {
          witness: 'counters',
          of: 'ListenOverflows, ListenDrops and full SYN queues',
          value: silentIfNone(alarmsOf(seen)),
        },
        { witness: 'packets', of: 'refused SYNs', value: silentIfNone(refusedSyns(seen)) },
        {
          witness: 'sockets',
          of: 'drops of the listeners by ss',
          value: silentIfNone(listenerDrops(seen)),
        },
      ],
    }),
});

const silentIfNone = (count: number | undefined): string | undefined =>
  count === undefined ? undefined : count === 0 ? SILENT : `${count}`;
