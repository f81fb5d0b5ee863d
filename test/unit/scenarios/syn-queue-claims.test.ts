import { describe, expect, test } from 'vitest';
import type { Observations } from '../../../harness/domain/observations.ts';
import type { Parameters } from '../../../harness/domain/parameters.ts';
import type { Prediction } from '../../../harness/domain/prediction.ts';
import type { Claim, Scenario } from '../../../harness/domain/scenario.ts';
import type { SocketRow } from '../../../harness/domain/tcp.ts';
import { acceptQueueOverflow } from '../../../harness/scenarios/accept-queue-overflow.ts';
import { nodeDefaultBacklog } from '../../../harness/scenarios/node-default-backlog.ts';
import { synQueue } from '../../../harness/scenarios/syn-queue.ts';
import {
  BUILT_PREDICTION,
  buildFooled,
  buildObservations,
  buildTimedOut,
  buildWaiting,
  fourClients,
} from '../../helpers/build-observations.ts';
import { kernelOf } from '../../helpers/kernels.ts';

const claimOf = ({ id: scenario, claims }: Scenario, id: string): Claim => {
  const found = claims.find((claim) => claim.id === id);
  if (found === undefined) throw new Error(`${scenario} has no claim ${id}.`);
  return found;
};

interface Setting {
  readonly backlog: number;
  readonly maxSynBacklog: number;
  readonly syncookies: number;
  readonly clients: number;
}

const parametersOf = (setting: Setting): Parameters => ({
  ...synQueue.defaults,
  backlog: setting.backlog,
  clients: setting.clients,
  sysctls: {
    server: {
      'net.ipv4.tcp_max_syn_backlog': `${setting.maxSynBacklog}`,
      'net.ipv4.tcp_syncookies': `${setting.syncookies}`,
    },
    client: {},
  },
});

const predicted = (setting: Setting, release: string): Prediction =>
  synQueue.predict(
    parametersOf(setting),
    kernelOf(release, {
      somaxconn: 4_096,
      maxSynBacklog: setting.maxSynBacklog,
      syncookies: setting.syncookies,
    }),
  );

const requestRow = (client: number): SocketRow => ({
  localAddress: '10.77.0.1',
  localPort: 9_999,
  remoteAddress: '10.77.0.2',
  remotePort: 40_000 + client,
  state: 'SYN-RECV',
  txQueue: 0,
  rxQueue: 0,
  retransmits: 0,
});

/** So many SYNs are held; the others are dropped for that reason, or answered with cookies. */
function heldRun(setting: Setting, held: number, fullQueue = true): Observations {
  const { clients, syncookies } = setting;
  const beyond = clients - held;
  const dropped = syncookies === 0 ? beyond : 0;
  const everybody = Array.from({ length: clients }, (_, index) => {
    const refused = buildTimedOut(index + 1, index, [0], 500);
    const [syn] = refused.connection.syns;
    if (index >= clients - dropped || syn === undefined) return refused;
    const answered = {
      state: 'answered',
      syns: [{ ...syn, answeredAtMs: index }],
      synAcks: [{ atMs: index, retransmission: false }],
    } as const;
    return { ...refused, connection: { ...refused.connection, ...answered } };
  });
  const built = buildObservations(everybody, { plan: synQueue.plan(parametersOf(setting)) });
  const closing = built.snapshots.get('closing');
  if (closing === undefined) throw new Error('The built run has a closing snapshot.');
  const rows = Array.from({ length: held }, (_, index) => requestRow(index + 1));
  const listener = { acceptQueueLength: 0, acceptQueueLimit: setting.backlog, drops: dropped };
  const server = new Map([
    ['ListenOverflows', 0],
    ['ListenDrops', dropped],
    ['TCPReqQFullDrop', fullQueue ? dropped : 0],
    ['SyncookiesSent', beyond - dropped],
    ['TCPReqQFullDoCookies', beyond - dropped],
  ]);
  return {
    ...built,
    snapshots: new Map([
      ...built.snapshots,
      ['closing', { ...closing, listener, sockets: { server: rows, client: [] } }],
    ]),
    counters: { server, client: new Map([['ActiveOpens', clients]]) },
  };
}

const SMALL = { backlog: 8, maxSynBacklog: 128, syncookies: 0, clients: 20 };
const SMALL_COOKIES = { ...SMALL, syncookies: 1 };
const QUARTERS = { backlog: 128, maxSynBacklog: 64, syncookies: 0, clients: 60 };
const EXAMPLE = { backlog: 128, maxSynBacklog: 64, syncookies: 1, clients: 140 };

const TABLE = 'syn-queue-is-power-of-two-table';
const BOUNDED = 'syn-queue-is-bounded-by-backlog';
const ONE_MORE = 'syn-queue-holds-one-more';
const THREE_QUARTERS = 'syn-refused-at-three-quarters';

