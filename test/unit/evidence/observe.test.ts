import { expect, test } from 'vitest';
import { HarnessError } from '../../../harness/domain/harness-error.ts';
import { observe } from '../../../harness/evidence/observe.ts';
import { ledgerWindow } from '../../../harness/evidence/observe-time.ts';
import { tinyRun } from '../../helpers/tiny-run.ts';

const problemsOf = (changes: Parameters<typeof tinyRun>[0]) => observe(tinyRun(changes)).problems;

test('a whole run folder is observed without problems', () => {
  const seen = observe(tinyRun());
  expect(seen.problems).toEqual([]);
  expect(seen.plan.scenario).toBe('accept-queue-overflow');
  expect(seen.status).toEqual({ schemaVersion: 1, status: 'complete' });
  expect(seen.surroundings).toMatchObject({ kernelRelease: '6.18.44', architecture: 'unknown' });
  expect(seen.sysctls).toHaveLength(1);
  expect(seen.steps[1]).toEqual({
    label: '2 clients connect',
    startedAtMs: 0,
    endedAtMs: 0.5,
  });
  expect(seen.announcedLimits).toEqual([1, 5]);
  expect(seen.accepted).toBe(2);
  expect(seen.samples).toEqual([{ atMs: -5 }, { atMs: 5, acceptQueueLength: 1 }]);
  expect(seen.clockDriftMs).toBe(0);
});

test('clients of several processes are told on one axis', () => {
  expect(observe(tinyRun()).clients).toMatchObject([
    { client: 1, localPort: 40510, outcome: { kind: 'connected' }, end: { kind: 'held' } },
    { client: 2, localPort: 40512, outcome: { kind: 'timed-out', by: 'own-timer' } },
  ]);
});

test('events are told in order of time, whichever file they stand in', () => {
  const told = new TextDecoder().decode(tinyRun().get('swarm-0.jsonl'));
  const closed = '{"event":"closed-by-server","monotonicMs":2000,"client":1}\n';
  const { clients } = observe(tinyRun({ 'swarm-0.jsonl': closed, 'swarm-1.jsonl': told }));
  expect(clients[0]?.end).toEqual({ kind: 'closed-by-server', atMs: 800 });
});

test('connections are those between the snapshots', () => {
  const { connections, capture } = observe(tinyRun());
  expect(
    connections.map(({ clientPort, state, syns, finishes }) => ({
      clientPort,
      state,
      syns: syns.length,
      finishes: finishes.length,
    })),
  ).toEqual([
    { clientPort: 40510, state: 'completed', syns: 1, finishes: 0 },
    { clientPort: 40512, state: 'unanswered', syns: 2, finishes: 0 },
  ]);
  expect(connections[0]?.syns[0]?.atMs).toBeCloseTo(1, 6);
  expect(capture).toEqual({
    captured: 8,
    receivedByFilter: 8,
    droppedByKernel: 0,
    undecodable: 0,
    packets: 8,
  });
});

test('counters are the growth between the snapshots, of those that both have', () => {
  const closing = 'snapshots/closing/server/netstat';
  const { counters, snapshots } = observe(
    tinyRun({ [closing]: 'TcpExt: ListenOverflows ListenDrops\nTcpExt: 6 9\n' }),
  );
  expect([...counters.server]).toEqual([
    ['ListenOverflows', 2],
    ['MaxConn', 0],
    ['PassiveOpens', 1],
  ]);
  expect(counters.client.get('TCPSynRetrans')).toBe(1);
  expect(snapshots.get('closing')?.counters.server.get('ListenDrops')).toBe(9);
});

test('a snapshot holds the listener, the sockets and what the wire lost', () => {
  const closing = observe(tinyRun()).snapshots.get('closing');
  expect(closing).toMatchObject({
    name: 'closing',
    atMs: 3805,
    listener: { acceptQueueLength: 1, acceptQueueLimit: 1, drops: 6 },
    wireDrops: { server: 0, client: 2 },
  });
  expect(closing?.sockets.server).toMatchObject([{ state: 'LISTEN', rxQueue: 1 }]);
  expect(closing?.sockets.client).toEqual([]);
});

test('trace events are those of our listener and of our clients, not of another sandbox', () => {
  const { trace } = observe(tinyRun());
  expect(trace?.events.map(({ atMs, name }) => [atMs, name])).toEqual([
    [100, 'tcp_retransmit_synack'],
    [102, 'kfree_skb'],
    [104, 'tcp_send_reset'],
    [105, 'tcp_send_reset'],
  ]);
  expect(trace).toMatchObject({ lost: 0, listenerKnown: true });
  expect([...(trace?.traced ?? [])]).toEqual([
    'tcp_retransmit_synack',
    'tcp_send_reset',
    'kfree_skb',
    'TCP_LISTEN_OVERFLOW',
  ]);
});

