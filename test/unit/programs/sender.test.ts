import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createSender, nextRelay } from '../../../clients/sender.ts';

/** A sender that is connected to these of its relays. */
const senderTo = (sender: number, relays: number, connectedTo: readonly number[]) => {
  const created = createSender(sender, relays);
  for (const relay of connectedTo) created.connections[relay] = new Socket();
  return created;
};

const next = (sender: ReturnType<typeof createSender>, times: number) =>
  Array.from({ length: times }, () => nextRelay(sender));

test('one relay after the other, each sender from another one on', () => {
  expect(next(senderTo(0, 3, [0, 1, 2]), 5)).toEqual([0, 1, 2, 0, 1]);
  expect(next(senderTo(4, 3, [0, 1, 2]), 5)).toEqual([1, 2, 0, 1, 2]);
});

test('relays that it is not connected to are passed over', () => {
  expect(next(senderTo(1, 4, [0, 3]), 5)).toEqual([3, 0, 3, 0, 3]);
});

test('none when it is connected to none, and on with the next when it is again', () => {
  const sender = senderTo(0, 2, []);
  expect(nextRelay(sender)).toBeUndefined();
  sender.connections[1] = new Socket();
  expect(nextRelay(sender)).toBe(1);
});
