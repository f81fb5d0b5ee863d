/** Packets that are missing, late or unreadable, and what tcpdump says of them. */
import { FILES } from '../../../harness/domain/evidence.ts';
import {
  captureRecounted,
  edited,
  halved,
  substituted,
  withoutLines,
} from '../../helpers/damage.ts';
import { packetGarbled, packetLost, packetShifted } from '../../helpers/damage-capture.ts';
import { ABORT, closing, FOOLED, OVERFLOW, type SingleDamage } from './recorded.ts';

export const CAPTURE: readonly SingleDamage[] = [
  {
    what: 'a packet is lost from the file',
    of: OVERFLOW,
    damage: packetLost({ flags: '.', nth: 0 }),
    names: 'packets in capture.pcap 17, packets captured, by tcpdump’s own count 18',
    breaks: 'every captured packet is in the file',
  },
  {
    what: 'a first SYN was never captured',
    of: OVERFLOW,
    damage: packetLost({ flags: 'S', nth: 0 }),
    names: 'every attempt sent a SYN',
    breaks: 'every attempt sent a SYN',
  },
  {
    what: 'a repeated SYN was never captured',
    of: OVERFLOW,
    damage: packetLost({ flags: 'S', nth: 5 }),
    names: 'repeated SYNs: SYN retransmissions in the capture 1, TCPSynRetrans of the client 2',
    breaks: 'repeated SYNs',
  },
  {
    what: 'a SYN-ACK was never captured',
    of: OVERFLOW,
    damage: packetLost({ flags: 'S.', nth: 0 }),
    names: 'who got a SYN-ACK is connected',
    breaks: 'refused SYNs and dropped ACKs make the listener’s drops',
  },
  {
    what: 'a repeated SYN-ACK was never captured',
    of: FOOLED,
    damage: packetLost({ flags: 'S.', nth: 6 }),
    names: 'repeated SYN-ACKs: SYN-ACK retransmissions in the capture 2',
    breaks: 'repeated SYN-ACKs',
  },
  {
    what: 'a RST was never captured',
    of: ABORT,
    damage: packetLost({ flags: 'R', nth: 0 }),
    names: 'resets of the server: RSTs from the server in the capture 0, OutRsts of the server 1',
    breaks: 'resets of the server',
  },
  {
    what: 'a packet is garbled',
    of: OVERFLOW,
    damage: packetGarbled({ flags: '.', nth: 0 }),
    names: 'capture.pcap: 1 of 18 packets could not be decoded',
    breaks: 'every packet was understood',
  },
  {
    what: 'a repeated SYN-ACK is off schedule',
    of: FOOLED,
    damage: packetShifted({ flags: 'S.', nth: 6 }, 1_500),
    names: 'repeated SYN-ACKs off schedule: predicted 0, measured 1',
    verdict: 'contradicted',
    claims: ['001-b (ii)'],
  },
  { what: 'the capture is cut', of: OVERFLOW, damage: halved(FILES.capture), names: FILES.capture },
  {
    what: 'tcpdump dropped packets',
    of: OVERFLOW,
    damage: substituted(
      FILES.captureLog,
      /^0 packets dropped by kernel/m,
      '3 packets dropped by kernel',
    ),
    names: 'tcpdump missed no packet: packets dropped by the kernel before tcpdump 3',
    breaks: 'tcpdump missed no packet',
  },
  {
    what: 'tcpdump captured one packet more',
    of: OVERFLOW,
    damage: captureRecounted(1),
    names: 'every captured packet is in the file',
  },
  {
    what: 'the log of tcpdump ends before its last line',
    of: OVERFLOW,
    damage: withoutLines(FILES.captureLog, /^0 packets dropped by kernel/),
    names: 'packets dropped by the kernel before tcpdump unknown',
  },
  {
    what: 'the interface lost a packet',
    of: OVERFLOW,
    damage: edited(closing('server', 'dev'), (text) =>
      text.replace(/(wire: +\d+ +\d+ +\d+ +)0/, '$12'),
    ),
    names: 'the wire lost nothing',
    breaks: 'the wire lost nothing',
  },
];
