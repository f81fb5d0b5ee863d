import { expect, test } from 'vitest';
import { readCapture } from '../../harness/evidence/capture-file.ts';
import { concat, fields, pcapngBlocks } from '../helpers/write-pcap.ts';

const PACKET = { originalLength: 60, bytes: Uint8Array.from([1, 2, 3, 4, 5]) };
const LITTLE = pcapngBlocks(true);
const BIG = pcapngBlocks(false);
const ETHERNET = { linkType: 1 };

test.each([
  ['little endian', LITTLE],
  ['big endian', BIG],
])('reads every kind of packet block, %s', (_name, blocks) => {
  const capture = readCapture(
    concat(
      blocks.sectionHeader(),
      blocks.interfaceDescription(ETHERNET),
      blocks.interfaceDescription({ linkType: 276, resolution: 9 }),
      blocks.enhancedPacket(1, 1_700_000_000_000_000_001n, PACKET),
      blocks.block(0x0bad, fields(true, [32, 1])),
      blocks.obsoletePacket(0, 1_700_000_000_000_002n, PACKET),
      blocks.interfaceStatistics(0),
      blocks.simplePacket({ originalLength: 5, bytes: PACKET.bytes }),
    ),
  );
  expect(capture).toEqual({
    linkTypes: [1, 276],
    packets: [
      { ...PACKET, linkType: 276, atNs: 1_700_000_000_000_000_001n },
      { ...PACKET, linkType: 1, atNs: 1_700_000_000_000_002_000n },
      { bytes: PACKET.bytes, originalLength: 5, linkType: 1, atNs: 0n },
    ],
  });
});

test('a new section may have another byte order and describes its interfaces anew', () => {
  const capture = readCapture(
    concat(
      LITTLE.sectionHeader(),
      LITTLE.interfaceDescription(ETHERNET),
      LITTLE.enhancedPacket(0, 1n, PACKET),
      BIG.sectionHeader(),
      BIG.interfaceDescription({ linkType: 101 }),
      BIG.enhancedPacket(0, 2n, PACKET),
    ),
  );
  expect(capture.problem).toBeUndefined();
  expect(capture.packets.map(({ atNs, linkType }) => [atNs, linkType])).toEqual([
    [1000n, 1],
    [2000n, 101],
  ]);
});

test.each([
  [{ ...ETHERNET }, 5n, 5000n],
  [{ ...ETHERNET, resolution: 3 }, 5n, 5_000_000n],
  [{ ...ETHERNET, resolution: 0x80 | 10 }, 1024n + 512n, 1_500_000_000n],
  [{ ...ETHERNET, offsetSeconds: 7n }, 5n, 7_000_005_000n],
  [{ ...ETHERNET, offsetSeconds: -7n, resolution: 0 }, 8n, 1_000_000_000n],
  [{ ...ETHERNET, resolution: 127 }, 8n, 0n],
])('resolution and offset of an interface: %o', (from, ticks, atNs) => {
  const capture = readCapture(
    concat(
      LITTLE.sectionHeader(),
      LITTLE.interfaceDescription(from),
      LITTLE.enhancedPacket(0, ticks, PACKET),
    ),
  );
  expect(capture.packets[0]?.atNs).toBe(atNs);
});

test('options of a strange length are ignored', () => {
  const description = LITTLE.block(
    1,
    fields(true, [16, 1], [16, 0], [32, 0]),
    LITTLE.option(9, Uint8Array.of(9, 9)),
    LITTLE.option(14, Uint8Array.of(1, 1, 1, 1)),
  );
  const packet = LITTLE.enhancedPacket(0, 5n, PACKET);
  const capture = readCapture(concat(LITTLE.sectionHeader(), description, packet));
  expect(capture.packets[0]?.atNs).toBe(5000n);
});

test('a simple packet is cut to the snapshot length', () => {
  const capture = readCapture(
    concat(
      LITTLE.sectionHeader(),
      LITTLE.interfaceDescription({ ...ETHERNET, snapshotLength: 4 }),
      LITTLE.simplePacket({ originalLength: 60, bytes: PACKET.bytes.subarray(0, 4) }),
    ),
  );
  expect(capture.packets).toEqual([
    { atNs: 0n, linkType: 1, originalLength: 60, bytes: PACKET.bytes.subarray(0, 4) },
  ]);
});

const OPENING = concat(LITTLE.sectionHeader(), LITTLE.interfaceDescription(ETHERNET));
const afterOpening = (...blocks: readonly Uint8Array[]) => readCapture(concat(OPENING, ...blocks));

test('a block of length zero ends the reading', () => {
  expect(afterOpening(new Uint8Array(40)).problem).toEqual({
    atByte: OPENING.length,
    message: 'A block cannot be 0 bytes long.',
  });
});

test('a file cut in a block gives the packets before it', () => {
  const packet = LITTLE.enhancedPacket(0, 1n, PACKET);
  const capture = afterOpening(packet, packet.subarray(0, 20));
  expect(capture.packets).toHaveLength(1);
  expect(capture.problem).toEqual({
    atByte: OPENING.length + packet.length,
    message: `The file ends after 20 of the ${packet.length} bytes of a block.`,
  });
});

test.each([
  ['interface 3', LITTLE.enhancedPacket(3, 1n, PACKET)],
  ['too short', LITTLE.block(6, new Uint8Array(8))],
  ['too short', LITTLE.block(3)],
  ['too short', LITTLE.block(1)],
  ['2 at its end', concat(fields(true, [32, 5], [32, 12]), fields(true, [32, 2]))],
  ['cannot be 13 bytes', concat(fields(true, [32, 5], [32, 13], [8, 0]), fields(true, [32, 13]))],
  ['room for 0', LITTLE.block(6, fields(true, [32, 0], [64, 1n], [32, 9], [32, 9]))],
  ['room for 4', LITTLE.block(3, fields(true, [32, 9], [32, 0]))],
  ['byte-order magic', LITTLE.block(0x0a0d0d0a, new Uint8Array(16))],
  ['Version 2', LITTLE.block(0x0a0d0d0a, fields(true, [32, 0x1a2b3c4d], [32, 2], [64, 0]))],
  ['Option 9', LITTLE.block(1, new Uint8Array(8), fields(true, [16, 9], [16, 500]))],
])('damage is named: %s', (message, block) => {
  const capture = afterOpening(LITTLE.enhancedPacket(0, 1n, PACKET), block);
  expect(capture.packets).toHaveLength(1);
  expect(capture.problem?.message).toContain(message);
});

test('a packet before any interface is a problem', () => {
  const capture = readCapture(concat(LITTLE.sectionHeader(), LITTLE.simplePacket(PACKET)));
  expect(capture.problem?.message).toContain('before any interface');
});
