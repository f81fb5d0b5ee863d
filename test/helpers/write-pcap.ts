/** Writes capture files for tests, field by field as the format descriptions say. */

export interface PacketToWrite {
  readonly atNs: bigint;
  readonly originalLength: number;
  readonly bytes: Uint8Array;
}

export interface ClassicOptions {
  readonly linkType: number;
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
}

/** One number of a file: how many bits it takes, and its value. */
type Field = readonly [8 | 16 | 32 | 64, number | bigint];

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

export const fields = (littleEndian: boolean, ...list: readonly Field[]): Uint8Array => {
  const bytes = new Uint8Array(list.reduce((sum, [bits]) => sum + bits / 8, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [bits, value] of list) {
    if (bits === 8) view.setUint8(at, Number(value));
    if (bits === 16) view.setUint16(at, Number(value), littleEndian);
    if (bits === 32) view.setUint32(at, Number(value), littleEndian);
    if (bits === 64) view.setBigInt64(at, BigInt(value), littleEndian);
    at += bits / 8;
  }
  return bytes;
};

/** Without `nanoseconds` a time is rounded down to the microsecond. */
export const writeClassicPcap = (
  packets: readonly PacketToWrite[],
  { linkType, littleEndian, nanoseconds }: ClassicOptions,
): Uint8Array => {
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const header = fields(
    littleEndian,
    [32, magic],
    [16, 2],
    [16, 4],
    [32, 0],
    [32, 0],
    [32, 262144],
    [32, linkType],
  );
  const written = packets.flatMap(({ atNs, originalLength, bytes }) => [
    fields(
      littleEndian,
      [32, atNs / 1_000_000_000n],
      [32, (atNs % 1_000_000_000n) / (nanoseconds ? 1n : 1000n)],
      [32, bytes.length],
      [32, originalLength],
    ),
    bytes,
  ]);
  return concat(header, ...written);
};

export interface InterfaceToWrite {
  readonly linkType: number;
  readonly snapshotLength?: number;
  /** The byte of if_tsresol. */
  readonly resolution?: number;
  readonly offsetSeconds?: bigint;
}

const padded = (bytes: Uint8Array): Uint8Array =>
  concat(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));

/** The blocks of a pcapng section in one byte order. Timestamps are in ticks of the interface. */
export const pcapngBlocks = (littleEndian: boolean) => {
  const write = (...list: readonly Field[]): Uint8Array => fields(littleEndian, ...list);
  const block = (type: number, ...body: readonly Uint8Array[]): Uint8Array => {
    const content = padded(concat(...body));
    const length = content.length + 12;
    return concat(write([32, type], [32, length]), content, write([32, length]));
  };
  const option = (code: number, value: Uint8Array): Uint8Array =>
    concat(write([16, code], [16, value.length]), padded(value));
  const packetFields = (ticks: bigint, packet: Omit<PacketToWrite, 'atNs'>): Uint8Array =>
    write(
      [32, ticks >> 32n],
      [32, ticks & 0xffffffffn],
      [32, packet.bytes.length],
      [32, packet.originalLength],
    );
  return {
    block,
    option,
    sectionHeader: (): Uint8Array =>
      block(0x0a0d0d0a, write([32, 0x1a2b3c4d], [16, 1], [16, 0], [64, -1n])),
    interfaceDescription: (written: InterfaceToWrite): Uint8Array => {
      const { linkType, snapshotLength = 0, resolution, offsetSeconds } = written;
      const options = [option(2, new TextEncoder().encode('veth0'))];
      if (resolution !== undefined) options.push(option(9, write([8, resolution])));
      if (offsetSeconds !== undefined) options.push(option(14, write([64, offsetSeconds])));
      const end = option(0, new Uint8Array());
      return block(1, write([16, linkType], [16, 0], [32, snapshotLength]), ...options, end);
    },
    enhancedPacket: (
      number: number,
      ticks: bigint,
      packet: Omit<PacketToWrite, 'atNs'>,
    ): Uint8Array =>
      block(6, write([32, number]), packetFields(ticks, packet), padded(packet.bytes)),
    obsoletePacket: (
      number: number,
      ticks: bigint,
      packet: Omit<PacketToWrite, 'atNs'>,
    ): Uint8Array =>
      block(2, write([16, number], [16, 7]), packetFields(ticks, packet), padded(packet.bytes)),
    simplePacket: (packet: Omit<PacketToWrite, 'atNs'>): Uint8Array =>
      block(3, write([32, packet.originalLength]), packet.bytes),
    interfaceStatistics: (number: number): Uint8Array =>
      block(5, write([32, number], [32, 0], [32, 0])),
  };
};
