/** Built evidence of kernels that this machine does not run, about clients that wait. */
import { describe, expect, test } from 'vitest';
import type { Observations, QueueSample } from '../../../harness/domain/observations.ts';
import type { Scenario } from '../../../harness/domain/scenario.ts';
import type { FindingKind } from '../../../harness/domain/verdict.ts';
import { kernelGivesUp } from '../../../harness/scenarios/kernel-gives-up.ts';
import { refusedNeedsAClosedPort } from '../../../harness/scenarios/refused-needs-a-closed-port.ts';
import { shortAndLongTimeouts } from '../../../harness/scenarios/short-and-long-timeouts.ts';
import { slowAccept } from '../../../harness/scenarios/slow-accept.ts';
import { synRetransmissions } from '../../../harness/scenarios/syn-retransmissions.ts';
import {
  type BuiltClient,
  buildFooled,
  buildSamples,
  buildTimedOut,
  buildWaiting,
} from '../../helpers/build-observations.ts';
import { buildWaves, claimNamed, foundBy, predictedBy } from '../../helpers/build-waves.ts';

const waiting = (clients: number, first = 1): readonly BuiltClient[] =>
  Array.from({ length: clients }, (_, index) => buildWaiting(first + index, index));

const refused = (
  clients: number,
  first: number,
  synsAfterMs: readonly number[],
  afterMs: number,
): readonly BuiltClient[] =>
  Array.from({ length: clients }, (_, index) =>
    buildTimedOut(first + index, 100, synsAfterMs, afterMs),
  );

const byKernel = ({ story, ...others }: BuiltClient): BuiltClient => ({
  ...others,
  story: {
    ...story,
    outcome: {
      kind: 'timed-out',
      by: 'kernel',
      afterMs: 'afterMs' in story.outcome ? story.outcome.afterMs : 0,
    },
  },
});

/** Its first SYN is refused, the repeated one is served. */
const served = (client: number, afterMs: number): BuiltClient => {
  const { story, connection, atServer } = buildWaiting(client, 100);
  return {
    atServer,
    story: { ...story, outcome: { kind: 'connected', afterMs } },
    connection: {
      ...connection,
      syns: [
        { atMs: 100, retransmission: false },
        { atMs: 100 + afterMs, retransmission: true, answeredAtMs: 100 + afterMs },
      ],
    },
  };
};

const found = (scenario: Scenario, claim: string, seen: Observations, release: string) => {
  const finding = foundBy(scenario, claim, seen, release);
  return { kind: finding.kind, rule: finding.kind === 'outdated' ? finding.rule.id : undefined };
};

const drops = (atMs: number, listenDrops: number): QueueSample => ({ atMs, listenDrops });

