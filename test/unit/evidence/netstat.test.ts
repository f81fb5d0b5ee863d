import { expect, test } from 'vitest';
import { readCounters } from '../../../harness/evidence/netstat.ts';

const NETSTAT = `TcpExt: SyncookiesSent EmbryonicRsts ListenOverflows ListenDrops TCPTimeouts
TcpExt: 1 0 2 3 4
IpExt: InNoRoutes InOctets
IpExt: 0 18446744073709551615
MPTcpExt: MPCapableSYNRX MPCapableSYNTX
MPTcpExt: 0
`;

const SNMP = `Ip: Forwarding DefaultTTL
Ip: 2 64
IcmpMsg:${' '}
IcmpMsg:${' '}
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens
Tcp: 1 200 120000 -1 0 4
`;

test('TcpExt and Tcp counters have the kernel names, and other protocols are left out', () => {
  expect([...readCounters(NETSTAT)]).toEqual([
    ['SyncookiesSent', 1],
    ['EmbryonicRsts', 0],
    ['ListenOverflows', 2],
    ['ListenDrops', 3],
    ['TCPTimeouts', 4],
  ]);
  expect(readCounters(SNMP).get('PassiveOpens')).toBe(4);
  expect(readCounters(SNMP).get('MaxConn')).toBe(-1);
  expect(readCounters(NETSTAT + SNMP).size).toBe(11);
});

test('a counter this kernel does not have is absent, not 0', () => {
  expect(readCounters(NETSTAT).has('TCPReqQFullDrop')).toBe(false);
});

test.each([
  ['TcpExt: A B\nTcpExt: 1\n', 'Line 2: TcpExt has 1 values for 2 counters.'],
  ['Ip: A\nIp: 1\nTcp: A\n', 'Line 3: the values of Tcp do not follow its names.'],
  ['Tcp: A\nTcpExt: 1\n', 'Line 1: the values of Tcp do not follow its names.'],
  ['Tcp: A B\nTcp: 1 x\n', "Line 2: B is 'x', not a whole number."],
  [
    'Tcp: A\nTcp: 9007199254740992\n',
    'Line 2: A is 9007199254740992, beyond the exact integers of this program.',
  ],
  ['nothing of the sort', "Line 1: a protocol and a colon expected, not 'nothing of the sort'."],
  ['Ip: A\nIp: 1\n', 'Line 1: neither TcpExt nor Tcp counters follow.'],
  ['', "Line 1: a protocol and a colon expected, not ''."],
])('%j is unreadable, with the line', (text, message) => {
  expect(() => readCounters(text)).toThrow(message);
});

test('the largest exact number is read exactly', () => {
  expect(readCounters('Tcp: A\nTcp: 9007199254740991\n').get('A')).toBe(9007199254740991);
});
