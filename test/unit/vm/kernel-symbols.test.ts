/** Drops by place: what 5.10, 6.1 and 6.12 record, none of which has TCP_LISTEN_OVERFLOW. */
import { describe, expect, test } from 'vitest';
import { withSymbols } from '../../../harness/collect/kernel-symbols.ts';
import type { Observations, TraceEvent } from '../../../harness/domain/observations.ts';
import { readTraceEvents } from '../../../harness/evidence/trace-events.ts';
import { parseRelease, unameOf } from '../../../harness/kernel/release.ts';
import {
  otherDropEvents,
  overflowEventName,
  overflowEvents,
  traceObstacle,
} from '../../../harness/verdict/trace-figures.ts';
import { buildFooled, buildObservations, buildWaiting } from '../../helpers/build-observations.ts';

describe('names in the place of addresses', () => {
  const SYMBOLS = [
    'ffffffff81000000 T _text',
    'ffffffff81a00000 T tcp_v4_rcv',
    'ffffffff81a01000 d some_data',
    'ffffffff81a02000 t ip_local_deliver_finish\t[some_module]',
    '',
  ].join('\n');
  const lineAt = (location: string): string =>
    `  <idle>-0 [000] ..s. 12.345678: kfree_skb: skbaddr=00000000a1b2c3d4 protocol=2048 location=${location}`;

  test.each([
    ['ffffffff81a00000', 'tcp_v4_rcv'],
    ['0xffffffff81a01fff', 'tcp_v4_rcv'],
    ['ffffffff81a02001', 'ip_local_deliver_finish'],
  ])('%s is in %s', (address, name) => {
    expect(withSymbols(lineAt(address), () => SYMBOLS)).toBe(lineAt(name));
  });

  test.each([
    ['an address before all of them', '0000000000001000', SYMBOLS],
    [
      'a kernel that hides them',
      'ffffffff81a00000',
      SYMBOLS.replaceAll(/^\w{16}/gm, '0'.repeat(16)),
    ],
    ['a kernel without such a file', 'ffffffff81a00000', ''],
    ['a name already', 'tcp_v4_rcv+0x1/0x2', SYMBOLS],
  ])('%s stays', (_, location, symbols) => {
    expect(withSymbols(lineAt(location), () => symbols)).toBe(lineAt(location));
  });

  test('nobody reads the names where no address is', () => {
    const unread = (): string => {
      throw new Error('read');
    };
    expect(withSymbols('# tracer: nop\n', unread)).toBe('# tracer: nop\n');
  });
});

describe('drops on a kernel that does not name overflows', () => {
  const TRACED = ['inet_sock_set_state', 'tcp_retransmit_synack', 'tcp_send_reset', 'kfree_skb'];
  const drop = (fields: string): string =>
    `  swapper-0 [000] ..s. 0.900000: kfree_skb: skbaddr=00000000a1b2c3d4 protocol=2048 ${fields}`;
  const seenWith = (kernelRelease: string, lines: readonly string[]): Observations => {
    const events = readTraceEvents(lines.join('\n')).map(
      ({ monotonicMs, name, fields }): TraceEvent => ({ atMs: monotonicMs, name, fields }),
    );
    const seen = buildObservations([buildWaiting(1, 1), buildFooled(2, 2, [0, 1_000, 2_500])], {
      trace: { events, traced: new Set([...TRACED, 'every-drop']), lost: 0, listenerKnown: true },
    });
    return { ...seen, surroundings: { ...seen.surroundings, kernelRelease } };
  };

  test('5.10 knows no reasons: the place tells which drops may be final ACKs', () => {
    const seen = seenWith('5.10.223', [
      drop('location=tcp_v4_rcv'),
      drop('location=tcp_v4_rcv'),
      drop('location=tcp_v6_rcv'),
      drop('location=nf_hook_slow'),
      drop('location=ip_rcv_core'),
    ]);
    expect(overflowEvents(seen)).toBe(3);
    // One final ACK, by packets, was ignored: the others are something else.
    expect(otherDropEvents(seen)).toBe(2);
    expect(overflowEventName(seen)).toContain('6.15');
  });

  test('6.1 and 6.12 have reasons, and the place may be a hashed address', () => {
    for (const release of ['6.1.0-50-cloud-amd64', '6.12.107+deb13-cloud-amd64']) {
      const seen = seenWith(release, [
        drop('location=00000000f00dcafe reason: NOT_SPECIFIED'),
        drop('location=tcp_v4_rcv+0x7b/0xd80 reason: NOT_SPECIFIED'),
        drop('location=nf_hook_slow+0xa5/0xe0 reason: NETFILTER_DROP'),
        drop('location=tcp_rcv_state_process+0x1/0x2 reason: TCP_FLAGS'),
      ]);
      expect(overflowEvents(seen)).toBe(2);
      expect(otherDropEvents(seen)).toBe(1);
    }
  });

  test('6.15 without the reason is an obstacle, 6.14 is not for that', () => {
    const reasonOn = (release: string): string | undefined =>
      traceObstacle(seenWith(release, []))?.reason;
    expect(reasonOn('6.15.0')).toContain('TCP_LISTEN_OVERFLOW');
    expect(reasonOn('6.14.0')).not.toContain('TCP_LISTEN_OVERFLOW');
  });
});

describe('uname -rv', () => {
  test.each([
    ['6.1.0-50-cloud-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-08-29)', 176, true],
    ['6.1.0-50-cloud-amd64', undefined, 0, false],
    ['6.1.0-50-cloud-amd64', '#1 SMP', 0, false],
    ['6.12.107+deb13-cloud-amd64', '#1 SMP Debian 6.12.107-1 (2026-10-01)', 107, true],
    // Somebody's own build, of another series than the package that it is called after.
    ['5.10.0-32-amd64', '#1 SMP Debian 6.1.176-1 (2026-08-29)', 0, false],
    ['5.15.0-91-generic', '#101~20.04.1-Ubuntu SMP Thu Nov 16', 0, false],
  ])('%s %s', (kernelRelease, kernelVersion, patch, patchIsKnown) => {
    const uname = unameOf({
      kernelRelease,
      ...(kernelVersion === undefined ? {} : { kernelVersion }),
    });
    expect(parseRelease(uname)).toMatchObject({ text: kernelRelease, patch, patchIsKnown });
  });
});
