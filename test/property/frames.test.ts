import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createFrameReader,
  encodeFrame,
  type Frame,
  LONGEST_FRAME_BYTES,
} from '../../servers/kit/frames.ts';

const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ kind: fc.constant('request' as const), request: fc.maxSafeInteger() }),
  fc.record({ kind: fc.constant('response' as const), request: fc.maxSafeInteger() }),
  fc.constantFrom<Frame>({ kind: 'heartbeat' }, { kind: 'heartbeat-answer' }, { kind: 'goaway' }),
);

const cut = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  let from = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...chunks, bytes.subarray(from)];
};

const readAll = (chunks: readonly Buffer[]): Frame[] => {
  const frames: Frame[] = [];
  const read = createFrameReader((each) => frames.push(each));
  for (const chunk of chunks) read(chunk);
  return frames;
};

test('frames read back as they were written, however their bytes are cut into chunks', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 0, max: 40 })), (frames, sizes) => {
      expect(readAll(cut(Buffer.concat(frames.map(encodeFrame)), sizes))).toEqual(frames);
    }),
  );
});

test('a frame is passed on with its last byte, not before and not after', () => {
  fc.assert(
    fc.property(frame, (each) => {
      const bytes = encodeFrame(each);
      expect(readAll([bytes.subarray(0, -1)])).toEqual([]);
      expect(readAll([Buffer.concat([bytes, Buffer.of(0)])])).toEqual([each]);
    }),
  );
});

const withLength = (length: number, payload: string): Buffer => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(length);
  return Buffer.concat([header, Buffer.from(payload)]);
};

test('any bytes are frames or a bad frame, and never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        readAll([Buffer.from(bytes)]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_FRAME' });
      }
    }),
  );
});

test.each([
  ['no JSON', '{'],
  ['no object', 'null'],
  ['a kind that is not known', '{"kind":"hello"}'],
  ['a request without a number', '{"kind":"request"}'],
  ['a request with half a number', '{"kind":"response","request":1.5}'],
  ['nothing', ''],
])('%s is a bad frame', (_what, payload) => {
  expect(() => readAll([withLength(payload.length, payload)])).toThrow(
    expect.objectContaining({ code: 'BAD_FRAME' }),
  );
});

test('a length beyond the bound is refused without waiting for so many bytes', () => {
  expect(readAll([withLength(LONGEST_FRAME_BYTES, '{')])).toEqual([]);
  expect(() => readAll([withLength(LONGEST_FRAME_BYTES + 1, '')])).toThrow(/length of 1025 bytes/);
});
