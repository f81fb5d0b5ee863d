/** Both bounds belong to it. A count that depends on how late a timer fires is a range; all others are single numbers. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** A prediction that leaves nothing open. */
export type SurePrediction = {
  readonly [Figure in keyof Prediction]: NonNullable<Prediction[Figure]>;
};

/**
 * What a kernel of known rules does with a run's parameters. Counts are at the closing snapshot;
 * null where no rule of the kernel fixes them, but the speed of programs does.
 */
export interface Prediction {
  /** min(backlog, somaxconn), cut to 16 bits on old kernels. */
  readonly acceptQueueLimit: number;
  /** Limit + 1. */
  readonly acceptQueueCapacity: number;
  /** The most SYN-RECV entries this listener would hold if nobody acknowledged. */
  readonly synQueueCapacity: number;
  /** Clients whose connect(2) succeeds. */
  readonly connected: number | null;
  readonly timedOut: number | null;
  /** Clients whose SYN is answered with a RST because nobody listens; absent: none. */
  readonly refused?: number | null;
  /** Connected clients whose connection the server does not have. */
  readonly fooled: number | null;
  /** At the closing snapshot. */
  readonly acceptQueueLength: number | null;
  readonly synQueueLength: number | null;
  /** SYN segments without a SYN-ACK, retransmissions included. */
  readonly refusedSyns: Range | null;
  /** SYNs of a client that is never answered, from its first (0), until the kernel gives up. */
  readonly synTimesMs: readonly number[];
  /** When the kernel itself ends an unanswered connect(2) with ETIMEDOUT. */
  readonly connectGivesUpMs: number;
  /** SYN-ACKs of a request whose final ACK never counts, from the first (0). */
  readonly synAckTimesMs: readonly number[];
  /** When such a request is forgotten. */
  readonly synAckGivesUpMs: number;
}
