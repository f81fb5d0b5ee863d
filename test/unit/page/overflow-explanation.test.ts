/** Why clients timed out: told where the evidence bears it out, and nowhere else. */
import { expect, test } from 'vitest';
import type { Observations, Snapshot } from '../../../harness/domain/observations.ts';
import { CHINESE, ENGLISH, type Language } from '../../../harness/page/language.ts';
import { viewClients } from '../../../harness/report/client-views.ts';
import {
  explainOverflow,
  type OverflowExplanation,
} from '../../../harness/report/page/overflow-explanation.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { FIXTURES, fixture } from '../../helpers/fixtures.ts';

function explain(
  name: string,
  change: (seen: Observations) => Partial<Observations> = () => ({}),
): OverflowExplanation | null {
  const { seen, verdict } = judgeEvidence(fixture(name));
  const changed = { ...seen, ...change(seen) };
  return explainOverflow(viewClients(changed), changed, verdict);
}

function told(name: string, { words: { explanation } }: Language): string {
  const overflow = explain(name);
  if (overflow === null) throw new Error(`${name} has no explanation.`);
  const { title, places, refusal, end } = explanation;
  return [title, places, refusal, end].map((words) => words(overflow)).join('\n');
}

const DEFAULT_RUN = 'accept-queue-overflow';

test('the default run: why client 4, why only client 4, and why a backlog of 2 makes 3 places', () => {
  const english = told(DEFAULT_RUN, ENGLISH);
  expect(english).toContain('Why client 4 timed out, and clients 1-3 did not');
  expect(english).toContain('a backlog of 2. That makes 3 places, one more, because');
  expect(english).toContain(
    'Clients 1-3 took the 3 places. The SYN of client 4 arrived as number 4',
  );
  expect(english).toContain("the client's kernel sent the SYN again after 1.02 and 2.05\u00a0s");
  expect(english).toContain('After 2.5\u00a0s the client program gave up');
  expect(english).toContain('ListenOverflows rose by 3.');
  const chinese = told(DEFAULT_RUN, CHINESE);
  expect(chinese).toContain('为什么客户端 4 超时，而客户端 1-3 没有');
  expect(chinese).toContain('backlog 是 2。位置却有 3 个');
  expect(chinese).toContain('在 1.02 和 2.05 秒后');
});

test('other runs of that kind in their own figures', () => {
  const capped = told('somaxconn-caps-the-backlog', ENGLISH);
  expect(capped).toContain('asked for a backlog of 8192, but somaxconn');
  expect(capped).toContain('makes 17 places');
  expect(capped).toContain('The SYNs of clients 18-30 arrived as numbers 18-30 of 30');
  expect(told('cluster', ENGLISH)).toContain('Why clients 1, 4, 5 timed out');
  expect(told('syn-retransmissions', ENGLISH)).toContain('the kernel gave up (ETIMEDOUT)');
  expect(told('young-requests', ENGLISH)).toContain('No second SYN was due before they gave up.');
});

test('runs that tell another story have none', () => {
  expect(FIXTURES.filter((name) => explain(name) !== null)).toEqual([
    DEFAULT_RUN,
    'cluster',
    'cookies-do-not-help',
    'established-without-limit',
    'overflow-ipv6',
    'rootless',
    'somaxconn-caps-the-backlog',
    'syn-retransmissions',
    'syn-retransmissions-doubling',
    'young-requests',
  ]);
});

const withListener = ({ snapshots }: Observations, change: object): Partial<Observations> => ({
  snapshots: new Map(
    [...snapshots].map(([name, { listener, ...snapshot }]): [string, Snapshot] => [
      name,
      listener === undefined ? snapshot : { ...snapshot, listener: { ...listener, ...change } },
    ]),
  ),
});

const withCounter = ({ counters }: Observations, name: string, value: number) => ({
  counters: { ...counters, server: new Map([...counters.server, [name, value]]) },
});

test('no explanation where this kernel behaved otherwise, or a witness is missing', () => {
  expect(explain(DEFAULT_RUN, (seen) => withCounter(seen, 'ListenOverflows', 2))).toBeNull();
  expect(explain(DEFAULT_RUN, (seen) => withCounter(seen, 'ListenDrops', 4))).toBeNull();
  expect(explain(DEFAULT_RUN, () => ({ accepted: 1 }))).toBeNull();
  expect(explain(DEFAULT_RUN, () => ({ snapshots: new Map() }))).toBeNull();
  expect(explain(DEFAULT_RUN, () => ({ sysctls: [] }))).toBeNull();
  expect(explain(DEFAULT_RUN, (seen) => withListener(seen, { acceptQueueLength: 2 }))).toBeNull();
  expect(explain(DEFAULT_RUN, (seen) => withListener(seen, { acceptQueueLimit: 3 }))).toBeNull();
});

test('none where a SYN was refused while a place was free', () => {
  const early = ({ connections }: Observations): Partial<Observations> => ({
    connections: connections.map((connection) =>
      connection.state === 'unanswered'
        ? { ...connection, syns: connection.syns.map((syn) => ({ ...syn, atMs: syn.atMs - 50 })) }
        : connection,
    ),
  });
  expect(explain(DEFAULT_RUN, early)).toBeNull();
});

test('none where the run is not judged to be understood', () => {
  const { seen, verdict } = judgeEvidence(fixture(DEFAULT_RUN));
  const views = viewClients(seen);
  expect(explainOverflow(views, seen, verdict)).not.toBeNull();
  expect(explainOverflow(views, seen, { ...verdict, kind: 'contradicted' })).toBeNull();
  const ledger = { ...verdict.ledger, balanced: false };
  expect(explainOverflow(views, seen, { ...verdict, ledger })).toBeNull();
});
