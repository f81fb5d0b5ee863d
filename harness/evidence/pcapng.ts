import { viewOf } from './byte-view.ts';
import type { Capture, CapturedPacket } from './capture.ts';
import { type CaptureInterface, readInterface, timestampNs } from './pcapng-interface.ts';

/** Block types of the pcapng format (draft-ietf-opsawg-pcapng). Others are skipped. */
const BLOCK = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type and length before the body, the length once more behind it. */
const SMALLEST_BLOCK_BYTES = 12;
const LENGTH_BYTES = 4;
/** Where the data of an enhanced or obsolete packet block begins. */
const PACKET_DATA_AT = 28;

/** The type of a section header reads the same in both byte orders. */
export const isPcapng = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && viewOf(bytes).getUint32(0) === BLOCK.sectionHeader;

interface Block {
  readonly type: number;
  readonly littleEndian: boolean;
  /** The whole block, both lengths included. */
  readonly bytes: Uint8Array;
}

/** What has been read, and what the current section has said so far. */
interface Reading {
  readonly packets: CapturedPacket[];
  readonly linkTypes: Set<number>;
  littleEndian: boolean;
  interfaces: CaptureInterface[];
}

/** A section header tells its own byte order; every other block has its section's. */
const byteOrderAt = (view: DataView, at: number, littleEndian: boolean): boolean | string => {
  if (view.getUint32(at) !== BLOCK.sectionHeader) return littleEndian;
  if (view.getUint32(at + 8) === BYTE_ORDER_MAGIC) return false;
  if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) return true;
  return 'A section header without the byte-order magic.';
};

const blockAt = (bytes: Uint8Array, at: number, sectionOrder: boolean): Block | string => {
  const left = bytes.length - at;
  if (left < SMALLEST_BLOCK_BYTES) return `The file ends ${left} bytes into a block.`;
  const view = viewOf(bytes);
  const littleEndian = byteOrderAt(view, at, sectionOrder);
  if (typeof littleEndian === 'string') return littleEndian;
  const length = view.getUint32(at + 4, littleEndian);
  if (length < SMALLEST_BLOCK_BYTES || length % 4 !== 0) {
    return `A block cannot be ${length} bytes long.`;
  }
  if (length > left) return `The file ends after ${left} of the ${length} bytes of a block.`;
  const repeated = view.getUint32(at + length - LENGTH_BYTES, littleEndian);
  if (repeated !== length)
    return `A block says ${length} bytes at its head, ${repeated} at its end.`;
  const type = view.getUint32(at, littleEndian);
  return { type, littleEndian, bytes: bytes.subarray(at, at + length) };
};

const readSectionHeader = (block: Block, reading: Reading): string | undefined => {
  if (block.bytes.length < 28) return 'A section header that is too short.';
  const major = viewOf(block.bytes).getUint16(12, block.littleEndian);
  if (major !== 1) return `Version ${major} of the pcapng format is not known, only 1.`;
  reading.littleEndian = block.littleEndian;
  reading.interfaces = [];
  return undefined;
};

const readInterfaceDescription = (block: Block, reading: Reading): string | undefined => {
  const found = readInterface(block.bytes, block.littleEndian);
  if (typeof found === 'string') return found;
  reading.interfaces.push(found);
  reading.linkTypes.add(found.linkType);
  return undefined;
};

/** Enhanced and obsolete packet blocks differ only in how wide the interface's number is. */
const readPacket = (block: Block, reading: Reading): string | undefined => {
  const { bytes, littleEndian } = block;
  const room = bytes.length - PACKET_DATA_AT - LENGTH_BYTES;
  if (room < 0) return 'A packet block that is too short.';
  const view = viewOf(bytes);
  const number =
    block.type === BLOCK.enhancedPacket
      ? view.getUint32(8, littleEndian)
      : view.getUint16(8, littleEndian);
  const from = reading.interfaces[number];
  if (from === undefined) return `A packet of interface ${number}, which was not described before.`;
  const captured = view.getUint32(20, littleEndian);
  if (captured > room) return `A packet of ${captured} bytes in a block with room for ${room}.`;
  const high = view.getUint32(12, littleEndian);
  const low = view.getUint32(16, littleEndian);
  reading.packets.push({
    atNs: timestampNs(from, high, low),
    linkType: from.linkType,
    originalLength: view.getUint32(24, littleEndian),
    bytes: bytes.subarray(PACKET_DATA_AT, PACKET_DATA_AT + captured),
  });
  return undefined;
};

/** It has no timestamp and no captured length, and always belongs to the first interface. */
const readSimplePacket = (block: Block, reading: Reading): string | undefined => {
  const room = block.bytes.length - 12 - LENGTH_BYTES;
  if (room < 0) return 'A simple packet block that is too short.';
  const from = reading.interfaces[0];
  if (from === undefined) return 'A simple packet before any interface was described.';
  const originalLength = viewOf(block.bytes).getUint32(8, block.littleEndian);
  const captured = Math.min(originalLength, from.snapshotLength);
  if (captured > room) return `A packet of ${captured} bytes in a block with room for ${room}.`;
  const bytes = block.bytes.subarray(12, 12 + captured);
  reading.packets.push({ atNs: 0n, linkType: from.linkType, originalLength, bytes });
  return undefined;
};

/** Each gives what is wrong with its block, or undefined. */
const READERS: ReadonlyMap<number, (block: Block, reading: Reading) => string | undefined> =
  new Map([
    [BLOCK.sectionHeader, readSectionHeader],
    [BLOCK.interfaceDescription, readInterfaceDescription],
    [BLOCK.obsoletePacket, readPacket],
    [BLOCK.simplePacket, readSimplePacket],
    [BLOCK.enhancedPacket, readPacket],
  ]);

/** Never throws; see `Capture` for damaged files. */
export const readPcapng = (bytes: Uint8Array): Capture => {
  const reading: Reading = {
    packets: [],
    linkTypes: new Set(),
    littleEndian: false,
    interfaces: [],
  };
  const upTo = (atByte: number, message?: string): Capture => ({
    linkTypes: [...reading.linkTypes],
    packets: reading.packets,
    ...(message === undefined ? {} : { problem: { atByte, message } }),
  });
  let at = 0;
  while (at < bytes.length) {
    const block = blockAt(bytes, at, reading.littleEndian);
    if (typeof block === 'string') return upTo(at, block);
    const wrong = READERS.get(block.type)?.(block, reading);
    if (wrong !== undefined) return upTo(at, wrong);
    at += block.bytes.length;
  }
  return upTo(at);
};