/** What each kernel was seen to hold, and what that makes of the documents' numbers. */
test.each([
  ['2.6.32', SMALL, 16, '002-a', 'confirmed', undefined],
  ['3.10.0', SMALL, 16, '002-a', 'confirmed', undefined],
  ['3.10.0', SMALL_COOKIES, 16, '002-a', 'confirmed', undefined],
  ['4.4.1', SMALL, 8, '002-a', 'outdated', BOUNDED],
  ['6.18.0', SMALL, 9, '002-a', 'outdated', ONE_MORE],
  ['6.18.0', SMALL_COOKIES, 9, '002-a', 'outdated', ONE_MORE],
  ['3.10.0', SMALL, 16, '001-g', 'outdated', TABLE],
  ['4.4.1', SMALL, 8, '001-g', 'outdated', BOUNDED],
  ['6.18.0', SMALL, 9, '001-g', 'outdated', ONE_MORE],
  ['3.10.0', QUARTERS, 49, '002-b', 'outdated', THREE_QUARTERS],
  ['4.4.1', QUARTERS, 49, '002-b', 'outdated', THREE_QUARTERS],
  ['6.18.0', QUARTERS, 49, '002-b', 'outdated', THREE_QUARTERS],
  ['6.18.0', QUARTERS, 49, '001-g', 'outdated', THREE_QUARTERS],
  ['3.10.0', EXAMPLE, 128, '002-b', 'confirmed', undefined],
  ['6.18.0', EXAMPLE, 129, '002-b', 'outdated', ONE_MORE],
] as const)('%s with %o holds %i: %s is %s', (release, setting, held, id, kind, rule) => {
  const prediction = predicted(setting, release);
  expect(prediction.synQueueLength).toBe(held);
  const finding = claimOf(synQueue, id).judge(
    heldRun(setting, held, setting !== QUARTERS),
    prediction,
  );
  expect(finding).toMatchObject({ kind, ...(rule === undefined ? {} : { rule: { id: rule } }) });
});

describe('a number that says nothing', () => {
  const reason = (setting: Setting, id: string, release = '6.18.0') =>
    claimOf(synQueue, id).notExercisedBecause(parametersOf(setting), predicted(setting, release));

  test('two rules that lead to the same number cannot be told apart', () => {
    // 15 + 1 is what the newest rule says, and the power of two above 15 as well.
    const alike = { ...SMALL, backlog: 15, clients: 40 };
    expect(reason(alike, '002-a')).toContain(`${ONE_MORE} and ${TABLE} say alike`);
    expect(reason(alike, '002-a', '4.4.1')).toBeNull();
    expect(reason(SMALL, '002-a')).toBeNull();
    const { kind } = claimOf(synQueue, '002-a').judge(
      heldRun(alike, 16),
      predicted(alike, '4.4.1'),
    );
    expect(kind).toBe('inconclusive');
  });

  test('a queue that holds everybody may hold more', () => {
    expect(reason({ ...SMALL, clients: 9 }, '002-a')).toContain('pass --clients 10 or more');
    expect(reason({ ...SMALL, clients: 10 }, '002-a')).toBeNull();
    const finding = claimOf(synQueue, '002-a').judge(
      heldRun({ ...SMALL, clients: 16 }, 16),
      predicted(SMALL, '6.18.0'),
    );
    expect(finding).toMatchObject({ kind: 'inconclusive', remedy: 'pass more --clients' });
  });

  test('tcp_syncookies 2 leaves the queue empty, whatever its length', () => {
    const always = { ...SMALL, syncookies: 2 };
    expect(reason(always, '002-a')).toContain('pass --syncookies 0 or 1');
    expect(reason(always, '002-c')).toBeNull();
    expect(
      claimOf(synQueue, '002-c').judge(heldRun(always, 0), predicted(always, '6.18.0')),
    ).toMatchObject({ kind: 'confirmed' });
  });

  test.each([
    ['002-g (SYN queue)', QUARTERS, 'the 3/4 rule refuses SYNs before'],
    ['002-c', QUARTERS, 'the 3/4 rule refuses SYNs before'],
    ['002-g (3/4 rule)', SMALL, 'the SYN queue is full before the 3/4 rule'],
    ['002-g (3/4 rule)', EXAMPLE, 'pass --syncookies 0'],
    ['002-b', SMALL, '--backlog 128 --max-syn-backlog 64'],
    ['002-f (SYN queue)', SMALL, '--backlog 511 --max-syn-backlog 4096'],
  ] as const)('%s with %o is not tested', (id, setting, words) => {
    expect(reason(setting, id)).toContain(words);
  });
});

test.each([
  ['6.18.0', 512, 'confirmed'],
  ['4.4.1', 511, 'outdated'],
  ['6.18.0', 513, 'contradicted'],
] as const)('Node’s SYN queue on %s holds %i: %s', (release, held, kind) => {
  const node = { backlog: 511, maxSynBacklog: 4_096, syncookies: 0, clients: 520 };
  const finding = claimOf(synQueue, '002-f (SYN queue)').judge(
    heldRun(node, held),
    predicted(node, release),
  );
  expect(finding.kind).toBe(kind);
});

