import { expect, test } from 'vitest';
import { readInterfaceDrops } from '../../../harness/evidence/net-dev.ts';

const DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    9    9    0     0          0         0        0       0    9    9    0     0       0          0
 wire2:     796      10   99   99    0     0          0         0      866      11    4    8    0     0       0          0
  wire:     796      10    1    2    0     0          0         0      866      11    4    8    0     0       0          0
`;

test('errors and drops of both directions are the losses', () => {
  expect(readInterfaceDrops(DEV, 'wire')).toBe(15);
});

test('a kernel may print no blank after the colon', () => {
  expect(readInterfaceDrops(DEV.replace('wire:     796', 'wire:796'), 'wire')).toBe(15);
});

test('an interface that is not there has no losses, not 0', () => {
  expect(readInterfaceDrops(DEV, 'eth0')).toBeUndefined();
});

test('a row that is cut short is unreadable', () => {
  expect(() => readInterfaceDrops(DEV.slice(0, DEV.lastIndexOf('866')), 'wire')).toThrow('Line 5:');
});
