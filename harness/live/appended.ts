import { readCapture } from '../evidence/capture-file.ts';
import { readJsonLines } from '../evidence/json-lines.ts';
import { type TcpSegment, tcpSegmentOf } from '../evidence/tcp-segment.ts';

const NOTHING = new Uint8Array(0);
const NEWLINE = 10;

export const joined = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  if (left.length === 0) return right;
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left);
  whole.set(right, left.length);
  return whole;
};

/** What is kept must not change or stay in memory with what it was read into. */
const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

/** What a file of JSON lines has gained, and the line that is not whole yet. */
export interface AppendedLines {
  readonly values: readonly unknown[];
  readonly rest: Uint8Array;
}

/** `rest` is that of the time before. Lines that are no JSON are let go: judging reports them. */
export function takeLines(rest: Uint8Array | undefined, appended: Uint8Array): AppendedLines {
  const bytes = joined(rest ?? NOTHING, appended);
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  const { values } = readJsonLines(new TextDecoder().decode(bytes.subarray(0, end)));
  return { values, rest: copyOf(bytes.subarray(end)) };
}

/** The last packets of a capture that still grows. */
export interface GrowingCapture {
  /** The header of the file, or what there is of it. */
  readonly header: Uint8Array;
  /** A packet that is not whole yet. */
  readonly rest: Uint8Array;
  readonly packets: number;
  readonly firstAtNs?: bigint;
  /** At most `MOST_KEPT`; null stands for a packet that is no TCP segment. */
  readonly last: readonly (TcpSegment | null)[];
}

export const NO_CAPTURE: GrowingCapture = { header: NOTHING, rest: NOTHING, packets: 0, last: [] };

/** More than a tall terminal shows. Only these are decoded: 30000 clients send 90000 packets. */
const MOST_KEPT = 60;
const HEADER_BYTES = 24;

export function takePackets(before: GrowingCapture, appended: Uint8Array): GrowingCapture {
  const missing = HEADER_BYTES - before.header.length;
  const header = joined(before.header, copyOf(appended.subarray(0, Math.max(0, missing))));
  if (header.length < HEADER_BYTES) return { ...before, header };
  const fresh = joined(before.rest, missing > 0 ? appended.subarray(missing) : appended);
  const { packets, problem } = readCapture(joined(header, fresh));
  // A problem within the header leaves nothing that could be read later.
  const stop = problem === undefined || problem.atByte < HEADER_BYTES;
  const restFrom = stop ? fresh.length : problem.atByte - HEADER_BYTES;
  const firstAtNs = before.firstAtNs ?? packets[0]?.atNs;
  return {
    header,
    rest: isTooLong(fresh.length - restFrom) ? NOTHING : copyOf(fresh.subarray(restFrom)),
    packets: before.packets + packets.length,
    ...(firstAtNs === undefined ? {} : { firstAtNs }),
    last: [...before.last, ...packets.slice(-MOST_KEPT).map(decoded)].slice(-MOST_KEPT),
  };
}

/** No packet is as long: the capture is damaged, and waiting for the rest of it would be in vain. */
const isTooLong = (bytes: number): boolean => bytes > 300_000;

function decoded(packet: Parameters<typeof tcpSegmentOf>[0]): TcpSegment | null {
  const segment = tcpSegmentOf(packet);
  return segment === undefined || 'undecodable' in segment ? null : segment;
}
