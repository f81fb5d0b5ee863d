import { expect, test } from 'vitest';
import type {
  KernelTrace,
  Observations,
  TraceEvent,
} from '../../../harness/domain/observations.ts';
import {
  crossTestimonies,
  eventsInWindow,
  ignoredFinalAcks,
  otherDropEvents,
  overflowEvents,
  traceObstacle,
} from '../../../harness/verdict/trace-figures.ts';
import { buildFooled, buildObservations, buildWaiting } from '../../helpers/build-observations.ts';

const event = (atMs: number, name: string, fields: TraceEvent['fields'] = {}): TraceEvent => ({
  atMs,
  name,
  fields,
});

const drop = (atMs: number, reason: string): TraceEvent => event(atMs, 'kfree_skb', { reason });

const opened = (atMs: number): TraceEvent =>
  event(atMs, 'inet_sock_set_state', { oldstate: 'TCP_SYN_RECV', newstate: 'TCP_ESTABLISHED' });

const admitted = (atMs: number): TraceEvent =>
  event(atMs, 'inet_sock_set_state', { oldstate: 'TCP_LISTEN', newstate: 'TCP_SYN_RECV' });

/** As the kernel traces a client that waits and one that is fooled. */
const TRACE: KernelTrace = {
  events: [
    admitted(1.1),
    opened(1.2),
    event(1_002, 'tcp_retransmit_synack'),
    drop(1_002.1, 'TCP_LISTEN_OVERFLOW'),
    event(2_502, 'tcp_retransmit_synack'),
    drop(2_502.1, 'TCP_LISTEN_OVERFLOW'),
  ],
  traced: new Set([
    'inet_sock_set_state',
    'tcp_retransmit_synack',
    'tcp_send_reset',
    'kfree_skb',
    'TCP_LISTEN_OVERFLOW',
  ]),
  lost: 0,
  listenerKnown: true,
};

const seenWith = (changes: Partial<KernelTrace> = {}): Observations =>
  buildObservations([buildWaiting(1, 1), buildFooled(2, 2, [0, 1_000, 2_500])], {
    trace: { ...TRACE, ...changes },
  });

test('drops are told apart by their reason, and only those between the snapshots count', () => {
  const events = [drop(-60, 'TCP_LISTEN_OVERFLOW'), drop(5, 'NOT_SPECIFIED'), ...TRACE.events];
  const seen = seenWith({ events: [...events, drop(2_700, 'TCP_LISTEN_OVERFLOW')] });
  expect(overflowEvents(seen)).toBe(2);
  expect(otherDropEvents(seen)).toBe(1);
  expect(eventsInWindow(seen)).toHaveLength(TRACE.events.length + 1);
});

test('without both snapshots there is no window, and nothing is counted', () => {
  expect(eventsInWindow({ ...seenWith(), snapshots: new Map() })).toEqual([]);
});

test('an ACK had no effect if the server answers it; of the last one nobody knows', () => {
  expect(ignoredFinalAcks(seenWith())).toBe(1);
  const seen = seenWith();
  const reset = { ...buildFooled(2, 2, [0, 1_000, 2_500]).connection, resets: [] };
  const answered = { ...reset, resets: [{ atMs: 2_502.2, from: 'server' as const }] };
  expect(ignoredFinalAcks({ ...seen, connections: [reset] })).toBe(1);
  expect(ignoredFinalAcks({ ...seen, connections: [answered] })).toBe(2);
  const ended = { ...reset, resets: [{ atMs: 2_502.2, from: 'client' as const }] };
  expect(ignoredFinalAcks({ ...seen, connections: [ended] })).toBe(1);
});

test('a trace that all other witnesses agree with can be believed', () => {
  expect(traceObstacle(seenWith())).toBeUndefined();
  expect(crossTestimonies(seenWith()).map(({ says }) => says)).toEqual([
    'tcp_retransmit_synack events: 2',
    'SYN-ACK retransmissions in the capture: 2',
    'tcp_send_reset events: 0',
    'RSTs from the server in the capture: 0',
    'inet_sock_set_state events: 1',
    'PassiveOpens: 1',
  ]);
});

const without = (name: string): ReadonlySet<string> =>
  new Set([...TRACE.traced].filter((traced) => traced !== name));

function ofOrdinaryUser(): Observations {
  const seen = buildObservations([]);
  return { ...seen, surroundings: { ...seen.surroundings, privilege: 'user-namespace' } };
}

const cutOff: KernelTrace = { events: TRACE.events, traced: new Set(), listenerKnown: true };

test.each<[string, Observations, string]>([
  ['not taken as root', buildObservations([]), 'tracefs was not there'],
  ['of an ordinary user', ofOrdinaryUser(), 'need root of the machine'],
  ['cut off', { ...seenWith(), trace: cutOff }, 'does not say whether it is complete'],
  ['lossy', seenWith({ lost: 3 }), 'the kernel lost 3 trace events'],
  [
    'without drops',
    seenWith({ traced: without('kfree_skb') }),
    'a drop event of this kernel names no socket',
  ],
  [
    'without the reason',
    seenWith({ traced: without('TCP_LISTEN_OVERFLOW') }),
    'no drop reason TCP_LISTEN_OVERFLOW',
  ],
  ['of an unknown listener', seenWith({ listenerKnown: false }), 'kernel.kptr_restrict'],
  [
    'with a SYN-ACK too many',
    seenWith({ events: [...TRACE.events, event(9, 'tcp_retransmit_synack')] }),
    'tcp_retransmit_synack events 3, SYN-ACK retransmissions in the capture 2',
  ],
  [
    'with a RST too many',
    seenWith({ events: [...TRACE.events, event(9, 'tcp_send_reset')] }),
    'tcp_send_reset events 1, RSTs from the server in the capture 0',
  ],
  [
    'with a connection too few',
    seenWith({ events: TRACE.events.slice(2) }),
    'inet_sock_set_state events 0, PassiveOpens 1',
  ],
])('a trace %s decides nothing', (_, seen, reason) => {
  expect(traceObstacle(seen)?.reason).toContain(reason);
});

test('an event that this kernel does not have is no contradiction', () => {
  const seen = seenWith({
    traced: without('tcp_retransmit_synack'),
    events: TRACE.events.filter(({ name }) => name !== 'tcp_retransmit_synack'),
  });
  expect(traceObstacle(seen)).toBeUndefined();
  expect(crossTestimonies(seen)).toHaveLength(4);
});
