import { expect, test } from 'vitest';
import { readCaptureLog } from '../../../harness/evidence/capture-log.ts';

const LOG = `tcpdump: listening on wire, link-type EN10MB (Ethernet), snapshot length 262144 bytes
tcpdump: 0 packets captured, 0 packets received by filter, 0 packets dropped by kernel
tcpdump: 1 packet captured, 2 packets received by filter, 0 packets dropped by kernel
21 packets captured
22 packets received by filter
1 packet dropped by kernel
`;

test('the last of each count is what tcpdump saw in the end', () => {
  expect(readCaptureLog(LOG)).toEqual({
    captured: 21,
    receivedByFilter: 22,
    droppedByKernel: 1,
  });
});

test('what the interface dropped is told where tcpdump tells it', () => {
  expect(readCaptureLog(`${LOG}3 packets dropped by interface\n`)).toHaveProperty(
    'droppedByInterface',
    3,
  );
});

test('a tcpdump that was killed leaves no counts, not zeros', () => {
  expect(readCaptureLog(LOG.split('\n')[0] ?? '')).toEqual({});
});
