/** A server that is not ours: what is known of it is seen from outside. */
import { snapshotFile } from '../../../harness/domain/evidence.ts';
import { edited, recounted, substituted } from '../../helpers/damage.ts';
import { listenerMissing, type SingleDamage } from './recorded.ts';

const OWN = 'own-server';
const PLACES = 'own-server (places)';
const OVERFLOW = 'own-server (overflow)';

/** An established connection at the server that no process holds: uid, timeout, inode. */
const WAITING = /( 01 \S+ \S+ \S+ +\d+ +\d+ )0 /;

export const OWN_SERVER: readonly SingleDamage[] = [
  {
    what: 'a connection that waits seems to be held by a process',
    of: OWN,
    damage: edited(snapshotFile('closing', 'server', 'tcp'), (text) =>
      text.replace(WAITING, '$177 '),
    ),
    names: 'the accept queue holds what was opened and not accepted',
    breaks: 'the accept queue holds what was opened and not accepted',
  },
  {
    what: 'the server announced another limit',
    of: OWN,
    damage: substituted('server.jsonl', '"acceptQueueLimit":5', '"acceptQueueLimit":6'),
    names: 'the limit that the server announced at first',
    breaks: 'the limit that the server announced at first',
  },
  {
    what: 'one connection more was opened before the server was frozen',
    of: OWN,
    damage: recounted('frozen', 'server', 'PassiveOpens', 1),
    names: 'waiting when frozen + PassiveOpens since then: 5',
    claims: [PLACES],
  },
  {
    what: 'one overflow more was counted before the server was frozen',
    of: OWN,
    damage: recounted('frozen', 'server', 'ListenOverflows', 1),
    names: 'ListenOverflows while it was frozen: 3',
    claims: [OVERFLOW],
  },
  ...['idle', 'frozen', 'thawed'].map((snapshot) => listenerMissing(OWN, snapshot)),
];
