import { type Evidence, FILES } from '../domain/evidence.ts';
import type { RawPacket } from '../domain/raw-packet.ts';
import type { CapturedPacket } from './capture.ts';
import { readCapture } from './capture-file.ts';
import { createEvidenceReader } from './evidence-reader.ts';
import { observeTime, readTimeline } from './observe-time.ts';
import { tcpSegmentOf } from './tcp-segment.ts';

/**
 * The capture's segments to and from a port with their bytes, for a reader who wants to see them.
 * Empty where there is no capture, or the clocks are unknown; `observe` says so as a problem.
 */
export function rawPacketsOf(evidence: Evidence, serverPort: number): readonly RawPacket[] {
  const capture = evidence.get(FILES.capture);
  const reader = createEvidenceReader(evidence);
  const { fromWallNs } = observeTime(reader, readTimeline(reader));
  if (capture === undefined || fromWallNs === undefined) return [];
  return readCapture(capture).packets.flatMap(
    (packet) => rawPacketOf(packet, serverPort, fromWallNs) ?? [],
  );
}

function rawPacketOf(
  packet: CapturedPacket,
  serverPort: number,
  toMs: (atNs: bigint) => number,
): RawPacket | undefined {
  const segment = tcpSegmentOf(packet);
  if (segment === undefined || 'undecodable' in segment) return undefined;
  const { sourceAddress, sourcePort, destinationAddress, destinationPort } = segment;
  const common = { atMs: toMs(packet.atNs), ...bytesOf(packet) };
  if (destinationPort === serverPort) {
    return { ...common, from: 'client', clientAddress: sourceAddress, clientPort: sourcePort };
  }
  return sourcePort === serverPort
    ? { ...common, from: 'server', clientAddress: destinationAddress, clientPort: destinationPort }
    : undefined;
}

const bytesOf = ({ linkType, originalLength, bytes }: CapturedPacket) => ({
  linkType,
  originalLength,
  bytes,
});
