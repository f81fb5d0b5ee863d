import type {
  BareAck,
  Connection,
  DataSegment,
  Finish,
  HandshakeState,
  Host,
  Reset,
  Syn,
  SynAck,
} from '../domain/tcp.ts';
import { SequenceSpace } from './sequence-space.ts';
import type { TcpSegment } from './tcp-segment.ts';

/**
 * A SYN-ACK that repeats an earlier one answers a repeated SYN only if it leaves this soon after
 * it. The kernel answers a SYN while it handles it, in microseconds; the SYN-ACK timer fires one
 * second after the request was made at the earliest (TCP_TIMEOUT_INIT: 9ad7c049f0f7 in 3.1; three
 * seconds before), and from 3.10 on the answer to a repeated SYN starts it again.
 */
const ANSWERED_WITHIN_NS = 200_000_000n;

/** One attempt to connect, while its packets are being read. */
export interface Attempt {
  readonly serverAddress: string;
  readonly clientAddress: string;
  readonly clientPort: number;
  /** The place of its first segment in the capture. */
  readonly firstIndex: number;
  /** Undefined while neither SYN nor SYN-ACK was seen. */
  clientIsn: number | undefined;
  readonly serverIsns: Set<number>;
  completed: boolean;
  /** When the latest SYN passed, as long as it has no answer. */
  unansweredSynNs: bigint | undefined;
  readonly sent: Readonly<Record<Host, SequenceSpace>>;
  readonly syns: Syn[];
  readonly synAcks: SynAck[];
  readonly bareAcks: BareAck[];
  readonly data: DataSegment[];
  readonly resets: Reset[];
  readonly finishes: Finish[];
  /** What acknowledges the FIN of a side, as soon as it has sent one. */
  readonly acksOfFins: Map<Host, number>;
}

export type Clock = (atNs: bigint) => number;

export const newAttempt = (
  serverAddress: string,
  client: { readonly address: string; readonly port: number },
  firstIndex: number,
  clientIsn: number | undefined,
): Attempt => {
  const sent = { client: new SequenceSpace(), server: new SequenceSpace() };
  if (clientIsn !== undefined) sent.client.restart(clientIsn);
  return {
    serverAddress,
    clientAddress: client.address,
    clientPort: client.port,
    firstIndex,
    clientIsn,
    serverIsns: new Set(),
    completed: false,
    unansweredSynNs: undefined,
    sent,
    syns: [],
    synAcks: [],
    bareAcks: [],
    data: [],
    resets: [],
    finishes: [],
    acksOfFins: new Map(),
  };
};

const takeSyn = (attempt: Attempt, segment: TcpSegment, toMs: Clock): void => {
  // When the window of the capture opened between a SYN and its SYN-ACK, the first SYN in it is
  // a repeated one.
  const retransmission = attempt.syns.length > 0 || attempt.serverIsns.size > 0;
  attempt.syns.push({ atMs: toMs(segment.atNs), retransmission });
  attempt.unansweredSynNs = segment.atNs;
};

/** A repeated SYN-ACK that comes later was sent by the timer, and the SYN remains refused. */
const answersLatestSyn = (attempt: Attempt, segment: TcpSegment, repeated: boolean): boolean =>
  attempt.unansweredSynNs !== undefined &&
  (!repeated || segment.atNs - attempt.unansweredSynNs <= ANSWERED_WITHIN_NS);

const takeSynAck = (attempt: Attempt, segment: TcpSegment, toMs: Clock): void => {
  const atMs = toMs(segment.atNs);
  const repeated = attempt.serverIsns.has(segment.seq);
  const latest = attempt.syns.at(-1);
  if (latest !== undefined && answersLatestSyn(attempt, segment, repeated)) {
    attempt.syns[attempt.syns.length - 1] = { ...latest, answeredAtMs: atMs };
    attempt.unansweredSynNs = undefined;
  }
  if (!repeated) {
    attempt.serverIsns.add(segment.seq);
    attempt.sent.server.restart(segment.seq);
  }
  attempt.sent.client.acknowledge(segment.ack);
  attempt.synAcks.push({ atMs, retransmission: repeated });
};

