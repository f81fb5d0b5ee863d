/** Answers that a client never got, made from those that another client got. */
import { FILES } from '../../harness/domain/evidence.ts';
import type { CapturedPacket } from '../../harness/evidence/capture.ts';
import { readCapture } from '../../harness/evidence/capture-file.ts';
import { type TcpSegment, tcpSegmentOf } from '../../harness/evidence/tcp-segment.ts';
import { type Damage, rewritten } from './damage.ts';
import { writeClassicPcap } from './write-pcap.ts';

/** Behind an Ethernet and an IPv4 header without options. */
const TCP_AT = 14 + 20;
const PORT_AT = { client: TCP_AT, server: TCP_AT + 2 } as const;
const SEQ_AT = TCP_AT + 4;
const ACK_AT = TCP_AT + 8;

/** The answers that a SYN can have: all packets that are needed for one. */
export type Answer = 'handshake' | 'reset';

interface Seen {
  readonly packet: CapturedPacket;
  readonly segment: TcpSegment;
}

const seenIn = (packet: CapturedPacket): Seen => {
  const segment = tcpSegmentOf(packet);
  if (segment === undefined || 'undecodable' in segment) throw new Error('Not a TCP segment.');
  return { packet, segment };
};

function modelsFor(answer: Answer, all: readonly Seen[]): readonly Seen[] {
  const isSynAck = ({ segment: { flags } }: Seen): boolean => flags.syn && flags.ack;
  const synAck = all.find(isSynAck);
  const wanted =
    answer === 'reset'
      ? [all.find(({ segment }) => segment.flags.rst)]
      : [synAck, all.find(({ segment: { flags } }) => flags.ack && !flags.syn && !flags.rst)];
  return wanted.map((model) => {
    if (model === undefined) throw new Error('The fixture has no packet to make this one from.');
    return model;
  });
}

/** The model as it would have been for the client that sent this SYN. */
function forged(model: Seen, syn: Seen, afterUs: number): CapturedPacket {
  const bytes = new Uint8Array(model.packet.bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const isOfClient = model.segment.destinationPort === syn.segment.destinationPort;
  const next = (syn.segment.seq + 1) >>> 0;
  view.setUint16(isOfClient ? PORT_AT.client : PORT_AT.server, syn.segment.sourcePort);
  view.setUint32(isOfClient ? SEQ_AT : ACK_AT, next);
  return { ...model.packet, bytes, atNs: syn.packet.atNs + BigInt(afterUs * 1_000) };
}

/** The first SYN of the client with this port is answered after all. */
export const synAnswered = (port: number, answer: Answer): Damage =>
  rewritten(FILES.capture, (file) => {
    const all = readCapture(file).packets.map(seenIn);
    const at = all.findIndex(
      ({ segment }) => segment.sourcePort === port && segment.flags.syn && !segment.flags.ack,
    );
    const syn = all[at];
    if (syn === undefined) throw new Error(`There is no SYN from port ${port}.`);
    const answers = modelsFor(answer, all).map((model, index) =>
      forged(model, syn, 20 * (index + 1)),
    );
    const packets = all.map(({ packet }) => packet);
    return writeClassicPcap([...packets.slice(0, at + 1), ...answers, ...packets.slice(at + 1)], {
      linkType: syn.packet.linkType,
      littleEndian: true,
      nanoseconds: true,
    });
  });
