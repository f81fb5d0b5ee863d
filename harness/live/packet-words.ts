import type { TcpSegment } from '../evidence/tcp-segment.ts';
import type { GrowingCapture } from './appended.ts';

/** The last packets, one a line, spelled nearly as tcpdump does; seconds since the first one. */
export function packetLines(
  { last, firstAtNs = 0n }: GrowingCapture,
  mostLines: number,
): readonly string[] {
  if (mostLines < 1) return [];
  return last.slice(-mostLines).map((segment) => {
    if (segment === null) return '(not TCP)';
    const seconds = (Number(segment.atNs - firstAtNs) / 1e9).toFixed(6);
    const { payloadBytes, sourcePort, destinationPort } = segment;
    const from = `${segment.sourceAddress}.${sourcePort}`;
    const to = `${segment.destinationAddress}.${destinationPort}`;
    return `${seconds.padStart(11)}  ${from} > ${to}: Flags [${flagsOf(segment)}], length ${payloadBytes}`;
  });
}

const flagsOf = ({ flags }: TcpSegment): string =>
  [
    flags.syn ? 'S' : '',
    flags.fin ? 'F' : '',
    flags.rst ? 'R' : '',
    flags.psh ? 'P' : '',
    flags.ack ? '.' : '',
  ].join('');