/** Any of the SYN-ACKs: SYN cookies give each its own sequence number. */
const acknowledgesSynAck = (attempt: Attempt, ack: number): boolean =>
  attempt.serverIsns.has((ack - 1) >>> 0) || attempt.sent.server.coversAck(ack);

/** Until the handshake is completed, an ACK of anything but the SYN-ACK says nothing. */
const takeAcknowledgement = (attempt: Attempt, from: Host, segment: TcpSegment): void => {
  if (!segment.flags.ack) return;
  if (from === 'client' && attempt.serverIsns.size > 0 && !attempt.completed) {
    if (!acknowledgesSynAck(attempt, segment.ack)) return;
    attempt.completed = true;
  }
  attempt.sent[from === 'client' ? 'server' : 'client'].acknowledge(segment.ack);
};

/** Without payload, or with the one byte of garbage that old stacks add. */
const isKeepAliveProbe = (attempt: Attempt, from: Host, segment: TcpSegment): boolean =>
  segment.payloadBytes <= 1 && !segment.flags.fin && attempt.sent[from].isProbe(segment.seq);

const takeFin = (attempt: Attempt, from: Host, segment: TcpSegment, atMs: number): void => {
  const { seq, ack, payloadBytes } = segment;
  const { finishes, acksOfFins } = attempt;
  const expected = acksOfFins.get(from === 'client' ? 'server' : 'client');
  const retransmission = finishes.some((finish) => finish.from === from);
  const crosses = !retransmission && expected !== undefined && ack !== expected;
  finishes.push({ atMs, from, retransmission, ...(crosses ? { crosses } : {}) });
  acksOfFins.set(from, (seq + payloadBytes + 1) >>> 0);
};

const takePayload = (attempt: Attempt, from: Host, segment: TcpSegment, atMs: number): void => {
  const { seq, payloadBytes, flags } = segment;
  const own = attempt.sent[from];
  if (payloadBytes > 0) {
    const retransmission = own.seeAgain(seq, payloadBytes);
    attempt.data.push({ atMs, from, bytes: payloadBytes, retransmission });
  }
  if (flags.fin) takeFin(attempt, from, segment, atMs);
  if (payloadBytes === 0 && !flags.fin) {
    attempt.bareAcks.push({ atMs, from, keepAliveProbe: false });
  }
  own.advance(seq, payloadBytes + (flags.fin ? 1 : 0));
};

/** Notes one segment; the segments of an attempt must come in the order of the capture. */
export const takeSegment = (
  attempt: Attempt,
  from: Host,
  segment: TcpSegment,
  toMs: Clock,
): void => {
  const atMs = toMs(segment.atNs);
  const { syn, ack, rst } = segment.flags;
  if (rst) attempt.resets.push({ atMs, from });
  else if (syn && ack) takeSynAck(attempt, segment, toMs);
  else if (syn) takeSyn(attempt, segment, toMs);
  else {
    takeAcknowledgement(attempt, from, segment);
    if (isKeepAliveProbe(attempt, from, segment)) {
      attempt.bareAcks.push({ atMs, from, keepAliveProbe: true });
    } else takePayload(attempt, from, segment, atMs);
  }
};

const stateOf = (attempt: Attempt): HandshakeState => {
  if (attempt.completed) return 'completed';
  return attempt.synAcks.length > 0 ? 'answered' : 'unanswered';
};

export const connectionOf = (attempt: Attempt): Connection => ({
  serverAddress: attempt.serverAddress,
  clientAddress: attempt.clientAddress,
  clientPort: attempt.clientPort,
  state: stateOf(attempt),
  syns: attempt.syns,
  synAcks: attempt.synAcks,
  bareAcks: attempt.bareAcks,
  data: attempt.data,
  resets: attempt.resets,
  finishes: attempt.finishes,
});
