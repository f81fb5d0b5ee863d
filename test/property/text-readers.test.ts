import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SocketRow } from '../../harness/domain/tcp.ts';
import { readCounters } from '../../harness/evidence/netstat.ts';
import { readSocketTable } from '../../harness/evidence/proc-net-tcp.ts';

const counterName = fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,20}$/);
const counters = fc.uniqueArray(fc.tuple(counterName, fc.maxSafeInteger()), {
  minLength: 1,
  selector: ([name]) => name,
});

const printPair = (protocol: string, pairs: readonly (readonly [string, number])[]): string =>
  `${protocol}: ${pairs.map(([name]) => name).join(' ')}\n` +
  `${protocol}: ${pairs.map(([, value]) => value).join(' ')}\n`;

test('counters read back as they were printed, whatever stands around them', () => {
  fc.assert(
    fc.property(counters, counters, (kept, others) => {
      const text = printPair('IpExt', others) + printPair('TcpExt', kept);
      expect([...readCounters(text)]).toEqual(kept);
    }),
  );
});

const STATE_NUMBERS: readonly (readonly [SocketRow['state'], string])[] = [
  ['ESTABLISHED', '01'],
  ['SYN-RECV', '03'],
  ['TIME-WAIT', '06'],
  ['LISTEN', '0A'],
];

const address = fc.ipV4();
const port = fc.integer({ min: 0, max: 65535 });
const count = fc.integer({ min: 0, max: 0xffffffff });

const row = fc.record<SocketRow>({
  localAddress: address,
  localPort: port,
  remoteAddress: address,
  remotePort: port,
  state: fc.constantFrom(...STATE_NUMBERS.map(([state]) => state)),
  txQueue: count,
  rxQueue: count,
  retransmits: count,
  inode: fc.nat(),
});

const hex = (value: number, digits: number): string =>
  value.toString(16).toUpperCase().padStart(digits, '0');

const printIpv4 = (dotted: string): string =>
  dotted
    .split('.')
    .map((byte) => hex(Number(byte), 2))
    .reverse()
    .join('');

const HEADING = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n';

const printRow = (end: (dotted: string) => string) => (socket: SocketRow, index: number) =>
  [
    `${String(index).padStart(4)}:`,
    `${end(socket.localAddress)}:${hex(socket.localPort, 4)}`,
    `${end(socket.remoteAddress)}:${hex(socket.remotePort, 4)}`,
    new Map(STATE_NUMBERS).get(socket.state),
    `${hex(socket.txQueue, 8)}:${hex(socket.rxQueue, 8)}`,
    '00:00000000',
    `${hex(socket.retransmits, 8)}     0        0 ${socket.inode} 1 0000000046a8fb7a 20 0 0 10 -1\n`,
  ].join(' ');

test('a socket table reads back as it was printed', () => {
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const text = HEADING + rows.map(printRow(printIpv4)).join('');
      expect(readSocketTable(text, 4)).toEqual(rows);
    }),
  );
});

test('IPv4 sockets in the IPv6 table read back as IPv4', () => {
  const mapped = (dotted: string): string => `0000000000000000FFFF0000${printIpv4(dotted)}`;
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const text = HEADING + rows.map(printRow(mapped)).join('');
      expect(readSocketTable(text, 6)).toEqual(rows);
    }),
  );
});
