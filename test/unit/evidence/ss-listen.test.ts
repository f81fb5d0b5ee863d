import { expect, test } from 'vitest';
import { readListenSockets } from '../../../harness/evidence/ss-listen.ts';

const SS = `LISTEN 4      3        10.77.0.1:9999 0.0.0.0:*
\t skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d12)
LISTEN 0      5              *:9997       *:*
\t skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d0)
LISTEN 0      5           [::]:9998    [::]:*    skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d3)
LISTEN 0      511    [fd00::1]:80      [::]:*
`;

test('queue, limit and drops of each listener are read, on one line or two', () => {
  const queue = (acceptQueueLength: number, acceptQueueLimit: number) => ({
    acceptQueueLength,
    acceptQueueLimit,
  });
  expect(readListenSockets(SS)).toEqual([
    { localAddress: '10.77.0.1', localPort: 9999, ...queue(4, 3), drops: 12 },
    { localAddress: '*', localPort: 9997, ...queue(0, 5), drops: 0 },
    { localAddress: '::', localPort: 9998, ...queue(0, 5), drops: 3 },
    { localAddress: 'fd00::1', localPort: 80, ...queue(0, 511) },
  ]);
});

test('a kernel before 4.7 does not count drops', () => {
  const [socket] = readListenSockets(
    'LISTEN 0 2 0.0.0.0:9999 0.0.0.0:* skmem:(r0,rb87380,t0,tb16384,f0,w0,o0,bl0)\n',
  );
  expect(socket).not.toHaveProperty('drops');
});

test('nothing listening is no row', () => {
  expect(readListenSockets('\n')).toEqual([]);
});

test.each([
  ['Cannot open netlink socket: Protocol not supported', 'Line 1'],
  [`${SS}LISTEN 0 x 1.2.3.4:9 0.0.0.0:*\n`, 'Line 7: no row of a listening socket'],
])('what is no row of a listener is unreadable (%#)', (text, message) => {
  expect(() => readListenSockets(text)).toThrow(message);
});
