import { expect, test } from 'vitest';
import { readTraceEnding, readTraceEvents } from '../../../harness/evidence/trace-events.ts';

const TRACE = `# tracer: nop
#
# entries-in-buffer/entries-written: 91/91   #P:2
#
#                                _-----=> irqs-off/BH-disabled
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /     delay
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
     kworker/1:1-41      [001] ..s1.  1156.284237: kfree_skb: skbaddr=00000000998b41a1 rx_sk=0000000000000000 protocol=34525 location=ip6_mc_input+0x15e/0x270 reason: NOT_SPECIFIED
         python3-8011    [001] .....  1156.383673: inet_sock_set_state: family=AF_INET protocol=IPPROTO_TCP sport=9999 dport=0 saddr=10.77.0.1 daddr=0.0.0.0 saddrv6=::ffff:10.77.0.1 daddrv6=::ffff:0.0.0.0 oldstate=TCP_CLOSE newstate=TCP_LISTEN
          <idle>-0       [000] ..s1.  1158.072094: tcp_retransmit_synack: family=AF_INET sport=9999 dport=37672 saddr=10.77.0.1 daddr=10.77.0.2 saddrv6=::ffff:10.77.0.1 daddrv6=::ffff:10.77.0.2
     ksoftirqd/0-14      [000] ..s..  1158.072187: kfree_skb: skbaddr=000000003dbacc61 rx_sk=00000000fa0e1890 protocol=2048 location=tcp_v4_rcv+0x91/0x13f0 reason: TCP_LISTEN_OVERFLOW
CPU:1 [LOST 5 EVENTS]
         python3-8011    [000] b..1.  1160.593676: tcp_send_reset: skbaddr=0000000000000000 skaddr=0000000045fe8a29 src=10.77.0.1:9999 dest=10.77.0.2:37628 state=TCP_CLOSE reason=TCP_STATE
`;

test('events are read with their time in milliseconds and their fields as text', () => {
  const events = readTraceEvents(TRACE);
  expect(events.map(({ monotonicMs, name }) => [monotonicMs, name])).toEqual([
    [1156284.237, 'kfree_skb'],
    [1156383.673, 'inet_sock_set_state'],
    [1158072.094, 'tcp_retransmit_synack'],
    [1158072.187, 'kfree_skb'],
    [1160593.676, 'tcp_send_reset'],
  ]);
  expect(events[3]?.fields).toEqual({
    skbaddr: '000000003dbacc61',
    rx_sk: '00000000fa0e1890',
    protocol: '2048',
    location: 'tcp_v4_rcv+0x91/0x13f0',
    reason: 'TCP_LISTEN_OVERFLOW',
  });
  expect(events[1]?.fields).toMatchObject({
    family: 'AF_INET',
    sport: '9999',
    dport: '0',
    daddrv6: '::ffff:0.0.0.0',
    newstate: 'TCP_LISTEN',
  });
});

const eventOf = (line: string) => readTraceEvents(line)[0];

test.each([
  ['  <idle>-0     [000] ..s1.  1158.072094: x: a=1', 1158072.094],
  ['  Web Content-2-12  [001] d.h2  5.5: x: a=1', 5500],
  ['  node-1234  (   1234) [001] .....  7.000001: x: a=1', 7000.001],
  ['  node-1234  [001]  1234.000500: x: a=1', 1234000.5],
])('the columns before the time do not matter: %s', (line, monotonicMs) => {
  expect(eventOf(line)).toEqual({ monotonicMs, name: 'x', fields: { a: '1' } });
});

test('a value may hold blanks', () => {
  const line = '  a-1 [000] ..... 1.000000: kfree_skb: location=f+0x1/0x2 [nf_tables] reason: X';
  expect(eventOf(line)?.fields).toEqual({ location: 'f+0x1/0x2 [nf_tables]', reason: 'X' });
});

test('of a line that is cut off nothing is read, and the others are kept', () => {
  expect(readTraceEvents(`${TRACE}     python3-7810    [000] b..1.  11`)).toHaveLength(5);
});

const ENDING = '# traced: tcp_send_reset kfree_skb TCP_LISTEN_OVERFLOW\n# lost: 12\n';

test('the harness says at the end what was traced, and how much was lost', () => {
  expect(readTraceEnding(`${TRACE}${ENDING}`)).toEqual({
    traced: new Set(['tcp_send_reset', 'kfree_skb', 'TCP_LISTEN_OVERFLOW']),
    lost: 12,
  });
});

test.each([...ENDING].map((_, index) => index))('of an ending cut at %i nothing is read', (at) => {
  expect(readTraceEnding(`${TRACE}${ENDING.slice(0, at)}`)).toBeUndefined();
});
