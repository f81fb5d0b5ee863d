import { viewOf } from './byte-view.ts';
import type { CapturedPacket } from './capture.ts';
import { type TcpDatagram, tcpDatagramOf } from './ip.ts';
import { ipPacketOf, type Undecodable } from './link-layer.ts';

export interface TcpFlags {
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly psh: boolean;
}

/** One TCP segment as it passed the capture. Addresses are spelled as in ip-address.ts. */
export interface TcpSegment {
  readonly atNs: bigint;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly destinationAddress: string;
  readonly destinationPort: number;
  /** Sequence numbers as on the wire, 0 to 2^32 - 1. */
  readonly seq: number;
  /** Means nothing without the flag. */
  readonly ack: number;
  readonly flags: TcpFlags;
  /** On the wire, also when the capture holds less. Of a packet in fragments: of the first one. */
  readonly payloadBytes: number;
  /** Unscaled. */
  readonly window: number;
}

const TCP_HEADER_BYTES = 20;

const flagsOf = (bits: number): TcpFlags => ({
  fin: (bits & 0x01) !== 0,
  syn: (bits & 0x02) !== 0,
  rst: (bits & 0x04) !== 0,
  psh: (bits & 0x08) !== 0,
  ack: (bits & 0x10) !== 0,
});

/** TCP options may be cut: nothing here is read from them. */
const readSegment = (atNs: bigint, datagram: TcpDatagram): TcpSegment | Undecodable => {
  const { bytes, length } = datagram;
  if (bytes.length < TCP_HEADER_BYTES) return { undecodable: 'TCP header cut' };
  const view = viewOf(bytes);
  const headerBytes = (view.getUint8(12) >> 4) * 4;
  if (headerBytes < TCP_HEADER_BYTES || headerBytes > length) {
    return { undecodable: `TCP header of ${headerBytes} bytes in a segment of ${length}` };
  }
  return {
    atNs,
    sourceAddress: datagram.sourceAddress,
    sourcePort: view.getUint16(0),
    destinationAddress: datagram.destinationAddress,
    destinationPort: view.getUint16(2),
    seq: view.getUint32(4),
    ack: view.getUint32(8),
    flags: flagsOf(view.getUint8(13)),
    payloadBytes: length - headerBytes,
    window: view.getUint16(14),
  };
};

/**
 * The TCP segment in a captured packet. Undefined when the packet is intact but not TCP (ARP, UDP,
 * ICMP, ...); `undecodable` says why a packet that may be TCP could not be read.
 */
export const tcpSegmentOf = (packet: CapturedPacket): TcpSegment | Undecodable | undefined => {
  const ip = ipPacketOf(packet);
  if (ip === undefined || 'undecodable' in ip) return ip;
  const datagram = tcpDatagramOf(ip);
  if (datagram === undefined || 'undecodable' in datagram) return datagram;
  return readSegment(packet.atNs, datagram);
};
