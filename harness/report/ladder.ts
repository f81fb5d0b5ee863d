import type { ClientStory, Connection, Host, Syn } from '../domain/tcp.ts';
import { clientSegments } from './client-views.ts';
import { duration } from './words.ts';

/** One segment on its way, or what one side did. Every drawing of a connection is made from these. */
export type LadderRow =
  | {
      readonly kind: 'segment';
      /** Since the connection's first packet. */
      readonly atMs: number;
      readonly from: Host;
      readonly what: 'SYN' | 'SYN-ACK' | 'ACK' | 'keepalive probe' | 'data' | 'FIN' | 'RST';
      /** Payload of a `data` segment. */
      readonly bytes?: number;
      readonly retransmission: boolean;
      /** `refused`: a SYN that drew nothing at all. `dropped`: an ACK or data without a place. */
      readonly fate: 'taken' | 'refused' | 'dropped';
    }
  | { readonly kind: 'note'; readonly atMs: number; readonly at: Host; readonly says: string }
  | { readonly kind: 'folded'; readonly rows: number };

/** What is known of a connection beyond its packets. */
export interface KnownOfClient {
  readonly story?: ClientStory;
  readonly fooled?: boolean;
  /** On the run's time axis. */
  readonly forgottenByMs?: number;
  /** The gate was closed at some time in this run. */
  readonly gated?: boolean;
}

type Segment = Extract<LadderRow, { kind: 'segment' }>;
type Note = Extract<LadderRow, { kind: 'note' }>;

/** The packets of a connection and what its client and the server made of them, in order of time. */
export function ladderOf(connection: Connection, known: KnownOfClient = {}): readonly LadderRow[] {
  const unordered = [
    ...handshake(connection, known.fooled ?? false),
    ...traffic(connection, known.fooled ?? false),
    ...notes(connection, known),
  ];
  const certain = certainties(connection);
  const rows = unordered
    .map((row) => placed(row, certain))
    .sort(([, left], [, right]) => left - right)
    .map(([row]) => row);
  const startMs = rows.find(({ kind }) => kind === 'segment')?.atMs ?? 0;
  return rows.map((row) => ({ ...row, atMs: Math.max(0, row.atMs - startMs) }));
}

/** Packets and programs have different clocks; where these cannot tell, the packet was the cause. */
const CLOCKS_AGREE_WITHIN_MS = 1;

/** What packets tell of a client's program, whatever its clock says. */
interface Certainties {
  /** It is told that it is connected after its kernel has acknowledged the first SYN-ACK. */
  readonly handshakeMs: number;
  /** What it sent, or closed, itself. */
  readonly ownMs: readonly number[];
}

function certainties(connection: Connection): Certainties {
  const { synAcks, data, finishes } = connection;
  const answeredMs = synAcks[0]?.atMs ?? -Infinity;
  const ackMs = clientSegments(connection).find((atMs) => atMs >= answeredMs) ?? Infinity;
  return {
    // An ACK that comes later was held back, or is one more.
    handshakeMs: ackMs - answeredMs < CLOCKS_AGREE_WITHIN_MS ? ackMs : answeredMs,
    ownMs: [...data, ...finishes].flatMap(({ from, atMs }) => (from === 'client' ? [atMs] : [])),
  };
}

/** A row, and when it belongs into the ladder. */
function placed(
  row: Segment | Note,
  { handshakeMs, ownMs }: Certainties,
): readonly [row: Segment | Note, orderMs: number] {
  if (row.kind === 'segment') return [row, row.atMs];
  const least = (all: readonly number[]): number =>
    all.reduce((one, other) => Math.min(one, other), Infinity) - CLOSE_BEHIND_MS;
  if (row.says.startsWith(CONNECTED)) {
    const atMs = Math.min(Math.max(row.atMs, handshakeMs + CLOSE_BEHIND_MS), least(ownMs));
    return [{ ...row, atMs }, atMs];
  }
  const thenMs = row.at === 'client' ? ownMs.filter((atMs) => atMs > row.atMs) : [];
  return [row, Math.min(row.atMs + CLOCKS_AGREE_WITHIN_MS, least(thenMs))];
}

/** Less than between two packets. */
const CLOSE_BEHIND_MS = 0.000_1;

const CONNECTED = 'connected';

function handshake(connection: Connection, fooled: boolean): readonly Segment[] {
  return [
    ...connection.syns.map((syn) =>
      segment('SYN', 'client', syn, isUnanswered(connection, syn) ? 'refused' : 'taken'),
    ),
    ...connection.synAcks.map((synAck) => segment('SYN-ACK', 'server', synAck)),
    ...connection.bareAcks.map(({ atMs, from, keepAliveProbe }) =>
      keepAliveProbe
        ? segment('keepalive probe', from, { atMs, retransmission: false })
        : segment(
            'ACK',
            from,
            { atMs, retransmission: false },
            fateOf(connection, from, atMs, fooled),
          ),
    ),
  ];
}

