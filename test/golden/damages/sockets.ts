/** Socket tables, and what `ss` shows of the listener. */
import { snapshotFile } from '../../../harness/domain/evidence.ts';
import {
  dropsRecounted,
  edited,
  recounted,
  substituted,
  textOf,
  withoutLines,
} from '../../helpers/damage.ts';
import { fixture } from '../../helpers/fixtures.ts';
import { closing, FOOLED, LISTEN_AGAIN, OVERFLOW, row, type SingleDamage } from './recorded.ts';

export const SOCKETS: readonly SingleDamage[] = [
  {
    what: 'a connection is missing in the server’s table',
    of: OVERFLOW,
    damage: withoutLines(closing('server', 'tcp'), row(OVERFLOW, 1)),
    names: 'the server’s kernel has what it opened: connections in the server’s socket table 2',
    breaks: 'the server’s kernel has what it opened',
  },
  {
    what: 'a connection is missing in the client’s table',
    of: OVERFLOW,
    damage: withoutLines(closing('client', 'tcp'), row(OVERFLOW, 1)),
    names:
      'the client’s kernel has what its clients have: connections in the client’s socket table 2',
    breaks: 'the client’s kernel has what its clients have',
  },
  {
    what: 'a row of the server’s table is of another port',
    of: OVERFLOW,
    damage: substituted(closing('server', 'tcp'), /:270F(?= [\dA-F]{8}:[\dA-F]{4} 01)/, ':2710'),
    names: 'the server’s kernel has what it opened',
  },
  {
    what: 'a request is missing while the gate is closed',
    of: FOOLED,
    damage: edited(snapshotFile('held-back', 'server', 'tcp'), (text) =>
      text.replace(/.* 03 0{8}:.*\n/, ''),
    ),
    names: 'SYN-RECV 1 for 2',
    claims: ['000-b'],
  },
  {
    what: 'a request is still there in the end',
    of: FOOLED,
    damage: edited(closing('server', 'tcp'), (text) => {
      const request = / {3}\d+: .* 03 0{8}:.*\n/.exec(
        textOf(fixture(FOOLED), snapshotFile('held-back', 'server', 'tcp')),
      );
      return `${text}${request?.[0]}`;
    }),
    names: 'SYN-RECV 2 for 2, later 1',
    verdict: 'contradicted',
    claims: ['000-b'],
  },
  {
    what: 'the listener counts one drop more',
    of: OVERFLOW,
    damage: dropsRecounted(1),
    names: 'drops of the listener by ss 4',
    breaks: 'refused SYNs and dropped ACKs make the listener’s drops',
  },
  {
    what: 'ss does not show the listener’s drops',
    of: OVERFLOW,
    damage: withoutLines(closing('server', 'ss-listen'), /skmem/),
    names: 'drops of the listener by ss unknown',
  },
  {
    what: 'the queue was not empty at first',
    of: OVERFLOW,
    damage: substituted(snapshotFile('opening', 'server', 'ss-listen'), 'LISTEN 0', 'LISTEN 1'),
    names: 'the accept queue was empty at first',
    breaks: 'the accept queue was empty at first',
  },
  {
    what: 'Send-Q is larger than announced',
    of: OVERFLOW,
    damage: edited(closing('server', 'ss-listen'), (text) =>
      text.replace(/^(LISTEN \d+ +)2/, '$15'),
    ),
    names: 'the limit that the server announced last: announced limit 2',
    breaks: 'the limit that the server announced last',
  },
  {
    what: 'Send-Q is larger before listening again',
    of: LISTEN_AGAIN,
    damage: edited(snapshotFile('full', 'server', 'ss-listen'), (text) =>
      text.replace(/^(LISTEN \d+ +)16/, '$164'),
    ),
    names: 'Send-Q of the listener: the raised limit counts at once',
    claims: ['003-c'],
  },
  {
    what: 'too many were let in before listening again',
    of: LISTEN_AGAIN,
    damage: recounted('full', 'server', 'PassiveOpens', 7),
    names: 'PassiveOpens before listening again and in the end: the raised limit counts at once',
    claims: ['003-c'],
  },
];