test("where the listener's address is hidden, no drop is taken for its own", () => {
  const hidden = '  sl  local_address\n';
  const { trace } = observe(
    tinyRun({ 'snapshots/opening/server/tcp': hidden, 'snapshots/closing/server/tcp': hidden }),
  );
  expect(trace?.events.map(({ name }) => name)).toEqual([
    'tcp_retransmit_synack',
    'tcp_send_reset',
  ]);
  expect(trace?.listenerKnown).toBe(false);
});

test('a trace that was cut off does not say that it is complete', () => {
  const text = new TextDecoder().decode(tinyRun().get('trace.txt'));
  const { trace } = observe(tinyRun({ 'trace.txt': text.slice(0, -1) }));
  expect(trace).not.toHaveProperty('lost');
  expect(trace?.traced.size).toBe(0);
});

test('a run without a trace has none, and that is no problem', () => {
  const seen = observe(tinyRun({ 'trace.txt': null }));
  expect(seen).not.toHaveProperty('trace');
  expect(seen.problems).toEqual([]);
});

const planOfStep = (step: object): string => {
  const plan = JSON.parse(new TextDecoder().decode(tinyRun().get('plan.json')));
  return JSON.stringify({ ...plan, steps: [step] });
};

const connect = { kind: 'connect', wave: 'all', clients: 1, arrivals: { kind: 'burst' } };
const behaviour = { connectTimeoutMs: 1, readTimeoutMs: null, sendBytes: 0, keepAliveMs: null };

test.each([
  [{ ...connect, behaviour: { ...behaviour, connectTimeoutMs: null } }, "'connectTimeoutMs' is"],
  [{ ...connect, behaviour: { ...behaviour, keepAliveMs: [] } }, "'keepAliveMs' is array"],
  [{ ...connect, behaviour, arrivals: { kind: 'rate' } }, "'perSecond' is absent"],
  [{ kind: 'await', deadlineMs: 1, condition: { kind: 'never' } }, 'kind "never" is unknown'],
  [{ kind: 'server-command', command: { command: 'listen' } }, "'backlog' is absent"],
])('a plan with the step %j is unreadable', (step, message) => {
  const judge = () => observe(tinyRun({ 'plan.json': planOfStep(step) }));
  expect(judge).toThrow(expect.objectContaining({ code: 'EVIDENCE_UNREADABLE' }));
  expect(judge).toThrow(message);
});

test('a number too large for a number is none', () => {
  const { steps, problems } = observe(
    tinyRun({
      'timeline.jsonl':
        '{"step":0,"kind":"snapshot","label":"a","startedMonotonicMs":1,"endedMonotonicMs":1e400}',
    }),
  );
  expect(steps).toEqual([]);
  expect(problems.map(({ problem }) => problem)).toContainEqual(
    expect.stringContaining('infinite'),
  );
});

test.each([
  ['no plan', null, 'plan.json: The run folder does not have this file.'],
  ['a plan cut short', '{"schemaVersion":', 'plan.json: Not JSON'],
  ['a plan without steps', '{"schemaVersion":1}', "'scenario' is absent"],
])('%s is a failure with a remedy', (_, plan, message) => {
  const judge = () => observe(tinyRun({ 'plan.json': plan }));
  expect(judge).toThrow(HarnessError);
  expect(judge).toThrow(message);
  expect(judge).toThrow(
    expect.objectContaining({ code: 'EVIDENCE_UNREADABLE', remedy: expect.any(String) }),
  );
});

test('a plan of another schema version is not judged', () => {
  const plan = new TextDecoder().decode(tinyRun().get('plan.json'));
  const newer = plan.replace('"schemaVersion":1', '"schemaVersion":2');
  expect(() => observe(tinyRun({ 'plan.json': newer }))).toThrow('schema version 2, not 1');
});

test('any other missing file is a problem, and the rest is still observed', () => {
  const needed = [...tinyRun().keys()].filter(
    (file) => !['plan.json', 'trace.txt', 'swarm-1.jsonl'].includes(file),
  );
  expect(needed.length).toBeGreaterThan(25);
  for (const file of needed) {
    const { problems, plan } = observe(tinyRun({ [file]: null }));
    expect(plan.scenario).toBe('accept-queue-overflow');
    expect(problems.map((problem) => problem.file)).toContain(file);
  }
});

test('any other broken file is a problem, never a crash', () => {
  for (const file of tinyRun().keys()) {
    if (['plan.json', 'capture.log', 'trace.txt'].includes(file)) continue;
    expect(problemsOf({ [file]: '{ broken' }).map((problem) => problem.file)).toContain(file);
  }
});

