interface Bytes {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * What one side of a connection has sent, by sequence number. The numbers on the wire wrap at
 * 2^32, so inside they are offsets that count on; an offset is found from the nearest wrap, which
 * is right while segments lie less than 2^31 apart (TCP's windows are at most 2^30).
 */
export class SequenceSpace {
  /** The sequence number of offset 0; undefined before anything was heard of this side. */
  #origin: number | undefined;
  /** One past everything sent, as far as its sender's or its receiver's segments tell. */
  #next = 0;
  /** One past everything the other side has acknowledged. */
  #acknowledged = Number.NEGATIVE_INFINITY;
  /** Payload that was seen: sorted, apart from each other. */
  readonly #seen: Bytes[] = [];

  /** Starts again with a SYN or SYN-ACK of this sequence number, which itself is offset 0. */
  restart(initialSeq: number): void {
    this.#origin = initialSeq;
    this.#next = 1;
    this.#acknowledged = Number.NEGATIVE_INFINITY;
    this.#seen.length = 0;
  }

  #offset(seq: number): number {
    this.#origin ??= seq;
    return this.#next + ((seq - this.#origin - this.#next) | 0);
  }

  /** Whether this acknowledges something that was sent since the SYN or SYN-ACK. */
  coversAck(ack: number): boolean {
    const offset = this.#offset(ack);
    return offset > 0 && offset <= this.#next;
  }

  acknowledge(ack: number): void {
    const offset = this.#offset(ack);
    this.#acknowledged = Math.max(this.#acknowledged, offset);
    this.#next = Math.max(this.#next, offset);
  }

  /**
   * Whether a segment has the sequence number of a keepalive probe: one before the next byte,
   * while everything sent is acknowledged. The second condition tells it from a repeated last byte.
   */
  isProbe(seq: number): boolean {
    const offset = this.#offset(seq);
    return offset === this.#next - 1 && this.#acknowledged === this.#next;
  }

  /** Notes what a segment occupies (`length` 0: nothing, only where its sender stands). */
  advance(seq: number, length: number): void {
    this.#next = Math.max(this.#next, this.#offset(seq) + length);
  }

  /** Notes payload; true when every byte of it was seen before. */
  seeAgain(seq: number, length: number): boolean {
    const start = this.#offset(seq);
    const end = start + length;
    const ranges = this.#seen;
    // New payload is nearly always the latest, so looking from the end finds its place at once.
    let behind = ranges.length;
    while (behind > 0 && (ranges[behind - 1]?.from ?? 0) > end) behind -= 1;
    let first = behind;
    while (first > 0 && (ranges[first - 1]?.to ?? 0) >= start) first -= 1;
    const touched = ranges.slice(first, behind);
    if (touched.some(({ from, to }) => from <= start && end <= to)) return true;
    const from = Math.min(start, touched[0]?.from ?? start);
    const to = Math.max(end, touched.at(-1)?.to ?? end);
    ranges.splice(first, behind - first, { from, to });
    return false;
  }
}