describe('001-i: when a SYN is repeated', () => {
  const linearIs = (value: string | null): Observations['sysctls'] => [
    {
      host: 'client',
      key: 'net.ipv4.tcp_syn_linear_timeouts',
      asked: '4',
      found: value,
      requirement: 'pinned',
    },
  ];
  const seen = (
    synsAfterMs: readonly number[],
    givesUpMs: number,
    linear: string | null,
    counted: boolean,
  ): Observations => {
    const late = refused(1, 3, synsAfterMs, givesUpMs).map(byKernel);
    const times = counted ? synsAfterMs : [];
    const built = buildWaves(
      synRetransmissions,
      { first: waiting(2), late },
      { full: { server: { ListenDrops: 0 } } },
    );
    const full = built.snapshots.get('full');
    if (full === undefined) throw new Error('The built run has a full snapshot.');
    return {
      ...built,
      snapshots: new Map([...built.snapshots, ['full', { ...full, atMs: 50 }]]),
      sysctls: linearIs(linear),
      samples: [
        drops(60, 0),
        ...times.flatMap((ms, index) => [drops(95 + ms, index), drops(105 + ms, index + 1)]),
      ],
    };
  };

  test.each<[string, readonly number[], number, string | null, FindingKind, string | undefined]>([
    ['2.6.32.69', [0, 3_000], 9_000, null, 'confirmed', undefined],
    ['3.10.108', [0, 1_010], 3_020, null, 'outdated', 'initial-rto-one-second'],
    ['4.4.1', [0, 1_010], 3_020, null, 'outdated', 'initial-rto-one-second'],
    ['6.18.44', [0, 1_030, 2_060], 3_080, '4', 'outdated', 'linear-syn-timeouts'],
    ['6.18.44', [0, 1_030], 3_080, '0', 'outdated', 'initial-rto-one-second'],
    ['6.18.44', [0, 500, 1_500], 3_080, '4', 'contradicted', undefined],
  ])('%s: SYNs at %j', (release, syns, givesUpMs, linear, kind, rule) => {
    const run = seen(syns, givesUpMs, linear, release !== '2.6.32.69');
    expect(found(synRetransmissions, '001-i', run, release)).toEqual({ kind, rule });
  });

  test('counters that tell of another schedule than the packets decide nothing', () => {
    const run = seen([0, 1_030, 2_060], 3_080, '4', true);
    const samples = run.samples.filter(({ atMs }) => atMs < 2_000);
    const late = [...samples, drops(3_165, 2), drops(3_175, 3)];
    expect(found(synRetransmissions, '001-i', { ...run, samples: late }, '6.18.44').kind).toBe(
      'inconclusive',
    );
  });

  test('a kernel that answers everybody puts nothing to the test', () => {
    const [claim] = synRetransmissions.claims;
    const { defaults } = synRetransmissions;
    const prediction = predictedBy(synRetransmissions, '6.18.44');
    expect(claim?.notExercisedBecause(defaults, prediction)).toBeNull();
    expect(claim?.notExercisedBecause({ ...defaults, clients: 2 }, prediction)).toContain(
      '--clients 3',
    );
    expect(
      claim?.notExercisedBecause({ ...defaults, connectTimeoutMs: 900 }, prediction),
    ).toContain('before a SYN is repeated');
  });

  test('without the sysctl a kernel behaves as with 0, so 0 is not required', () => {
    const doubling = synRetransmissions.variants.find(({ name }) => name === 'doubling-one-retry');
    const plan = synRetransmissions.plan({
      ...synRetransmissions.defaults,
      ...doubling?.parameters,
    });
    expect(plan.sysctls.required.client).toEqual({ 'net.ipv4.tcp_syn_retries': '1' });
    expect(plan.sysctls.pinned.client).toMatchObject({ 'net.ipv4.tcp_syn_linear_timeouts': '0' });
  });
});

describe('003-a: who gives up', () => {
  const seen = (
    own: number,
    kernel: number,
    answered: number,
    counted: Readonly<Record<string, number>>,
  ): Observations =>
    buildWaves(
      kernelGivesUp,
      {
        short: [
          ...waiting(3),
          ...Array.from({ length: answered }, (_, index) => buildFooled(4 + index, 0, [0])),
          ...refused(own, 4 + answered, [0], 500),
        ],
        patient: refused(kernel, 9, [0, 1_000, 2_000], 3_070).map(byKernel),
      },
      { closing: { client: { ActiveOpens: 9, ...counted }, server: { PassiveOpens: 3 } } },
    );
  const gaveUp = { TCPAbortOnTimeout: 1, AttemptFails: 1 };

  test.each([
    ['2.6.32.69', 3, 2],
    ['3.10.108', 3, 2],
    ['6.18.44', 5, 0],
  ])('%s: refused clients time out', (release, own, answered) => {
    expect(found(kernelGivesUp, '003-a', seen(own, 1, answered, gaveUp), release).kind).toBe(
      'confirmed',
    );
  });

  test('clients that a RST ends are no time-outs', () => {
    const run = seen(5, 1, 0, { TCPAbortOnTimeout: 1, AttemptFails: 2 });
    expect(found(kernelGivesUp, '003-a', run, '6.18.44').kind).toBe('inconclusive');
  });

  test.each([
    ['2.6.32.69', 9_000],
    ['5.3.1', 3_000],
    ['6.18.44', 3_000],
  ])('%s gives up with one retry after %i ms', (release, givesUpMs) => {
    expect(predictedBy(kernelGivesUp, release)).toMatchObject({ connectGivesUpMs: givesUpMs });
  });

  test.each([
    ['6', null],
    ['7', 'pass a smaller --syn-retries'],
  ])('nobody waits for the kernel with %s retries: %s', (retries, why) => {
    const sysctls = { server: {}, client: { 'net.ipv4.tcp_syn_retries': retries } };
    const reason = claimNamed(kernelGivesUp, '003-a').notExercisedBecause(
      { ...kernelGivesUp.defaults, sysctls },
      predictedBy(kernelGivesUp, '6.18.44', { sysctls }),
    );
    expect(reason).toEqual(why === null ? null : expect.stringContaining(why));
  });

  test('before 4.10 two of the short ones are answered', () => {
    expect(predictedBy(kernelGivesUp, '3.10.108')).toMatchObject({ connected: 5, timedOut: 4 });
    expect(predictedBy(kernelGivesUp, '6.18.44')).toMatchObject({ connected: 3, timedOut: 6 });
  });
});

