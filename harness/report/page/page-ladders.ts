import type { Observations } from '../../domain/observations.ts';
import type { RawPacket } from '../../domain/raw-packet.ts';
import type { Connection } from '../../domain/tcp.ts';
import { closing } from '../../verdict/figures.ts';
import type { ClientView } from '../client-views.ts';
import { type LadderRow, ladderOf } from '../ladder.ts';
import { statusOf } from './client-columns.ts';
import { toBase64 } from './packed.ts';
import type { PageLadder, PageLadderRow, PagePackets } from './page-model.ts';

/** Up to so many connections a page carries all of them. */
const MOST_CONNECTIONS = 2_000;
/** Of a larger run so many of each outcome, the first ones. */
const SAMPLE_OF_EACH = 25;

export interface PageLadders {
  readonly ladders: readonly PageLadder[];
  readonly sampled: boolean;
}

interface LadderSource {
  readonly packets: readonly RawPacket[];
  /** The client that is shown first: its ladder is there in any case. */
  readonly chosen: number | undefined;
}

export function pageLadders(
  views: readonly ClientView[],
  seen: Observations,
  { packets, chosen }: LadderSource,
): PageLadders {
  const captured = views.filter(({ connection }) => connection !== undefined);
  const sampled = captured.length >= MOST_CONNECTIONS;
  const shown = sampled ? sampleOf(captured, chosen) : captured;
  const byEnd = packetsByEnd(packets, shown);
  const gated = seen.plan.steps.some((step) => step.kind === 'gate' && step.closed);
  const serverPort = seen.plan.network.port;
  const endMs = closing(seen)?.atMs ?? Infinity;
  return {
    sampled,
    ladders: shown.flatMap((view) => ladderFor(view, byEnd, { gated, serverPort, endMs })),
  };
}

function sampleOf(views: readonly ClientView[], chosen: number | undefined): readonly ClientView[] {
  const taken = new Map<string, number>();
  return views.filter((view) => {
    const kind = `${statusOf(view)} ${view.connection?.syns.length === 1}`;
    const number = (taken.get(kind) ?? 0) + 1;
    taken.set(kind, number);
    return number <= SAMPLE_OF_EACH || view.story.client === chosen;
  });
}

const endOf = (address: string, port: number): string => `${address} ${port}`;

function packetsByEnd(
  packets: readonly RawPacket[],
  views: readonly ClientView[],
): ReadonlyMap<string, readonly RawPacket[]> {
  const byEnd = new Map<string, RawPacket[]>(
    views.flatMap(({ connection }) =>
      connection === undefined
        ? []
        : [[endOf(connection.clientAddress, connection.clientPort), []]],
    ),
  );
  for (const packet of packets) {
    byEnd.get(endOf(packet.clientAddress, packet.clientPort))?.push(packet);
  }
  return byEnd;
}

interface Circumstances {
  readonly gated: boolean;
  readonly serverPort: number;
  /** Of the run: what comes later only closes what is left. */
  readonly endMs: number;
}

function ladderFor(
  { story, connection, fooled, forgottenByMs }: ClientView,
  byEnd: ReadonlyMap<string, readonly RawPacket[]>,
  { gated, serverPort, endMs }: Circumstances,
): readonly PageLadder[] {
  if (connection === undefined) return [];
  const rows = ladderOf(connection, {
    story,
    fooled,
    gated,
    ...(forgottenByMs === undefined ? {} : { forgottenByMs }),
  });
  const [fromMs, toMs] = spanOf(connection);
  const all = byEnd.get(endOf(connection.clientAddress, connection.clientPort)) ?? [];
  const packets = all.filter(({ atMs }) => fromMs <= atMs && atMs <= toMs);
  return [
    {
      client: story.client,
      rows: withGaps(rows.flatMap((row) => pageRow(row, fromMs, packets))),
      packets: packed(packets, connection, serverPort),
      afterwards: all.filter(({ atMs }) => atMs > Math.max(toMs, endMs)).length,
    },
  ];
}

/** Of its first packet and of its last: a port may have been used before, and be used again. */
function spanOf(connection: Connection): readonly [fromMs: number, toMs: number] {
  const { syns, synAcks, bareAcks, data, resets, finishes } = connection;
  const times = [...syns, ...synAcks, ...bareAcks, ...data, ...resets, ...finishes].map(
    ({ atMs }) => atMs,
  );
  return [Math.min(...times), Math.max(...times)];
}

/** Both come from the same stamp, so that only rounding can keep them apart. */
const SAME_WITHIN_MS = 0.0005;

const microseconds = (ms: number): number => Number(ms.toFixed(3));

function pageRow(
  row: LadderRow,
  startMs: number,
  packets: readonly RawPacket[],
): readonly PageLadderRow[] {
  if (row.kind === 'folded') return [];
  if (row.kind === 'note') return [{ ...row, atMs: microseconds(row.atMs) }];
  const { retransmission, ...segment } = row;
  const packet = packets.findIndex(
    ({ atMs, from }) => from === row.from && Math.abs(atMs - startMs - row.atMs) < SAME_WITHIN_MS,
  );
  return [
    {
      ...segment,
      atMs: microseconds(row.atMs),
      ...(retransmission ? { retransmission } : {}),
      ...(packet < 0 ? {} : { packet }),
    },
  ];
}

/** How long each side waited before it sent the same again. */
function withGaps(rows: readonly PageLadderRow[]): readonly PageLadderRow[] {
  const lastMs = new Map<string, number>();
  return rows.map((row) => {
    if (row.kind === 'note') return row;
    const key = `${row.from} ${row.what}`;
    const beforeMs = lastMs.get(key);
    lastMs.set(key, row.atMs);
    return row.retransmission !== true || beforeMs === undefined
      ? row
      : { ...row, gapMs: microseconds(row.atMs - beforeMs) };
  });
}

function packed(
  packets: readonly RawPacket[],
  { clientAddress, clientPort, serverAddress }: Connection,
  serverPort: number,
): PagePackets {
  const all = new Uint8Array(packets.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of packets) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return {
    linkType: packets[0]?.linkType ?? 1,
    ...{ clientAddress, clientPort, serverAddress, serverPort },
    bytes: toBase64(all),
    lengths: packets.map(({ bytes }) => bytes.length),
    originalLengths: packets.map(({ originalLength }) => originalLength),
    atMs: packets.map(({ atMs }) => microseconds(atMs)),
  };
}
