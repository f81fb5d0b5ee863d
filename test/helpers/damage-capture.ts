/** Damage to the captured packets of a run folder. */
import { FILES } from '../../harness/domain/evidence.ts';
import type { CapturedPacket } from '../../harness/evidence/capture.ts';
import { readCapture } from '../../harness/evidence/capture-file.ts';
import { type TcpSegment, tcpSegmentOf } from '../../harness/evidence/tcp-segment.ts';
import { type Damage, rewritten } from './damage.ts';
import { writeClassicPcap } from './write-pcap.ts';

/** A packet by the letters that tcpdump prints for its flags (`S.` is a SYN-ACK), counted from 0. */
export interface Wanted {
  readonly flags: 'S' | 'S.' | '.' | 'R' | 'R.' | 'F.';
  readonly nth: number;
  /** Only packets of the client with this port. */
  readonly port?: number;
}

const lettersOf = ({ flags }: TcpSegment): string =>
  `${flags.syn ? 'S' : ''}${flags.fin ? 'F' : ''}${flags.rst ? 'R' : ''}${flags.ack ? '.' : ''}`;

const segmentOf = (packet: CapturedPacket): TcpSegment => {
  const segment = tcpSegmentOf(packet);
  if (segment === undefined || 'undecodable' in segment) throw new Error('Not a TCP segment.');
  return segment;
};

const isWanted = (packet: CapturedPacket, { flags, port }: Wanted): boolean => {
  const segment = segmentOf(packet);
  if (lettersOf(segment) !== flags) return false;
  return port === undefined || [segment.sourcePort, segment.destinationPort].includes(port);
};

/** Writes the capture again with other packets in place of the wanted one. */
export const recaptured = (
  wanted: Wanted,
  change: (packet: CapturedPacket) => readonly CapturedPacket[],
): Damage =>
  rewritten(FILES.capture, (bytes) => {
    const { packets } = readCapture(bytes);
    const found = packets.filter((packet) => isWanted(packet, wanted))[wanted.nth];
    if (found === undefined) throw new Error(`There is no packet ${JSON.stringify(wanted)}.`);
    return writeClassicPcap(
      packets.flatMap((packet) => (packet === found ? change(found) : [packet])),
      { linkType: found.linkType, littleEndian: true, nanoseconds: true },
    );
  });

export const packetLost = (wanted: Wanted): Damage => recaptured(wanted, () => []);

const shifted = (packet: CapturedPacket, byMs: number): CapturedPacket => ({
  ...packet,
  atNs: packet.atNs + BigInt(byMs * 1e6),
});

export const packetShifted = (wanted: Wanted, byMs: number): Damage =>
  recaptured(wanted, (packet) => [shifted(packet, byMs)]);

/** Another packet right behind, which is the same but for the flags (the byte of the TCP header). */
export const packetAdded = (wanted: Wanted, flagBits: number): Damage =>
  recaptured(wanted, (packet) => {
    const bytes = new Uint8Array(packet.bytes);
    bytes[FLAGS_AT] = flagBits;
    return [packet, shifted({ ...packet, bytes }, 1)];
  });

/** The same packet with other flags (the byte of the TCP header). */
export const packetReflagged = (wanted: Wanted, flagBits: number): Damage =>
  recaptured(wanted, (packet) => {
    const bytes = new Uint8Array(packet.bytes);
    bytes[FLAGS_AT] = flagBits;
    return [{ ...packet, bytes }];
  });

/** A packet whose IP header says that it is shorter than itself. */
export const packetGarbled = (wanted: Wanted): Damage =>
  recaptured(wanted, (packet) => {
    const bytes = new Uint8Array(packet.bytes);
    bytes[ETHERNET_BYTES] = 0x41;
    return [{ ...packet, bytes }];
  });

const ETHERNET_BYTES = 14;

/** Behind an Ethernet and an IPv4 header without options. */
const FLAGS_AT = ETHERNET_BYTES + 20 + 13;