function traffic(connection: Connection, fooled: boolean): readonly Segment[] {
  const { data, finishes, resets } = connection;
  return [
    ...data.map((sent) => ({
      ...segment('data', sent.from, sent, fateOf(connection, sent.from, sent.atMs, fooled)),
      bytes: sent.bytes,
    })),
    ...finishes.map((finish) => segment('FIN', finish.from, finish)),
    ...resets.map(({ atMs, from }) => segment('RST', from, { atMs, retransmission: false })),
  ];
}

/**
 * The server repeats its SYN-ACK only while it has taken no ACK, so what came before was dropped;
 * of a fooled client all is, but for the segment that drew a RST. Whether a client is fooled is
 * known from the server's socket table, not from packets.
 */
function fateOf(
  connection: Connection,
  from: Host,
  atMs: number,
  fooled: boolean,
): Segment['fate'] {
  if (from === 'server') return 'taken';
  const beforeSynAck = connection.synAcks.some((synAck) => synAck.atMs > atMs);
  return (beforeSynAck || fooled) && !drewReset(connection, atMs) ? 'dropped' : 'taken';
}

/** Whether the server answered the segment of that time with a RST. */
export const drewReset = ({ resets }: Connection, atMs: number): boolean =>
  resets.some(
    (reset) =>
      reset.from === 'server' && reset.atMs >= atMs && reset.atMs - atMs < ANSWER_WITHIN_MS,
  );

/** A SYN that drew neither a SYN-ACK nor, for want of a listener, a RST. */
export const isUnanswered = (connection: Connection, { atMs, answeredAtMs }: Syn): boolean =>
  answeredAtMs === undefined && !drewReset(connection, atMs);

/** The kernel answers a segment while it handles it. */
const ANSWER_WITHIN_MS = 10;

function segment(
  what: Segment['what'],
  from: Host,
  { atMs, retransmission }: { readonly atMs: number; readonly retransmission: boolean },
  fate: Segment['fate'] = 'taken',
): Segment {
  return { kind: 'segment', atMs, from, what, retransmission, fate };
}

function notes(connection: Connection, known: KnownOfClient): readonly Note[] {
  const { story, forgottenByMs } = known;
  return [
    ...(story === undefined
      ? []
      : [outcomeNote(story, isHeldBack(connection, known)), endNote(story)]),
    forgottenByMs === undefined
      ? undefined
      : note(forgottenByMs, 'server', 'forgets it, says nothing'),
  ].filter((row) => row !== undefined);
}

const note = (atMs: number, at: Host, says: string): Note => ({ kind: 'note', atMs, at, says });

/** Connected, and yet no ACK reached the server before it sent its SYN-ACK again, if it did. */
function isHeldBack(connection: Connection, { gated, story }: KnownOfClient): boolean {
  const secondMs = connection.synAcks[1]?.atMs ?? Infinity;
  if (gated !== true || story?.outcome.kind !== 'connected') return false;
  return clientSegments(connection).every((atMs) => atMs >= secondMs);
}

function outcomeNote({ outcome, startedAtMs }: ClientStory, heldBack: boolean): Note | undefined {
  const atMs = startedAtMs + ('afterMs' in outcome ? outcome.afterMs : 0);
  switch (outcome.kind) {
    case 'unsettled':
      return undefined;
    case 'connected':
      return note(atMs, 'client', heldBack ? 'connected; the gate holds its ACK back' : CONNECTED);
    case 'timed-out':
      return note(
        atMs,
        'client',
        outcome.by === 'kernel'
          ? 'the kernel gives up: ETIMEDOUT'
          : `its program gives up after ${duration(outcome.afterMs)}: its own connect timeout`,
      );
    case 'refused':
      return note(atMs, 'client', 'connection refused');
    case 'reset':
      return note(atMs, 'client', 'connection reset');
    case 'failed':
      return note(atMs, 'client', `failed: ${outcome.code}`);
  }
}

function endNote({ end }: ClientStory): Note | undefined {
  switch (end?.kind) {
    case undefined:
    case 'held':
      return undefined;
    case 'read-timed-out':
      return note(end.atMs, 'client', 'no byte came: its read timed out');
    case 'reset-before-data':
    case 'reset-after-data':
      return note(end.atMs, 'client', 'connection reset by peer');
    case 'closed-by-server':
      return note(end.atMs, 'client', 'closed by the server');
    case 'closed-by-client':
      return note(end.atMs, 'client', 'closes');
    case 'timed-out-by-kernel':
      return note(end.atMs, 'client', 'the kernel gives up: ETIMEDOUT');
    case 'failed':
      return note(end.atMs, 'client', `failed: ${end.code}`);
  }
}

/** At most so many rows: what is too long loses its middle, since beginning and end tell most. */
export function foldLadder(rows: readonly LadderRow[], mostRows: number): readonly LadderRow[] {
  if (rows.length <= mostRows) return rows;
  const atEnd = Math.floor((mostRows - 1) / 3);
  const atStart = mostRows - 1 - atEnd;
  return [
    ...rows.slice(0, atStart),
    { kind: 'folded', rows: rows.length - atStart - atEnd },
    ...rows.slice(rows.length - atEnd),
  ];
}
