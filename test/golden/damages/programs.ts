/** What clients and server say. */
import { FILES } from '../../../harness/domain/evidence.ts';
import { edited, substituted, withoutLines } from '../../helpers/damage.ts';
import {
  ABORT,
  FOOLED,
  LISTEN_AGAIN,
  OVERFLOW,
  portOf,
  type SingleDamage,
  SWARM,
} from './recorded.ts';

export const PROGRAMS: readonly SingleDamage[] = [
  {
    what: 'an outcome is missing',
    of: OVERFLOW,
    damage: withoutLines(SWARM, /timed-out/),
    names: 'every attempt has an outcome: clients with a story 4, clients with an outcome 3',
    breaks: 'every attempt has an outcome',
  },
  {
    what: 'a client says that it is connected and is not',
    of: OVERFLOW,
    damage: substituted(SWARM, '"timed-out","by":"own-timer"', '"connected"'),
    names: 'who got a SYN-ACK is connected: connected clients 4',
    breaks: 'who got a SYN-ACK is connected',
  },
  {
    what: 'a client says that it timed out and is connected',
    of: FOOLED,
    damage: substituted(SWARM, '"connected"', '"timed-out","by":"own-timer"'),
    names: 'who got a SYN-ACK is connected: connected clients 3',
    breaks: 'every client’s story is that of its packets',
  },
  {
    what: 'a client failed for want of files',
    of: OVERFLOW,
    damage: substituted(
      SWARM,
      '"timed-out","by":"own-timer"',
      '"failed","stage":"connecting","code":"EMFILE"',
    ),
    names: 'every attempt sent a SYN: attempts of the clients 3',
  },
  {
    what: 'a client tells another port',
    of: OVERFLOW,
    damage: substituted(SWARM, `"localPort":${portOf(OVERFLOW, 1)}`, '"localPort":1'),
    names: 'every client’s story is that of its packets: clients with a known port 4',
    breaks: 'every client’s story is that of its packets',
  },
  {
    what: 'a client tells nothing at all',
    of: OVERFLOW,
    damage: withoutLines(SWARM, /"client":4/),
    names:
      'every client of the plan tells its story: clients of the plan 4, clients with a story 3',
    breaks: 'every client of the plan tells its story',
  },
  {
    what: 'an attempt is missing',
    of: OVERFLOW,
    damage: withoutLines(SWARM, /"attempt".*"client":2/),
    names: 'swarm-*.jsonl: Events without an attempt',
  },
  {
    what: 'a line is cut',
    of: OVERFLOW,
    damage: substituted(SWARM, '"event":"timed-out"', '"event":"timed'),
    names: 'swarm-0.jsonl: Line 9: not JSON',
  },
  {
    what: 'the fooled client does not say that it waited in vain',
    of: FOOLED,
    damage: withoutLines(SWARM, /"read-timed-out".*"client":3/),
    names: 'ends of the fooled clients',
    claims: ['001-c'],
  },
  {
    what: 'the reset client does not say so',
    of: ABORT,
    damage: withoutLines(SWARM, /"reset"/),
    names: 'ends of the fooled clients: held, read-timed-out',
    claims: ['001-c'],
  },
  {
    what: 'clients that were refused say that they were let in at once',
    of: LISTEN_AGAIN,
    damage: edited(SWARM, (text) => connectedAtOnce(text)),
    names: 'clients connected at once and in the end: the raised limit counts at once',
    claims: ['003-c'],
  },
  {
    what: 'the server announces another limit',
    of: OVERFLOW,
    damage: substituted(FILES.serverEvents, '"acceptQueueLimit":2', '"acceptQueueLimit":3'),
    names: 'the limit that the server announced last: announced limit 3',
    breaks: 'the limit that the server announced last',
  },
  {
    what: 'the server announces another first limit',
    of: LISTEN_AGAIN,
    damage: substituted(FILES.serverEvents, '"acceptQueueLimit":16', '"acceptQueueLimit":64'),
    names: 'the limit that the server announced at first: announced limit 64',
    breaks: 'the limit that the server announced at first',
  },
  {
    what: 'the server says nothing of listening again',
    of: LISTEN_AGAIN,
    damage: withoutLines(FILES.serverEvents, /listening-again/),
    names: 'server.jsonl: The server says 1 times that it listens',
  },
  {
    what: 'the server says that it accepted',
    of: OVERFLOW,
    damage: edited(
      FILES.serverEvents,
      (text) => `${text}{"event":"accepted","monotonicMs":1,"remoteAddress":"","remotePort":1}\n`,
    ),
    names: 'PassiveOpens − accepted connections 2',
  },
];

/** Every connect(2) lasts one millisecond. */
export function connectedAtOnce(text: string): string {
  const startedMs = new Map<string, number>();
  const lines = text.split('\n').map((line) => {
    const [, event = '', atMs = '', client = ''] =
      /"event":"(\w+)".*"monotonicMs":([\d.]+),"client":(\d+)/.exec(line) ?? [];
    if (event === 'attempt') startedMs.set(client, Number(atMs));
    return event === 'connected' ? line.replace(atMs, `${(startedMs.get(client) ?? 0) + 1}`) : line;
  });
  return lines.join('\n');
}
