import { viewOf } from './byte-view.ts';
import type { CapturedPacket } from './capture.ts';

/** A packet, or the part of it that should have been there, cannot be made sense of. */
export interface Undecodable {
  readonly undecodable: string;
}

/** An IP packet as the link layer carried it. */
export interface IpPacket {
  readonly version: 4 | 6;
  /** What was captured of it. */
  readonly bytes: Uint8Array;
  /** Its bytes on the wire, a link-layer trailer included. */
  readonly originalLength: number;
}

/** Undefined: the packet is something else than IP. */
export type LinkLayerResult = IpPacket | Undecodable | undefined;

const ETHER_TYPES: ReadonlyMap<number, 4 | 6> = new Map([
  [0x0800, 4],
  [0x86dd, 6],
]);
/** 802.1Q, 802.1ad and the older double tagging. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const VLAN_TAG_BYTES = 4;

/** AF_INET is 2 everywhere; AF_INET6 differs: Linux, NetBSD and OpenBSD, FreeBSD, Darwin. */
const ADDRESS_FAMILIES: ReadonlyMap<number, 4 | 6> = new Map([
  [2, 4],
  [10, 6],
  [24, 6],
  [28, 6],
  [30, 6],
]);

const cut = (packet: CapturedPacket): Undecodable => ({
  undecodable: `link-layer header cut after ${packet.bytes.length} bytes`,
});

const ipAfter = (
  packet: CapturedPacket,
  headerBytes: number,
  version: 4 | 6 | undefined,
): LinkLayerResult =>
  version === undefined
    ? undefined
    : {
        version,
        bytes: packet.bytes.subarray(headerBytes),
        originalLength: packet.originalLength - headerBytes,
      };

/** A header that names its payload by EtherType, with any number of VLAN tags behind it. */
const byEtherType = (
  packet: CapturedPacket,
  typeAt: number,
  headerBytes: number,
): LinkLayerResult => {
  const view = viewOf(packet.bytes);
  if (view.byteLength < headerBytes) return cut(packet);
  let etherType = view.getUint16(typeAt);
  let end = headerBytes;
  while (VLAN_TAGS.has(etherType)) {
    if (view.byteLength < end + VLAN_TAG_BYTES) return cut(packet);
    etherType = view.getUint16(end + 2);
    end += VLAN_TAG_BYTES;
  }
  return ipAfter(packet, end, ETHER_TYPES.get(etherType));
};

/** BSD loopback: the address family in the byte order of the machine that captured. */
const byAddressFamily = (packet: CapturedPacket): LinkLayerResult => {
  const view = viewOf(packet.bytes);
  if (view.byteLength < 4) return cut(packet);
  const version =
    ADDRESS_FAMILIES.get(view.getUint32(0)) ?? ADDRESS_FAMILIES.get(view.getUint32(0, true));
  return ipAfter(packet, 4, version);
};

const byVersionNibble = (packet: CapturedPacket): LinkLayerResult => {
  const first = packet.bytes[0];
  if (first === undefined) return cut(packet);
  const version = first >> 4;
  if (version !== 4 && version !== 6) return { undecodable: `IP version ${version}` };
  return ipAfter(packet, 0, version);
};

const DECODERS: ReadonlyMap<number, (packet: CapturedPacket) => LinkLayerResult> = new Map([
  [0, byAddressFamily], // NULL
  [1, (packet) => byEtherType(packet, 12, 14)], // ETHERNET
  [101, byVersionNibble], // RAW
  [108, byAddressFamily], // LOOP
  [113, (packet) => byEtherType(packet, 14, 16)], // LINUX_SLL
  [228, (packet) => ipAfter(packet, 0, 4)], // IPV4
  [229, (packet) => ipAfter(packet, 0, 6)], // IPV6
  [276, (packet) => byEtherType(packet, 0, 20)], // LINUX_SLL2
]);

/** Takes the link-layer header off a captured packet. */
export const ipPacketOf = (packet: CapturedPacket): LinkLayerResult => {
  const decode = DECODERS.get(packet.linkType);
  if (decode === undefined) return { undecodable: `link type ${packet.linkType} is not known` };
  return decode(packet);
};
