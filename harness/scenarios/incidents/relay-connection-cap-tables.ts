/** What is shown of the relays: figures side by side, failures, and what the document leaves open. */
import type { Failure, Incident, OpenQuestion } from '../../domain/incident.ts';
import type { Observations } from '../../domain/observations.ts';
import type { ClientStory } from '../../domain/tcp.ts';
import { growth, refusedSyns, serverEstablished } from '../../verdict/figures.ts';
import {
  attemptsAgain,
  attemptsUpTo,
  CAPPED,
  cappedShare,
  dropsOf,
  heldConnections,
  livedMs,
  lostConnections,
  medianOf,
  pairsOf,
  receivedByRelay,
  reconnectionsPerSecond,
  relayOf,
  timeWaitRows,
} from './relay-connection-cap-figures.ts';

const counted = (count: number | undefined): string => `${count ?? 'unknown'}`;

const spread = (messages: readonly number[]): string =>
  messages.length === 0
    ? 'unknown'
    : `${Math.min(...messages)} / ${medianOf(messages)} / ${Math.max(...messages)}`;

const ms = (value: number | undefined): string =>
  value === undefined ? '-' : `${value.toFixed(1)} ms`;

const places = (seen: Observations): string => `${heldConnections(seen)} of ${pairsOf(seen)}`;

export const figures: Incident['figures'] = (seen) => {
  const received = receivedByRelay(seen) ?? [];
  const lived = livedMs(seen);
  return [
    ['messages received by a capped relay', spread(received.slice(0, CAPPED))],
    ['  by a free relay (least / median / most)', spread(received.slice(CAPPED))],
    ['attempts to connect', `${seen.clients.length}`],
    ['  to replace a lost connection', `${attemptsAgain(seen)}`],
    ['connections accepted and closed at once', `${dropsOf(seen)}`],
    ['  median time from SYN-ACK to FIN', ms(medianOf(lived))],
    ['connections held in the end', places(seen)],
    ['refused SYNs', `${refusedSyns(seen)}`],
    ['ListenOverflows', counted(growth(seen, 'server', 'ListenOverflows'))],
  ];
};

/**
 * The last one of each kind: one that was closed, and one that was reset, because its sender had
 * written to it before it heard of that.
 */
export const failures: Incident['failures'] = (seen) => {
  const lost = lostConnections(seen);
  const kinds = [...new Set(lost.map(({ end }) => end?.kind))];
  return kinds.flatMap((kind) => {
    const story = lost.findLast(({ end }) => end?.kind === kind);
    return story === undefined ? [] : failureOf(seen, story);
  });
};

function failureOf(seen: Observations, story: ClientStory): readonly Failure[] {
  const { client, end, sentBytes } = story;
  if (end === undefined || end.kind === 'held') return [];
  const attempts = attemptsUpTo(seen, story);
  const firsts = seen.clients.filter(
    ({ wave, reconnects }) => wave === story.wave && reconnects === undefined,
  );
  const sender = firsts.findIndex((first) => first.client === attempts[0]?.client);
  const message = sentBytes === undefined ? '' : ', and a message with it';
  const again = attempts.length > 1 ? ` again (${attempts.length} times so far)` : '';
  const says = `sender ${sender} lost its connection to relay ${relayOf(story)}${again}${message}`;
  return [{ says, atMs: end.atMs, client }];
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export const howUneven = (phases: readonly string[]): OpenQuestion => ({
  title: 'Open question: how uneven does a cap make it?',
  phases,
  columns: ['a capped relay’s part of an even share', 'connections held', 'reconnections a second'],
  row: (seen) => [
    percent(cappedShare(receivedByRelay(seen) ?? [])),
    places(seen),
    reconnectionsPerSecond(seen).toFixed(0),
  ],
});

/** The kernel refuses nothing; who looks for work done in vain finds two figures of it. */
export const whatShows = (phases: readonly string[]): OpenQuestion => ({
  title: 'Open question: what would have shown it?',
  phases,
  columns: [
    'ListenDrops',
    'refused SYNs',
    'PassiveOpens',
    'ESTABLISHED',
    'TIME-WAIT at the server',
  ],
  row: (seen) => [
    counted(growth(seen, 'server', 'ListenDrops')),
    `${refusedSyns(seen)}`,
    counted(growth(seen, 'server', 'PassiveOpens')),
    counted(serverEstablished(seen)),
    counted(timeWaitRows(seen)),
  ],
});