describe('003-d: short and long timeouts', () => {
  const seen = (patient: readonly BuiltClient[], answered = 0, opened = 6): Observations =>
    buildWaves(
      shortAndLongTimeouts,
      {
        first: waiting(3),
        hasty: [...waiting(answered, 4), ...refused(3 - answered, 4 + answered, [0], 300)],
        patient,
      },
      {
        closing: {
          client: { ActiveOpens: 9, TCPSynRetrans: patient.length },
          server: { PassiveOpens: opened + answered },
        },
      },
    );

  test.each([
    ['3.10.108', 2],
    ['4.4.1', 2],
    ['6.18.44', 0],
  ])('%s: whoever repeats its SYN is served', (release, answered) => {
    const run = seen(
      [7, 8, 9].map((client) => served(client, 1_030)),
      answered,
    );
    expect(found(shortAndLongTimeouts, '003-d', run, release).kind).toBe('confirmed');
  });

  test('a repeated SYN that is refused, too, contradicts', () => {
    const run = seen(refused(3, 7, [0, 1_030, 2_060], 3_000), 0, 3);
    expect(found(shortAndLongTimeouts, '003-d', run, '6.18.44').kind).toBe('contradicted');
  });

  test('before 3.1 a SYN is repeated too late for 3 s', () => {
    const [claim] = shortAndLongTimeouts.claims;
    const { defaults } = shortAndLongTimeouts;
    const prediction = predictedBy(shortAndLongTimeouts, '2.6.32.69');
    expect(claim?.notExercisedBecause(defaults, prediction)).toContain('--connect-timeout 9s');
  });

  test.each([
    [{ connectTimeoutMs: 1_100 }, '--connect-timeout 3s'],
    [{ clients: 4 }, '--clients 6 or more'],
    [{ clients: 30 }, '--clients 9 or fewer'],
  ])('%j cannot be predicted', (changes, remedy) => {
    expect(() =>
      shortAndLongTimeouts.plan({ ...shortAndLongTimeouts.defaults, ...changes }),
    ).toThrow(expect.objectContaining({ code: 'USAGE', remedy: expect.stringContaining(remedy) }));
  });

  test('a server that accepts only after the first repetition spoils the run', () => {
    const run = seen([served(7, 1_030)]);
    const steps = run.plan.steps.map(() => ({ label: '', startedAtMs: 0, endedAtMs: 400 }));
    expect(shortAndLongTimeouts.spoiledBy?.({ ...run, steps })).toBeNull();
    const late = steps.map((step) => ({ ...step, endedAtMs: 1_200 }));
    expect(shortAndLongTimeouts.spoiledBy?.({ ...run, steps: late })).toMatchObject({
      reason: expect.stringContaining('too slow'),
    });
  });
});

