/** Builds packets for tests from the inside out: TCP, IP, link layer. Checksums are left at zero. */
import { concat, fields } from './write-pcap.ts';

export interface TcpToBuild {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** Letters of tcpdump: S, F, R, P, and `.` for ACK. */
  readonly flags?: string;
  readonly payloadBytes?: number;
  /** -4 gives a header that claims to be shorter than the least. */
  readonly optionBytes?: number;
}

const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, '.': 16 };

export const buildTcp = (segment: TcpToBuild = {}): Uint8Array => {
  const { flags = '.', payloadBytes = 0, optionBytes = 0 } = segment;
  const bits = [...flags].reduce((sum, letter) => sum | (FLAG_BITS[letter] ?? 0), 0);
  const header = fields(
    false,
    [16, segment.sourcePort ?? 40000],
    [16, segment.destinationPort ?? 8080],
    [32, segment.seq ?? 1],
    [32, segment.ack ?? 1],
    [8, (5 + optionBytes / 4) << 4],
    [8, bits],
    [16, 501],
    [32, 0],
  );
  return concat(
    header,
    new Uint8Array(Math.max(0, optionBytes)),
    new Uint8Array(payloadBytes).fill(0x78),
  );
};

export interface Ipv4ToBuild {
  readonly source?: readonly number[];
  readonly destination?: readonly number[];
  readonly protocol?: number;
  readonly optionBytes?: number;
  readonly totalLength?: number;
  /** In units of 8 bytes. */
  readonly fragmentOffset?: number;
}

export const buildIpv4 = (payload: Uint8Array, packet: Ipv4ToBuild = {}): Uint8Array => {
  const { optionBytes = 0 } = packet;
  const headerBytes = 20 + optionBytes;
  const header = fields(
    false,
    [8, 0x40 | (headerBytes / 4)],
    [8, 0],
    [16, packet.totalLength ?? headerBytes + payload.length],
    [16, 7],
    [16, packet.fragmentOffset ?? 0],
    [8, 64],
    [8, packet.protocol ?? 6],
    [16, 0],
  );
  const source = Uint8Array.from(packet.source ?? [10, 0, 0, 2]);
  const destination = Uint8Array.from(packet.destination ?? [10, 0, 0, 1]);
  return concat(header, source, destination, new Uint8Array(optionBytes), payload);
};

export interface Ipv6ToBuild {
  /** Protocol number of each extension header before the payload. */
  readonly extensions?: readonly number[];
  readonly protocol?: number;
  readonly payloadLength?: number;
  /** Of every fragment header among the extensions, in units of 8 bytes. */
  readonly fragmentOffset?: number;
}

const FRAGMENT = 44;

/** From fd00::2 to fd00::1. Extension headers other than a fragment's are 16 bytes long. */
export const buildIpv6 = (payload: Uint8Array, packet: Ipv6ToBuild = {}): Uint8Array => {
  const { extensions = [], protocol = 6, fragmentOffset = 0 } = packet;
  const chain = [...extensions, protocol];
  const written = extensions.map((kind, index) => {
    const next = chain[index + 1] ?? protocol;
    return kind === FRAGMENT
      ? fields(false, [8, next], [8, 0], [16, fragmentOffset << 3], [32, 1])
      : fields(false, [8, next], [8, 1], [16, 0], [32, 0], [64, 0]);
  });
  const body = concat(...written, payload);
  return concat(
    fields(
      false,
      [32, 0x60000000],
      [16, packet.payloadLength ?? body.length],
      [8, chain[0] ?? protocol],
      [8, 64],
    ),
    Uint8Array.from([0xfd, ...new Uint8Array(14), 2]),
    Uint8Array.from([0xfd, ...new Uint8Array(14), 1]),
    body,
  );
};

/** `vlanTags` are the tag protocol identifiers from the outside in. */
export const buildEthernet = (
  payload: Uint8Array,
  etherType = 0x0800,
  vlanTags: readonly number[] = [],
): Uint8Array => {
  const tags = vlanTags.map((tag) => fields(false, [16, tag], [16, 5]));
  return concat(new Uint8Array(12), ...tags, fields(false, [16, etherType]), payload);
};