test('only the plan is left: everything else has its default', () => {
  const plan = tinyRun().get('plan.json') ?? new Uint8Array();
  const seen = observe(new Map([['plan.json', plan]]));
  expect(seen.status).toEqual({
    schemaVersion: 1,
    status: 'failed',
    reason: 'The run was cut off before it could write its status.',
  });
  expect(seen).toMatchObject({
    surroundings: { kernelRelease: 'unknown', sandbox: 'unknown' },
    clients: [],
    connections: [],
    capture: { packets: 0, undecodable: 0 },
    steps: [],
    samples: [],
    sysctls: [],
    announcedLimits: [],
    accepted: 0,
  });
  expect(seen.snapshots.size + seen.counters.server.size + seen.counters.client.size).toBe(0);
  expect(seen.problems.length).toBeGreaterThan(8);
});

test('an empty run folder is a failure, not a verdict', () => {
  expect(() => observe(new Map())).toThrow(HarnessError);
});

test('without the clock packets have no place, but the clients keep theirs', () => {
  const { connections, clients, problems } = observe(tinyRun({ 'clock.json': null }));
  expect(connections).toEqual([]);
  expect(clients[0]?.startedAtMs).toBeCloseTo(0.9, 6);
  expect(problems.map(({ file }) => file)).toEqual(['clock.json', 'capture.pcap']);
});

test('without the closing snapshot every packet is of interest and nothing has grown', () => {
  const [opening = '', connect = ''] = new TextDecoder()
    .decode(tinyRun().get('timeline.jsonl'))
    .split('\n');
  const { connections, counters } = observe(
    tinyRun({ 'timeline.jsonl': `${opening}\n${connect}\n` }),
  );
  expect(connections.map(({ clientPort }) => clientPort)).toEqual([39000, 40510, 40512]);
  expect(connections[1]?.finishes).toHaveLength(1);
  expect(counters.server.size).toBe(0);
});

test('a capture that ends in the middle keeps its packets', () => {
  const capture = tinyRun().get('capture.pcap') ?? new Uint8Array();
  const seen = observe(tinyRun({ 'capture.pcap': capture.subarray(0, -5) }));
  expect(seen.capture.packets).toBe(7);
  expect(seen.problems).toEqual([
    { file: 'capture.pcap', problem: expect.stringMatching(/^At byte \d+: /) },
  ]);
});

test('a listener on another port is not ours', () => {
  const seen = observe(
    tinyRun({ 'snapshots/closing/server/ss-listen': 'LISTEN 0 5 10.77.0.1:80 0.0.0.0:*\n' }),
  );
  expect(seen.snapshots.get('closing')).not.toHaveProperty('listener');
});

test('a wire that is not there and lost packets are problems; lost trace events are none', () => {
  const trace = new TextDecoder().decode(tinyRun().get('trace.txt'));
  expect(problemsOf({ 'snapshots/opening/client/dev': 'nothing\n' })).toEqual([
    { file: 'snapshots/opening/client/dev', problem: "There is no interface 'wire'." },
  ]);
  expect(problemsOf({ 'capture.log': '3 packets dropped by interface\n' })).toEqual([
    { file: 'capture.log', problem: 'The interface dropped 3 packets.' },
  ]);
  expect(problemsOf({ 'trace.txt': `${trace}CPU:1 [LOST 5 EVENTS]\n` })).toEqual([]);
});

const entry = { step: 0, kind: 'snapshot', startedMonotonicMs: 1, endedMonotonicMs: 9 } as const;

test('the ledger window runs from the middle of one stillness to the middle of the other', () => {
  const opening = { ...entry, label: 'opening', stillFromMonotonicMs: 3, stillUntilMonotonicMs: 5 };
  const closing = { ...entry, label: 'closing', stillFromMonotonicMs: 7 };
  expect(ledgerWindow([opening, closing])).toEqual({ fromMonotonicMs: 4, untilMonotonicMs: 7 });
  expect(ledgerWindow([opening])).toBeUndefined();
  expect(ledgerWindow([{ ...opening, kind: 'await' }, closing])).toBeUndefined();
});

test('a snapshot whose counters never stood still is a problem', () => {
  const timeline = new TextDecoder().decode(tinyRun().get('timeline.jsonl'));
  const restless = timeline.replace('"stillFromMonotonicMs":5000,', '');
  expect(problemsOf({ 'timeline.jsonl': restless })).toEqual([
    {
      file: 'timeline.jsonl',
      problem: "The counters did not stand still for snapshot 'closing'.",
    },
  ]);
});