describe('002-h: slow accept', () => {
  const NEVER_REFUSED = { refused: 0, overflows: 0, opened: 14, longest: 5, accepted: 14 };
  const OVERFLOWING = { refused: 2, overflows: 2, opened: 12, longest: 9, accepted: 12 };
  const HANGING = { refused: 2, overflows: 2, opened: 9, longest: 9, accepted: 0 };

  const seen = (run: typeof OVERFLOWING): Observations => {
    const inTheEnd = run.accepted === 0 ? run.longest : 0;
    const built = buildWaves(
      slowAccept,
      {
        all: [
          ...waiting(9),
          ...refused(run.refused, 10, [0], 900),
          ...Array.from({ length: run.opened - 9 }, (_, index) => buildWaiting(20 + index, 2_100)),
        ],
      },
      { closing: { server: { ListenOverflows: run.overflows, PassiveOpens: run.opened } } },
    );
    const closing = built.snapshots.get('closing');
    if (closing === undefined) throw new Error('The built run has a closing snapshot.');
    const listener = { acceptQueueLength: inTheEnd, acceptQueueLimit: 8 };
    return {
      ...built,
      accepted: run.accepted,
      snapshots: new Map([...built.snapshots, ['closing', { ...closing, listener }]]),
      samples: buildSamples([0, 0], [1_000, run.longest], [2_100, inTheEnd]),
    };
  };

  test.each([
    ['overflows', OVERFLOWING, 'confirmed'],
    ['has room for all', NEVER_REFUSED, 'contradicted'],
    ['is never emptied', HANGING, 'contradicted'],
  ] as const)('a queue that %s', (_, run, kind) => {
    expect(found(slowAccept, '002-h', seen(run), '6.18.44').kind).toBe(kind);
  });

  test.each([
    [{ arrivals: { kind: 'burst' } }, '--arrivals 9/s'],
    [{ arrivals: { kind: 'rate', perSecond: 4 } }, 'keeps up'],
    [{ clients: 20 }, '--clients 48'],
  ] as const)('%j puts it not to the test', (changes, why) => {
    const [claim] = slowAccept.claims;
    const parameters = { ...slowAccept.defaults, ...changes };
    const prediction = predictedBy(slowAccept, '6.18.44');
    expect(claim?.notExercisedBecause(parameters, prediction)).toContain(why);
  });
});

describe('003-h: connection refused', () => {
  const refusedBy = (client: number): BuiltClient => {
    const { story, connection, atServer } = buildTimedOut(client, 700, [0], 1);
    return {
      atServer,
      story: { ...story, outcome: { kind: 'refused', afterMs: 1 } },
      connection: { ...connection, resets: [{ atMs: 701, from: 'server' }] },
    };
  };
  const seen = (during: number, afterwards: number): Observations =>
    buildWaves(
      refusedNeedsAClosedPort,
      {
        knocking: [
          ...waiting(3),
          ...Array.from({ length: during }, (_, index) => refusedBy(4 + index)),
          ...refused(2 - during, 4 + during, [0], 500),
        ],
        afterwards: afterwards === 1 ? [refusedBy(6)] : refused(1, 6, [0], 500),
      },
      {
        opening: { client: { AttemptFails: 0, TCPAbortOnTimeout: 0 } },
        overflowing: { client: { AttemptFails: during, TCPAbortOnTimeout: 0 } },
        closing: { client: { AttemptFails: during + afterwards, TCPAbortOnTimeout: 0 } },
      },
    );

  test.each([
    ['2.6.32.69', 0, 1, 'outdated'],
    ['3.10.108', 0, 1, 'outdated'],
    ['6.18.44', 0, 1, 'outdated'],
    ['6.18.44', 2, 1, 'confirmed'],
    ['6.18.44', 0, 0, 'contradicted'],
  ] as const)(
    '%s, refused: %i during the overflow, %i after it',
    (release, during, after, kind) => {
      const { kind: is } = found(refusedNeedsAClosedPort, '003-h', seen(during, after), release);
      expect(is).toBe(kind);
    },
  );
});
