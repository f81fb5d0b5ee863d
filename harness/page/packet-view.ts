/** One packet: what its headers say, and its bytes. */
import { tcpSegmentOf } from '../evidence/tcp-segment.ts';
import { fromBase64 } from '../report/page/packed.ts';
import type { PagePackets } from '../report/page/page-model.ts';
import { facts, h } from './dom.ts';
import { hexDump } from './hex-dump.ts';
import type { Language } from './language.ts';

export function packetView(
  packets: PagePackets,
  index: number | undefined,
  language: Language,
): HTMLElement {
  const { words } = language;
  const length = index === undefined ? undefined : packets.lengths[index];
  if (index === undefined || length === undefined) return h('p', { class: 'dim' }, words.noPacket);
  const start = packets.lengths.slice(0, index).reduce((sum, each) => sum + each, 0);
  const bytes = fromBase64(packets.bytes).subarray(start, start + length);
  return h(
    'div',
    { id: 'packet' },
    h('h3', {}, words.packet),
    facts(fieldsOf(packets, index, bytes, language)),
    h('pre', { class: 'hex', tabindex: 0 }, hexDump(bytes)),
  );
}

function fieldsOf(
  { linkType, originalLengths, atMs }: PagePackets,
  index: number,
  bytes: Uint8Array,
  { words: { fields, packetTime } }: Language,
): readonly (readonly [string, string])[] {
  const originalLength = originalLengths[index] ?? bytes.length;
  const segment = tcpSegmentOf({ atNs: 0n, linkType, originalLength, bytes });
  const length =
    bytes.length === originalLength
      ? `${originalLength} B`
      : `${bytes.length} / ${originalLength} B`;
  const atSeconds = (packet: number): number => (atMs[packet] ?? 0) / 1_000;
  const frame = [
    [
      fields.time,
      packetTime((atSeconds(index) - atSeconds(0)).toFixed(6), atSeconds(index).toFixed(6)),
    ],
    [fields.length, length],
  ] as const;
  if (segment === undefined || 'undecodable' in segment) return frame;
  const { flags } = segment;
  const set = (['syn', 'ack', 'fin', 'rst', 'psh'] as const).filter((flag) => flags[flag]);
  return [
    ...frame,
    [fields.from, `${segment.sourceAddress} : ${segment.sourcePort}`],
    [fields.to, `${segment.destinationAddress} : ${segment.destinationPort}`],
    [fields.flags, set.map((flag) => flag.toUpperCase()).join(' ')],
    [fields.seq, `${segment.seq}`],
    ...(flags.ack ? [[fields.ack, `${segment.ack}`] as const] : []),
    [fields.window, `${segment.window}`],
    [fields.payload, `${segment.payloadBytes} B`],
  ];
}
