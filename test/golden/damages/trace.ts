/** What the kernel's trace says, or no longer says, and a kernel whose probes see otherwise. */
import { FILES, snapshotFile } from '../../../harness/domain/evidence.ts';
import { all, type Damage, edited, halved, removed, substituted } from '../../helpers/damage.ts';
import type { OtherKernel } from './other-kernels.ts';
import { PROBE, type SingleDamage } from './recorded.ts';

const PROBE_CLAIMS = ['000-f', '000-f (refused SYN)'];

/** Takes the first line away that matches. */
const withoutOne = (what: RegExp): Damage =>
  edited(FILES.trace, (text) => {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => what.test(line));
    return lines.filter((_, index) => index !== at).join('\n');
  });

/** As kernel.kptr_restrict 1 shows the listener to root: by its real address. */
const unhashed = (snapshot: string): Damage =>
  edited(snapshotFile(snapshot, 'server', 'tcp'), (text) =>
    text.replace(/^(.* 0A .*) 0{8}([\da-f]{8}) /m, '$1 ffff8881$2 '),
  );

const OVERFLOW_EVENT = /kfree_skb: .*TCP_LISTEN_OVERFLOW/;

/** A drop at the listener for another reason, right behind the first one. */
const droppedOtherwise: Damage = edited(FILES.trace, (text) =>
  text.replace(/^.*kfree_skb: .*TCP_LISTEN_OVERFLOW\n/m, (line) => {
    const other = line.replace('TCP_LISTEN_OVERFLOW', 'NOT_SPECIFIED');
    return `${line}${other}${other}`;
  }),
);

export const TRACE: readonly SingleDamage[] = [
  {
    what: 'no trace was taken',
    damage: removed(FILES.trace),
    names: 'no kernel trace was taken',
  },
  {
    what: 'the trace is cut',
    damage: halved(FILES.trace),
    names: 'the trace does not say whether it is complete',
  },
  {
    what: 'the kernel lost trace events',
    damage: substituted(FILES.trace, '# lost: 0', '# lost: 7'),
    names: 'the kernel lost 7 trace events',
  },
  {
    what: 'the kernel has no reason for such drops',
    damage: substituted(FILES.trace, /(# traced: .*) TCP_LISTEN_OVERFLOW/, '$1'),
    names: 'this kernel has no drop reason TCP_LISTEN_OVERFLOW',
  },
  {
    what: 'the kernel hides which listener is ours',
    damage: all(unhashed('opening'), unhashed('closing')),
    names: 'kernel.kptr_restrict',
  },
  {
    what: 'the trace lacks a repeated SYN-ACK',
    damage: withoutOne(/tcp_retransmit_synack/),
    names: 'tcp_retransmit_synack events 2, SYN-ACK retransmissions in the capture 3',
  },
  {
    what: 'the trace lacks a RST',
    damage: withoutOne(/tcp_send_reset/),
    names: 'tcp_send_reset events 0, RSTs from the server in the capture 1',
  },
  {
    what: 'the trace lacks a connection',
    damage: withoutOne(/newstate=TCP_ESTABLISHED/),
    names: 'inet_sock_set_state events 2, PassiveOpens 3',
  },
].map((damaged) => ({ ...damaged, of: PROBE, claims: PROBE_CLAIMS }));

export const OTHER_PROBES: readonly OtherKernel[] = [
  {
    what: 'a dropped final ACK fires no event',
    of: PROBE,
    damage: withoutOne(OVERFLOW_EVENT),
    contradicts: { '000-f': '1 of 2 seen' },
  },
  {
    what: 'a refused SYN fires two events',
    of: PROBE,
    damage: droppedOtherwise,
    contradicts: { '000-f (refused SYN)': '2 of 1 seen' },
  },
];

/** What another program of the machine did on the same port at the same time. */
export const FOREIGN_EVENTS: Damage = edited(FILES.trace, (text) =>
  text.replace(/^.*(?:kfree_skb|tcp_send_reset|tcp_retransmit_synack): .*\n/gm, (line) =>
    [line, line.replace(/(rx_sk|skaddr)=0{8}[\da-f]{8}/, '$1=0000000012345678')]
      .map((copy, index) => (index === 0 ? copy : copy.replace(/dport=\d+/, 'dport=1')))
      .join(''),
  ),
);
