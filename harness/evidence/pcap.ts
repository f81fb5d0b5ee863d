import { viewOf } from './byte-view.ts';
import type { Capture, CapturedPacket } from './capture.ts';

export interface ClassicFormat {
  readonly littleEndian: boolean;
  /** The unit of the second half of a timestamp. */
  readonly nsPerUnit: number;
}

/** The first four bytes, read in network order. */
const FORMATS: ReadonlyMap<number, ClassicFormat> = new Map([
  [0xa1b2c3d4, { littleEndian: false, nsPerUnit: 1000 }],
  [0xd4c3b2a1, { littleEndian: true, nsPerUnit: 1000 }],
  [0xa1b23c4d, { littleEndian: false, nsPerUnit: 1 }],
  [0x4d3cb2a1, { littleEndian: true, nsPerUnit: 1 }],
]);

const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const NS_PER_SECOND = 1_000_000_000;

export const classicFormatOf = (bytes: Uint8Array): ClassicFormat | undefined =>
  bytes.length < 4 ? undefined : FORMATS.get(viewOf(bytes).getUint32(0));

/** The link type, or what is wrong. */
const readFileHeader = (bytes: Uint8Array, littleEndian: boolean): number | string => {
  if (bytes.length < FILE_HEADER_BYTES) {
    return `The file ends after ${bytes.length} of the ${FILE_HEADER_BYTES} bytes of its header.`;
  }
  const view = viewOf(bytes);
  const version = `${view.getUint16(4, littleEndian)}.${view.getUint16(6, littleEndian)}`;
  if (version !== '2.4') return `Version ${version} of the pcap format is not known, only 2.4.`;
  // The upper half of the field tells about frame check sequences, which nothing here looks at.
  return view.getUint32(20, littleEndian) & 0xffff;
};

interface PacketAt {
  readonly packet: CapturedPacket;
  readonly endsAt: number;
}

const readPacket = (
  bytes: Uint8Array,
  at: number,
  linkType: number,
  { littleEndian, nsPerUnit }: ClassicFormat,
): PacketAt | string => {
  const left = bytes.length - at;
  if (left < PACKET_HEADER_BYTES) {
    return `The file ends after ${left} of the ${PACKET_HEADER_BYTES} bytes of a packet header.`;
  }
  const view = viewOf(bytes);
  const seconds = view.getUint32(at, littleEndian);
  const fractionNs = view.getUint32(at + 4, littleEndian) * nsPerUnit;
  const length = view.getUint32(at + 8, littleEndian);
  if (fractionNs >= NS_PER_SECOND) {
    return `Not a packet header: the fraction of its second is ${fractionNs} ns.`;
  }
  const start = at + PACKET_HEADER_BYTES;
  if (length > bytes.length - start) {
    return `The file ends after ${bytes.length - start} of the ${length} bytes of a packet.`;
  }
  const packet = {
    atNs: BigInt(seconds) * BigInt(NS_PER_SECOND) + BigInt(fractionNs),
    linkType,
    originalLength: view.getUint32(at + 12, littleEndian),
    bytes: bytes.subarray(start, start + length),
  };
  return { packet, endsAt: start + length };
};

/** `format` is that of `classicFormatOf`. Never throws; see `Capture` for damaged files. */
export const readClassicPcap = (bytes: Uint8Array, format: ClassicFormat): Capture => {
  const linkType = readFileHeader(bytes, format.littleEndian);
  if (typeof linkType === 'string') {
    return { linkTypes: [], packets: [], problem: { atByte: 0, message: linkType } };
  }
  const linkTypes = [linkType];
  const packets: CapturedPacket[] = [];
  let at = FILE_HEADER_BYTES;
  while (at < bytes.length) {
    const read = readPacket(bytes, at, linkType, format);
    if (typeof read === 'string') {
      return { linkTypes, packets, problem: { atByte: at, message: read } };
    }
    packets.push(read.packet);
    at = read.endsAt;
  }
  return { linkTypes, packets };
};
