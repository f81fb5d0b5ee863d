/** Counters of either kernel, in every snapshot. */
import { snapshotFile } from '../../../harness/domain/evidence.ts';
import { HOSTS, type Host } from '../../../harness/domain/tcp.ts';
import { edited, recounted, withoutLines } from '../../helpers/damage.ts';
import { fixture } from '../../helpers/fixtures.ts';
import {
  ABORT,
  CAPACITIES,
  FOOLED,
  LISTEN_AGAIN,
  listenerMissing,
  OVERFLOW,
  type SingleDamage,
} from './recorded.ts';

/** `Host: counter` by the identity that must break when it counts one more. */
const COUNTED: readonly (readonly [Host, counter: string, identity: string])[] = [
  ['client', 'ActiveOpens', 'every attempt was counted by the client’s kernel'],
  ['client', 'TCPSynRetrans', 'repeated SYNs'],
  ['client', 'OutRsts', 'resets of the client'],
  ['server', 'TCPSynRetrans', 'repeated SYN-ACKs'],
  ['server', 'OutRsts', 'resets of the server'],
  ['server', 'ListenDrops', 'refused SYNs and dropped ACKs make the listener’s drops'],
  ['server', 'ListenOverflows', 'drops beyond overflows are full SYN queues'],
  ['server', 'TCPReqQFullDrop', 'drops beyond overflows are full SYN queues'],
  ['server', 'PassiveOpens', 'the accept queue holds what was opened and not accepted'],
  ['server', 'EstabResets', 'the server’s kernel has what it opened'],
];

export const COUNTERS: readonly SingleDamage[] = [
  ...['opening', 'closing'].flatMap((snapshot) =>
    COUNTED.map(([host, counter, identity]) => ({
      what: `${counter} of the ${host} counts one more, ${snapshot}`,
      of: OVERFLOW,
      damage: recounted(snapshot, host, counter, 1),
      names: identity,
      breaks: identity,
    })),
  ),
  {
    what: 'a request more was reset',
    of: OVERFLOW,
    damage: recounted('closing', 'server', 'EmbryonicRsts', 1),
    names: 'the witnesses disagree: clients fooled: connected − PassiveOpens − EmbryonicRsts -1',
    claims: ['prediction'],
  },
  {
    what: 'a request more was reset than RSTs were sent',
    of: ABORT,
    damage: recounted('closing', 'server', 'EmbryonicRsts', 1),
    names: 'EmbryonicRsts of the server, or ListenOverflows: 2 RSTs',
    claims: ['001-c', 'prediction'],
  },
  {
    what: 'no SYN-ACK timer fired',
    of: FOOLED,
    damage: edited(snapshotFile('closing', 'server', 'netstat'), withoutTimeouts),
    names: 'TCPTimeouts',
    claims: ['000-b'],
  },
];

/** The value of TCPTimeouts as it was at the opening. */
function withoutTimeouts(text: string): string {
  const [names = '', values = '', ...others] = text.split('\n');
  const column = names.split(' ').indexOf('TCPTimeouts');
  const changed = values.split(' ').map((word, index) => (index === column ? '0' : word));
  return [names, changed.join(' '), ...others].join('\n');
}

const snapshotsOf = (name: string): readonly string[] => [
  ...new Set(
    [...fixture(name).keys()].flatMap((file) => /^snapshots\/([^/]+)\//.exec(file)?.[1] ?? []),
  ),
];

/** Every snapshot is checked on its own; in those between, traffic may go on. */
export const SNAPSHOTS: readonly SingleDamage[] = [FOOLED, LISTEN_AGAIN, CAPACITIES].flatMap((of) =>
  snapshotsOf(of).flatMap((snapshot) =>
    ['opening', 'closing'].includes(snapshot)
      ? balancedSnapshot(of, snapshot)
      : [listenerMissing(of, snapshot)],
  ),
);

function balancedSnapshot(of: string, snapshot: string): readonly SingleDamage[] {
  return [
    {
      what: `Recv-Q by ss is one more, ${snapshot}`,
      of,
      damage: edited(snapshotFile(snapshot, 'server', 'ss-listen'), (text) =>
        text.replace(/^LISTEN (\d+)/, (_, length) => `LISTEN ${Number(length) + 1}`),
      ),
      names: `two readings of the accept queue, ${snapshot}`,
      breaks: `two readings of the accept queue, ${snapshot}`,
    },
    {
      what: `the listener is missing in /proc/net/tcp, ${snapshot}`,
      of,
      damage: withoutLines(snapshotFile(snapshot, 'server', 'tcp'), / 0A /),
      names: 'rx_queue in /proc/net/tcp unknown',
      breaks: `two readings of the accept queue, ${snapshot}`,
    },
    ...HOSTS.map((host) => ({
      what: `CurrEstab of the ${host} counts one more, ${snapshot}`,
      of,
      damage: recounted(snapshot, host, 'CurrEstab', 1),
      names: `established connections of the ${host}, ${snapshot}`,
      breaks: `established connections of the ${host}, ${snapshot}`,
    })),
  ];
}
