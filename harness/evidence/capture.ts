/** What a capture file says, whatever its format. */

export interface CapturedPacket {
  /** Nanoseconds since the epoch; 0 for a pcapng simple packet block, which carries no time. */
  readonly atNs: bigint;
  /** By the registry of link types (LINKTYPE_ETHERNET is 1). */
  readonly linkType: number;
  /** Bytes on the wire; more than `bytes` holds when the snapshot length cut the packet. */
  readonly originalLength: number;
  /** A view into the file, not a copy. */
  readonly bytes: Uint8Array;
}

/** The first place where a file cannot be read any further, and why. */
export interface CaptureProblem {
  readonly atByte: number;
  readonly message: string;
}

/**
 * The packets before the problem count: a tcpdump that was killed leaves a file that is cut in the
 * middle of its last packet. Without `problem` the file was read to its end.
 */
export interface Capture {
  /** Each once, in order of appearance. */
  readonly linkTypes: readonly number[];
  readonly packets: readonly CapturedPacket[];
  readonly problem?: CaptureProblem;
}
