import { FILES } from '../domain/evidence.ts';
import type { CaptureHealth } from '../domain/observations.ts';
import type { Connection } from '../domain/tcp.ts';
import type { CapturedPacket } from './capture.ts';
import { readCapture } from './capture-file.ts';
import { readCaptureLog } from './capture-log.ts';
import { rebuildConnections } from './connections.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import type { LedgerWindow, RunTime } from './observe-time.ts';
import { type TcpSegment, tcpSegmentOf } from './tcp-segment.ts';

const readPackets = (reader: EvidenceReader): readonly CapturedPacket[] => {
  const bytes = reader.bytes(FILES.capture);
  if (bytes === undefined) return [];
  const { packets, problem } = readCapture(bytes);
  if (problem !== undefined) {
    reader.note(FILES.capture, `At byte ${problem.atByte}: ${problem.message}`);
  }
  return packets;
};

const decode = (
  packets: readonly CapturedPacket[],
): { segments: TcpSegment[]; undecodable: string[] } => {
  const segments: TcpSegment[] = [];
  const undecodable: string[] = [];
  for (const packet of packets) {
    const segment = tcpSegmentOf(packet);
    if (segment === undefined) continue;
    if ('undecodable' in segment) undecodable.push(segment.undecodable);
    else segments.push(segment);
  }
  return { segments, undecodable };
};

const observeHealth = (
  reader: EvidenceReader,
  packets: number,
  undecodable: readonly string[],
): CaptureHealth => {
  if (undecodable.length > 0) {
    const count = `${undecodable.length} of ${packets} packets`;
    reader.note(FILES.capture, `${count} could not be decoded; the first: ${undecodable[0]}.`);
  }
  const log = reader.text(FILES.captureLog, readCaptureLog) ?? {};
  const { droppedByInterface, ...statistics } = log;
  if (droppedByInterface !== undefined && droppedByInterface > 0) {
    reader.note(FILES.captureLog, `The interface dropped ${droppedByInterface} packets.`);
  }
  return { ...statistics, undecodable: undecodable.length, packets };
};

const observeConnections = (
  reader: EvidenceReader,
  segments: readonly TcpSegment[],
  { fromMonotonicMs, fromWallNs }: RunTime,
  window: LedgerWindow | undefined,
  serverPort: number,
): Pick<ObservedPackets, 'connections' | 'laterConnections'> => {
  if (fromWallNs === undefined) {
    reader.note(FILES.capture, 'The clocks are unknown, so its packets have no place in time.');
    return { connections: [], laterConnections: [] };
  }
  const from = window === undefined ? -Infinity : fromMonotonicMs(window.fromMonotonicMs);
  const until = window === undefined ? Infinity : fromMonotonicMs(window.untilMonotonicMs);
  const rebuilt = (isWanted: (atMs: number) => boolean): readonly Connection[] =>
    rebuildConnections(
      segments.filter(({ atNs }) => isWanted(fromWallNs(atNs))),
      { serverPort, toMs: fromWallNs },
    );
  return {
    connections: rebuilt((atMs) => from <= atMs && atMs <= until),
    laterConnections: rebuilt((atMs) => until < atMs),
  };
};

interface ObservedPackets {
  readonly connections: readonly Connection[];
  /** Of the packets after the window alone. */
  readonly laterConnections: readonly Connection[];
  readonly capture: CaptureHealth;
  /** Of every captured segment; empty where the clocks are unknown. */
  readonly segmentsAtMs: readonly number[];
}

/** The capture's connections inside the window (undefined: all of it), and how good the capture is. */
export const observePackets = (
  reader: EvidenceReader,
  time: RunTime,
  window: LedgerWindow | undefined,
  serverPort: number,
): ObservedPackets => {
  const packets = readPackets(reader);
  const { segments, undecodable } = decode(packets);
  return {
    capture: observeHealth(reader, packets.length, undecodable),
    ...observeConnections(reader, segments, time, window, serverPort),
    segmentsAtMs: segments.flatMap(({ atNs }) => time.fromWallNs?.(atNs) ?? []),
  };
};
