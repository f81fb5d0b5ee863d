import { expect, test } from 'vitest';
import { readListenerPointers, readSocketTable } from '../../../harness/evidence/proc-net-tcp.ts';

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 01004D0A:270F 00000000:0000 0A 00000000:00000004 00:00000000 00000000     0        0 14112 7 00000000fa0e1890 100 0 0 10 0                      
   1: 01004D0A:270F 02004D0A:930E 03 00000000:00000000 01:0000015E 0000000B     0        0 0 0 0000000009565dbc                                      
   2: 02004D0A:92FC 01004D0A:270F 01 0000000A:00000000 00:00000000 00000000     0        0 0 1 0000000045fe8a29 20 0 0 10 -1                         
`;

const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 000000FD000000000000000001000000:270C 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9272 1 000000006f136d67 100 0 0 10 0
   1: 0000000000000000FFFF000001004D0A:270C 0000000000000000FFFF000002004D0A:C1D4 01 00000000:00000000 00:00000000 00000000     0        0 9272 1 000000006f136d68 100 0 0 10 0
`;

test('the queue, the state, the timeouts and the inode of each row are read', () => {
  expect(readSocketTable(TCP, 4)).toEqual([
    {
      localAddress: '10.77.0.1',
      localPort: 9999,
      remoteAddress: '0.0.0.0',
      remotePort: 0,
      state: 'LISTEN',
      txQueue: 0,
      rxQueue: 4,
      retransmits: 0,
      inode: 14112,
    },
    {
      localAddress: '10.77.0.1',
      localPort: 9999,
      remoteAddress: '10.77.0.2',
      remotePort: 37646,
      state: 'SYN-RECV',
      txQueue: 0,
      rxQueue: 0,
      retransmits: 11,
      inode: 0,
    },
    {
      localAddress: '10.77.0.2',
      localPort: 37628,
      remoteAddress: '10.77.0.1',
      remotePort: 9999,
      state: 'ESTABLISHED',
      txQueue: 10,
      rxQueue: 0,
      retransmits: 0,
      inode: 0,
    },
  ]);
});

test('IPv6 addresses are read word by word, and IPv4-mapped ones as IPv4', () => {
  const rows = readSocketTable(TCP6, 6);
  expect(rows.map((row) => row.localAddress)).toEqual(['fd00::1', '10.77.0.1']);
  expect(rows.map((row) => row.remoteAddress)).toEqual(['::', '10.77.0.2']);
});

test('a request socket in the kernel numbering of 4.4 is in SYN-RECV too', () => {
  const rows = readSocketTable(TCP.replace(' 03 ', ' 0C '), 4);
  expect(rows[1]?.state).toBe('SYN-RECV');
});

test('a table without rows has none', () => {
  expect(readSocketTable(`${TCP.split('\n')[0]}\n`, 4)).toEqual([]);
});

test.each([
  ['', "Line 1: the heading of a socket table ('sl local_address ...') is missing."],
  [TCP.slice(0, 350), 'Line 3: no row of a socket table'],
  [TCP.replace(' 01 ', ' 7F '), 'Line 4: unknown socket state 7F.'],
  [TCP6, 'Line 2: no row of a socket table'],
])('what is no IPv4 table is unreadable, with the line (%#)', (text, message) => {
  expect(() => readSocketTable(text, 4)).toThrow(message);
});

test("the listener's address in kernel memory is found by its port", () => {
  expect(readListenerPointers(TCP, 9999)).toEqual(['00000000fa0e1890']);
  expect(readListenerPointers(TCP6, 9996)).toEqual(['000000006f136d67']);
  expect(readListenerPointers(TCP, 9998)).toEqual([]);
  expect(readListenerPointers(TCP.replace('fa0e1890', '00000000'), 9999)).toEqual([]);
  expect(readListenerPointers(TCP.replace('00000000fa0e1890', 'ffff8881fa0e1890'), 9999)).toEqual(
    [],
  );
});