test.each([
  [49, false, 'outdated', 'while the SYN queue has room'],
  [128, true, 'confirmed', 'because the SYN queue is full'],
] as const)('drops with %i held: the SYN queue was full: %s', (held, full, kind, observed) => {
  const setting = { ...QUARTERS, clients: 140 };
  const finding = claimOf(synQueue, '002-g (3/4 rule)').judge(
    heldRun(setting, held, full),
    predicted(setting, '6.18.0'),
  );
  expect(finding).toMatchObject({ kind, observed: expect.stringContaining(observed) });
});

test('a kernel before 3.8 drops SYNs and counts none', () => {
  const seen = heldRun(SMALL, 16);
  const closing = seen.snapshots.get('closing');
  if (closing?.listener === undefined) throw new Error('The built run has a listener.');
  const { drops: _, ...listener } = closing.listener;
  const uncounted: Observations = {
    ...seen,
    snapshots: new Map([...seen.snapshots, ['closing', { ...closing, listener }]]),
    counters: {
      ...seen.counters,
      server: new Map([
        ['ListenOverflows', 0],
        ['ListenDrops', 0],
        ['SyncookiesSent', 0],
      ]),
    },
  };
  const judged = (id: string) => claimOf(synQueue, id).judge(uncounted, predicted(SMALL, '2.6.32'));
  expect(judged('002-g (SYN queue)')).toMatchObject({
    kind: 'outdated',
    rule: { id: 'every-dropped-syn-counted' },
  });
  expect(judged('002-c').kind).toBe('confirmed');
  expect(judged('002-a').kind).toBe('confirmed');
});

describe('an overflow of the accept queue alone', () => {
  const judged = (seen: Observations, overflows: number, drops: number, byListener?: number) => {
    const server = new Map([...seen.counters.server, ['ListenOverflows', overflows] as const]);
    server.set('ListenDrops', drops);
    const closing = seen.snapshots.get('closing');
    if (closing === undefined) throw new Error('The built run has a closing snapshot.');
    const { drops: _, ...listener } = closing.listener ?? {
      acceptQueueLength: 0,
      acceptQueueLimit: 2,
    };
    const told = byListener === undefined ? listener : { ...listener, drops: byListener };
    return claimOf(acceptQueueOverflow, '002-g (accept queue)').judge(
      {
        ...seen,
        counters: { ...seen.counters, server },
        snapshots: new Map([...seen.snapshots, ['closing', { ...closing, listener: told }]]),
      },
      BUILT_PREDICTION,
    );
  };

  test.each([
    [3, 3, 'outdated'],
    [3, 0, 'confirmed'],
    [3, 2, 'contradicted'],
  ] as const)('%i overflows and %i drops: %s', (overflows, drops, kind) => {
    expect(judged(buildObservations(fourClients()), overflows, drops, 3).kind).toBe(kind);
  });

  test('dropped ACKs have counted in both all along', () => {
    const waiting = [1, 2, 3].map((client) => buildWaiting(client, client));
    const fooled = buildFooled(4, 4, [0, 1_030, 3_080]);
    expect(judged(buildObservations([...waiting, fooled]), 2, 2)).toMatchObject({
      kind: 'outdated',
      rule: { id: 'overflow-is-also-drop' },
    });
  });
});

describe('parameters that make nothing countable are refused', () => {
  test.each([
    [{ connectTimeoutMs: 1_000 }, '--connect-timeout 900ms or less'],
    [{ arrivals: { kind: 'sequential' } }, '--arrivals burst'],
    [
      { sysctls: { server: { 'net.ipv4.tcp_synack_retries': '0' }, client: {} } },
      '--synack-retries 1 or more',
    ],
  ] as const)('%o', (changes, remedy) => {
    const plan = () => synQueue.plan({ ...synQueue.defaults, ...changes });
    expect(plan).toThrow(
      expect.objectContaining({ code: 'USAGE', remedy: expect.stringContaining(remedy) }),
    );
  });

  test('a backlog for a server that gives none', () => {
    const plan = (backlog: number) =>
      nodeDefaultBacklog.plan({ ...nodeDefaultBacklog.defaults, backlog });
    expect(() => plan(5)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(plan(511).steps[0]).toMatchObject({ kind: 'start-server', backlog: null });
    expect(plan(0).steps[0]).toMatchObject({ kind: 'start-server', backlog: 0 });
    expect(plan(0).parameters.backlog).toBe(511);
  });
});

test('a SYN that is repeated spoils a run that should be over by then', () => {
  const seen = buildObservations(fourClients(), { plan: synQueue.plan(synQueue.defaults) });
  expect(synQueue.spoiledBy?.(seen)?.reason).toContain('too slow');
  expect(synQueue.spoiledBy?.(heldRun(SMALL, 9))).toBeNull();
});
