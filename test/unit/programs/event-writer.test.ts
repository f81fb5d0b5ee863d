import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEventWriter } from '../../../clients/event-writer.ts';

const REST_MS = 10;
const event = (client: number) => ({ event: 'refused', monotonicMs: 0, client }) as const;

/** The clients in each write. */
function writer() {
  const writes: number[][] = [];
  const output = new Writable({
    decodeStrings: false,
    write: (text: string, _, onWritten) => {
      writes.push([...text.matchAll(/"client":(\d+)/g)].map(([, client]) => Number(client)));
      onWritten();
    },
  });
  return { writes, ...createEventWriter(output) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('events of one turn go out together, at its end', () => {
  const { emit, writes } = writer();
  emit(event(1));
  emit(event(2));
  expect(writes).toEqual([]);
  vi.advanceTimersByTime(0);
  expect(writes).toEqual([[1, 2]]);
});

test('what follows waits until the reader has had its rest', () => {
  const { emit, writes } = writer();
  emit(event(1));
  vi.advanceTimersByTime(1);
  emit(event(2));
  vi.advanceTimersByTime(REST_MS - 3);
  emit(event(3));
  expect(writes).toEqual([[1]]);
  vi.advanceTimersByTime(REST_MS);
  expect(writes).toEqual([[1], [2, 3]]);
});

test('the end comes at once, with all that is left, and later events are ignored', async () => {
  const { emit, end, writes } = writer();
  emit(event(1));
  vi.advanceTimersByTime(1);
  emit(event(2));
  await new Promise<void>((resolve) => end(resolve));
  emit(event(3));
  vi.advanceTimersByTime(REST_MS * 2);
  expect(writes.filter((clients) => clients.length > 0)).toEqual([[1], [2]]);
});
