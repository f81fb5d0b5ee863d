import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  acceptQueueReader,
  sentSynAckOnce,
  synQueueLength,
} from '../../../harness/collect/queue-lengths.ts';

/** A listener with one connection waiting, and one on another port with two. */
const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0200000A:270E 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
   1: 0200000A:270F 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0
   2: 0200000A:270F 0300000A:8001 03 00000000:00000000 01:00000064 00000001     0        0 0 1 0
   3: 0200000A:270F 0300000A:8002 03 00000000:00000000 01:00000064 00000000     0        0 0 1 0
   4: 0200000A:270E 0300000A:8003 03 00000000:00000000 01:00000064 00000000     0        0 0 1 0
   5: 0200000A:8004 0300000A:270F 03 00000000:00000000 01:00000064 00000000     0        0 0 1 0
   6: 0200000A:270F 0300000A:8005 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0
`;

const tableOf = (text: string): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-table-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'tcp');
  writeFileSync(file, text);
  return file;
};

test('the queues of a port are its own, whoever else listens in the namespace', () => {
  const table = [tableOf(TABLE)];
  expect(synQueueLength(table, 9_999)).toBe(2);
  expect(synQueueLength(table, 9_998)).toBe(1);
  expect(synQueueLength(table, 80)).toBe(0);
  expect(acceptQueueReader(table, 9_999, 2)()).toBe(1);
  expect(acceptQueueReader(table, 9_998, 2)()).toBe(2);
});

test('the SYN queue of a port is found in the table of IPv6 too', () => {
  const row = (port: string) =>
    `   1: 00000000000000000000000001000000:${port} 00000000000000000000000001000000:8001 03 0:0\n`;
  expect(synQueueLength([tableOf(row('270F') + row('270E'))], 9_999)).toBe(1);
});

test('a request whose SYN-ACK has been repeated says so in its row', () => {
  const table = [tableOf(TABLE)];
  expect(sentSynAckOnce(table, 9_999)).toBe(1);
  expect(sentSynAckOnce(table, 80)).toBe(0);
});

test('also in the table of IPv6, and however often it was repeated', () => {
  const row = (repetitions: string) =>
    `   1: 00000000000000000000000001000000:270F 00000000000000000000000001000000:8001 03 00000000:00000000 01:00000064 ${repetitions}     0        0 0 1 0\n`;
  const table = [tableOf(['00000000', '00000001', '0000000A', '00000010'].map(row).join(''))];
  expect(synQueueLength(table, 9_999)).toBe(4);
  expect(sentSynAckOnce(table, 9_999)).toBe(1);
});
