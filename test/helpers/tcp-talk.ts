import type { Host } from '../../harness/domain/tcp.ts';
import type { TcpSegment } from '../../harness/evidence/tcp-segment.ts';

export const SERVER_PORT = 8080;
/** The initial sequence numbers of both sides in these talks. */
export const CLIENT_ISN = 1000;
export const SERVER_ISN = 5000;

export interface Said {
  /** Letters of tcpdump: S, F, R, P, and `.` for ACK. */
  readonly flags: string;
  readonly atMs: number;
  /** Relative to the side's initial sequence number. */
  readonly seq?: number;
  readonly ack?: number;
  readonly payloadBytes?: number;
}

export interface Talk {
  readonly clientPort?: number;
  readonly clientAddress?: string;
  readonly clientIsn?: number;
  readonly serverIsn?: number;
}

/** Segments of one client and the server, with sequence numbers as tcpdump prints them. */
export const talk = ({
  clientPort = 40000,
  clientAddress = '10.0.0.2',
  clientIsn = CLIENT_ISN,
  serverIsn = SERVER_ISN,
}: Talk = {}) => {
  const ends = {
    client: { address: clientAddress, port: clientPort, isn: clientIsn },
    server: { address: '10.0.0.1', port: SERVER_PORT, isn: serverIsn },
  };
  const say = (from: Host, said: Said): TcpSegment => {
    const own = ends[from];
    const other = ends[from === 'client' ? 'server' : 'client'];
    const has = (letter: string): boolean => said.flags.includes(letter);
    return {
      atNs: BigInt(Math.round(said.atMs * 1e6)),
      sourceAddress: own.address,
      sourcePort: own.port,
      destinationAddress: other.address,
      destinationPort: other.port,
      seq: (own.isn + (said.seq ?? (has('S') ? 0 : 1))) >>> 0,
      ack: has('.') ? (other.isn + (said.ack ?? 1)) >>> 0 : 0,
      flags: { syn: has('S'), ack: has('.'), fin: has('F'), rst: has('R'), psh: has('P') },
      payloadBytes: said.payloadBytes ?? 0,
      window: 501,
    };
  };
  return {
    client: (flags: string, atMs: number, more: Omit<Said, 'flags' | 'atMs'> = {}): TcpSegment =>
      say('client', { flags, atMs, ...more }),
    server: (flags: string, atMs: number, more: Omit<Said, 'flags' | 'atMs'> = {}): TcpSegment =>
      say('server', { flags, atMs, ...more }),
  };
};

export const toMs = (atNs: bigint): number => Number(atNs) / 1e6;
