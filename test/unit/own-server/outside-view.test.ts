/** What is read of a server that is not ours: its processes, its listeners, and why it is not ready. */
import { expect, test } from 'vitest';
import {
  isReachable,
  listenerPattern,
  type OwnListener,
  readListeners,
} from '../../../harness/collect/own-listener.ts';
import { notReady, severalListeners } from '../../../harness/collect/own-server-failures.ts';
import { readProcessRow, treeOf } from '../../../harness/collect/process-tree.ts';

const SS = `LISTEN 0      511          0.0.0.0:3000      0.0.0.0:*    users:(("nginx",pid=12,fd=6),("nginx",pid=13,fd=6))
LISTEN 0      5            *:8080            *:*          users:(("my \\"server\\"",pid=14,fd=3))
LISTEN 0      5            [::1]:9000        [::]:*
LISTEN 0      128          [fe80::1]%wire:9001 [::]:*
`;

const at = (address: string, port = 3_000): OwnListener => ({
  address,
  port,
  acceptQueueLimit: 5,
  holders: [],
});

test('listeners are read with their limits and the processes that hold them', () => {
  const [nginx, other, loopback, link] = readListeners(SS);
  expect(nginx).toEqual({
    address: '0.0.0.0',
    port: 3_000,
    acceptQueueLimit: 511,
    holders: [
      { name: 'nginx', pid: 12 },
      { name: 'nginx', pid: 13 },
    ],
  });
  expect(other).toMatchObject({ address: '*', port: 8_080, holders: [{ pid: 14 }] });
  expect(loopback).toMatchObject({ address: '::1', port: 9_000, holders: [] });
  expect(link).toMatchObject({ address: 'fe80::1', port: 9_001 });
  expect(readListeners('')).toEqual([]);
});

test.each([
  ['0.0.0.0', true, false],
  ['*', true, true],
  ['::', false, true],
  ['10.77.0.1', true, false],
  ['::ffff:10.77.0.1', true, false],
  ['fd77::1', false, true],
  ['127.0.0.1', false, false],
  ['::1', false, false],
])('%s is reached over IPv4: %s, over IPv6: %s', (address, over4, over6) => {
  expect(isReachable(at(address), 4)).toBe(over4);
  expect(isReachable(at(address), 6)).toBe(over6);
});

const row = (address: string, state: string): string =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 0 0 1 1 0\n`;
const ANY6 = '0'.repeat(32);

test.each([
  ['00000000:0BB8', '0A', 4, true],
  ['01004D0A:0BB8', '0A', 4, true],
  [`${ANY6}:0BB8`, '0A', 4, true],
  [`${ANY6}:0BB8`, '0A', 6, true],
  ['000077FD000000000000000001000000:0BB8', '0A', 6, true],
  ['0000000000000000FFFF000001004D0A:0BB8', '0A', 4, true],
  ['0100007F:0BB8', '0A', 4, false],
  ['00000000:0BB9', '0A', 4, false],
  ['00000000:0BB8', '01', 4, false],
  ['00000000:0BB8', '0A', 6, false],
] as const)('%s in state %s is a listener for IPv%i: %s', (address, state, family, is) => {
  expect(listenerPattern(3_000, family, true).test(row(address, state))).toBe(is);
});

test('an IPv6 socket that takes no IPv4 is not waited for again', () => {
  expect(listenerPattern(3_000, 4, false).test(row(`${ANY6}:0BB8`, '0A'))).toBe(false);
  expect(listenerPattern(3_000, 4, false).test(row('00000000:0BB8', '0A'))).toBe(true);
});

test('the name of a process may hold anything', () => {
  expect(readProcessRow(7, '7 (a) R (b)) S 3 7 7 0')).toEqual({ pid: 7, parent: 3, state: 'S' });
  expect(readProcessRow(7, '')).toBeUndefined();
});

test('a tree is a process and all below it, without those who have ended', () => {
  const all = [
    { pid: 1, parent: 0, state: 'S' },
    { pid: 9, parent: 5, state: 'S' },
    { pid: 5, parent: 2, state: 'S' },
    { pid: 2, parent: 1, state: 'S' },
    { pid: 3, parent: 1, state: 'S' },
    { pid: 6, parent: 2, state: 'Z' },
  ];
  expect(treeOf(2, all).map(({ pid }) => pid)).toEqual([2, 5, 9]);
  expect(treeOf(6, all)).toEqual([]);
});

const SERVER = { command: 'my-server', folder: '/srv', readyWithinMs: 1_000 };
const failure = (listeners: readonly OwnListener[], family: 4 | 6 = 4) => {
  const { message, remedy, code } = notReady({
    server: SERVER,
    port: 3_000,
    family,
    listeners,
    lastWords: 'starting',
  });
  expect(code).toBe('SERVER_FAILED');
  return `${message} ${remedy}`;
};

test('who listens nowhere, elsewhere or out of reach is told where to listen', () => {
  expect(failure([])).toMatch(/listens nowhere.*starting.*--ready-within/);
  expect(failure([at('*', 8_080)])).toMatch(/\*:8080.*--port 8080/);
  expect(failure([at('127.0.0.1'), at('::1')])).toMatch(
    /127\.0\.0\.1:3000, \[::1\]:3000 only.*0\.0\.0\.0.*10\.77\.0\.1/,
  );
  expect(failure([at('::')])).toMatch(/takes no IPv4.*--ipv6/);
  expect(failure([at('0.0.0.0')], 6)).toMatch(/takes no IPv6.*fd77::1/);
  expect(failure([at('192.0.2.1')])).toContain('none of its host');
  expect(severalListeners([at('*'), at('*')]).message).toContain('SO_REUSEPORT');
});
