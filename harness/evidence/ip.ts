import { viewOf } from './byte-view.ts';
import { formatIpv4, formatIpv6 } from './ip-address.ts';
import type { IpPacket, Undecodable } from './link-layer.ts';

/** What an IP packet carries for TCP. */
export interface TcpDatagram {
  readonly sourceAddress: string;
  readonly destinationAddress: string;
  /** What was captured of the TCP header and payload. */
  readonly bytes: Uint8Array;
  /** Their length by the IP header, so without link-layer padding, and although the capture may be cut. */
  readonly length: number;
}

/** Undefined: another protocol than TCP. */
export type IpResult = TcpDatagram | Undecodable | undefined;

const TCP = 6;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;

/** Extension headers that may stand before TCP, by protocol number. */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION_OPTIONS = 60;
const EXTENSIONS: ReadonlySet<number> = new Set([
  HOP_BY_HOP,
  ROUTING,
  FRAGMENT,
  DESTINATION_OPTIONS,
]);

/** Of a packet in fragments only the first has a TCP header. */
const LATER_FRAGMENT: Undecodable = { undecodable: 'later fragment of an IP packet' };

const readIpv4 = ({ bytes, originalLength }: IpPacket): IpResult => {
  if (bytes.length < IPV4_HEADER_BYTES) return { undecodable: 'IPv4 header cut' };
  const view = viewOf(bytes);
  const first = view.getUint8(0);
  const headerBytes = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || headerBytes < IPV4_HEADER_BYTES) {
    return { undecodable: 'not an IPv4 header' };
  }
  if (view.getUint8(9) !== TCP) return undefined;
  if ((view.getUint16(6) & 0x1fff) !== 0) return LATER_FRAGMENT;
  if (bytes.length < headerBytes) return { undecodable: 'IPv4 options cut' };
  // Zero: a packet captured before segmentation offload, longer than the field can say.
  const totalLength = view.getUint16(2) || originalLength;
  return {
    sourceAddress: formatIpv4(bytes.subarray(12, 16)),
    destinationAddress: formatIpv4(bytes.subarray(16, 20)),
    bytes: bytes.subarray(headerBytes),
    length: totalLength - headerBytes,
  };
};

interface Extension {
  readonly next: number;
  readonly bytes: number;
  readonly laterFragment: boolean;
}

const extensionAt = (view: DataView, at: number, kind: number): Extension => {
  const isFragment = kind === FRAGMENT;
  return {
    next: view.getUint8(at),
    bytes: isFragment ? 8 : (view.getUint8(at + 1) + 1) * 8,
    laterFragment: isFragment && view.getUint16(at + 2) >> 3 !== 0,
  };
};

/** Where TCP begins behind the extension headers. */
const skipExtensions = (view: DataView): number | Undecodable | undefined => {
  let protocol = view.getUint8(6);
  let at = IPV6_HEADER_BYTES;
  while (EXTENSIONS.has(protocol)) {
    if (view.byteLength < at + 8) return { undecodable: 'IPv6 extension header cut' };
    const { next, bytes, laterFragment } = extensionAt(view, at, protocol);
    // What a later fragment carries is told by its header only when no other extension follows.
    if (laterFragment) return next === TCP || EXTENSIONS.has(next) ? LATER_FRAGMENT : undefined;
    protocol = next;
    at += bytes;
  }
  return protocol === TCP ? at : undefined;
};

const readIpv6 = ({ bytes, originalLength }: IpPacket): IpResult => {
  if (bytes.length < IPV6_HEADER_BYTES) return { undecodable: 'IPv6 header cut' };
  const view = viewOf(bytes);
  if (view.getUint8(0) >> 4 !== 6) return { undecodable: 'not an IPv6 header' };
  const tcpAt = skipExtensions(view);
  if (typeof tcpAt !== 'number') return tcpAt;
  const totalLength = view.getUint16(4) + IPV6_HEADER_BYTES;
  return {
    sourceAddress: formatIpv6(bytes.subarray(8, 24)),
    destinationAddress: formatIpv6(bytes.subarray(24, 40)),
    bytes: bytes.subarray(tcpAt),
    // A payload length of zero means a packet longer than the field can say, as for IPv4.
    length: (totalLength === IPV6_HEADER_BYTES ? originalLength : totalLength) - tcpAt,
  };
};

/** The TCP part of an IP packet. */
export const tcpDatagramOf = (packet: IpPacket): IpResult =>
  packet.version === 4 ? readIpv4(packet) : readIpv6(packet);
