import { viewOf } from './byte-view.ts';

/** The interface of a pcapng section: what its packets' link type and timestamps mean. */
export interface CaptureInterface {
  readonly linkType: number;
  /** Bytes; Infinity when the file sets no limit. */
  readonly snapshotLength: number;
  readonly ticksPerSecond: bigint;
  /** Added to every timestamp. */
  readonly offsetSeconds: bigint;
}

const NS_PER_SECOND = 1_000_000_000n;
const MICROSECONDS = 1_000_000n;
const OPTIONS_AT = 16;
const LENGTH_BYTES = 4;
const END_OF_OPTIONS = 0;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;

/** Option values by code, or what is wrong. Values are padded to 4 bytes. */
const readOptions = (view: DataView, littleEndian: boolean): Map<number, DataView> | string => {
  const options = new Map<number, DataView>();
  let at = OPTIONS_AT;
  const end = view.byteLength - LENGTH_BYTES;
  while (at + 4 <= end) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === END_OF_OPTIONS) break;
    if (at + 4 + length > end) return `Option ${code} of an interface runs over its block.`;
    options.set(code, new DataView(view.buffer, view.byteOffset + at + 4, length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return options;
};

/** if_tsresol: the upper bit chooses powers of two, the others are the negative exponent. */
const ticksPerSecondOf = (option: DataView | undefined): bigint => {
  if (option === undefined || option.byteLength !== 1) return MICROSECONDS;
  const value = option.getUint8(0);
  return (value & 0x80 ? 2n : 10n) ** BigInt(value & 0x7f);
};

const offsetSecondsOf = (option: DataView | undefined, littleEndian: boolean): bigint =>
  option === undefined || option.byteLength !== 8 ? 0n : option.getBigInt64(0, littleEndian);

/** `block` is a whole interface description block; a string says what is wrong with it. */
export const readInterface = (
  block: Uint8Array,
  littleEndian: boolean,
): CaptureInterface | string => {
  if (block.length < OPTIONS_AT + LENGTH_BYTES)
    return 'An interface description that is too short.';
  const view = viewOf(block);
  const options = readOptions(view, littleEndian);
  if (typeof options === 'string') return options;
  return {
    linkType: view.getUint16(8, littleEndian),
    snapshotLength: view.getUint32(12, littleEndian) || Number.POSITIVE_INFINITY,
    ticksPerSecond: ticksPerSecondOf(options.get(IF_TSRESOL)),
    offsetSeconds: offsetSecondsOf(options.get(IF_TSOFFSET), littleEndian),
  };
};

/** Nanoseconds since the epoch, rounded down. The timestamp comes as two halves of 32 bits. */
export const timestampNs = (from: CaptureInterface, high: number, low: number): bigint => {
  const ticks = (BigInt(high) << 32n) | BigInt(low);
  return (ticks * NS_PER_SECOND) / from.ticksPerSecond + from.offsetSeconds * NS_PER_SECOND;
};
