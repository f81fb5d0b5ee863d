/** Built evidence of kernels that this machine does not run. */
import { describe, expect, test } from 'vitest';
import type { Parameters as RunParameters } from '../../../harness/domain/parameters.ts';
import type { Scenario } from '../../../harness/domain/scenario.ts';
import { abortOnOverflow } from '../../../harness/scenarios/abort-on-overflow.ts';
import { connectTimeoutsInABurst } from '../../../harness/scenarios/connect-timeouts-in-a-burst.ts';
import { cookiesDoNotHelp } from '../../../harness/scenarios/cookies-do-not-help.ts';
import { drainedQueue } from '../../../harness/scenarios/drained-queue.ts';
import { establishedWithoutLimit } from '../../../harness/scenarios/established-without-limit.ts';
import { youngRequests } from '../../../harness/scenarios/young-requests.ts';
import {
  type BuiltClient,
  buildFooled,
  buildTimedOut,
  buildWaiting,
} from '../../helpers/build-observations.ts';
import { buildWaves, claimNamed, foundBy, predictedBy } from '../../helpers/build-waves.ts';

const waiting = (clients: number, first = 1): readonly BuiltClient[] =>
  Array.from({ length: clients }, (_, index) => buildWaiting(first + index, index));
const refused = (clients: number, first: number): readonly BuiltClient[] =>
  Array.from({ length: clients }, (_, index) => buildTimedOut(first + index, index, [0], 600));
const fooled = (clients: number, first: number): readonly BuiltClient[] =>
  Array.from({ length: clients }, (_, index) => buildFooled(first + index, index, [0]));

const OLD = '3.10.108';
const NEW = '6.18.44';

describe('001-f and 000-e: young requests', () => {
  const seen = (alone: number, together: number) =>
    buildWaves(
      youngRequests,
      {
        first: waiting(3),
        lone: [...fooled(alone, 4), ...refused(1 - alone, 4)],
        burst: [...fooled(together, 5), ...refused(4 - together, 5 + together)],
      },
      {
        full: { client: { CurrEstab: 3 } },
        'knocked-alone': { client: { CurrEstab: 3 + alone } },
        closing: { client: { CurrEstab: 3 + alone + together } },
      },
    );

  test.each([
    [OLD, 1, 1, 'confirmed'],
    [NEW, 0, 0, 'outdated'],
    [OLD, 1, 4, 'contradicted'],
    [OLD, 1, 0, 'contradicted'],
  ] as const)('%s, answered %i alone and %i in the burst', (release, alone, together, kind) => {
    for (const id of ['001-f', '000-e']) {
      expect(foundBy(youngRequests, id, seen(alone, together), release)).toMatchObject({ kind });
    }
  });
});

describe('001-j: SYN cookies', () => {
  const seen = (onOverflow: number, always: number, sent: number) =>
    buildWaves(
      cookiesDoNotHelp,
      {
        first: waiting(3),
        'on-overflow': [...fooled(onOverflow, 4), ...refused(4 - onOverflow, 4 + onOverflow)],
        always: [...fooled(always, 8), ...refused(4 - always, 8 + always)],
      },
      {
        full: {
          client: { ActiveOpens: 3, CurrEstab: 3 },
          server: { TCPReqQFullDoCookies: 0, SyncookiesSent: 0 },
        },
        'behind-the-first': {
          client: { ActiveOpens: 7, CurrEstab: 3 + onOverflow },
          server: { TCPReqQFullDoCookies: 0, SyncookiesSent: 0 },
        },
        closing: {
          client: { ActiveOpens: 11, CurrEstab: 3 + onOverflow + always },
          server: { TCPReqQFullDoCookies: 4, SyncookiesSent: sent },
        },
      },
    );

  test('today both settings leave clients without an answer', () => {
    expect(foundBy(cookiesDoNotHelp, '001-j', seen(0, 0, 0), NEW).kind).toBe('confirmed');
    expect(foundBy(cookiesDoNotHelp, '001-j (always)', seen(0, 0, 0), NEW).kind).toBe('confirmed');
  });

  test('4.4 refuses some with 1, and gives everybody a cookie with 2', () => {
    const of44 = seen(2, 4, 4);
    expect(foundBy(cookiesDoNotHelp, '001-j', of44, '4.4.1').kind).toBe('confirmed');
    expect(foundBy(cookiesDoNotHelp, '001-j (always)', of44, '4.4.1')).toMatchObject({
      kind: 'outdated',
      rule: { id: 'cookies-always' },
    });
  });

  test('a kernel that answers everybody with 1 is known to no rule', () => {
    expect(foundBy(cookiesDoNotHelp, '001-j', seen(4, 0, 0), NEW).kind).toBe('contradicted');
  });

  test('cookies that were sent and reached nobody are a riddle', () => {
    expect(foundBy(cookiesDoNotHelp, '001-j (always)', seen(0, 0, 4), NEW).kind).toBe(
      'inconclusive',
    );
  });
});

describe('001-d: connect timeouts', () => {
  const seen = (answered: number) =>
    buildWaves(
      connectTimeoutsInABurst,
      {
        all: [...waiting(2), ...waiting(answered - 2, 3), ...refused(10 - answered, answered + 1)],
      },
      { closing: { client: { ActiveOpens: 10, CurrEstab: answered } } },
    );

  test.each([
    [NEW, 2, 'confirmed'],
    [OLD, 4, 'confirmed'],
    ['4.4.1', 10, 'outdated'],
  ] as const)('%s answers %i of ten', (release, answered, kind) => {
    expect(foundBy(connectTimeoutsInABurst, '001-d', seen(answered), release)).toMatchObject({
      kind,
    });
  });
});

describe('001-k: established without limit', () => {
  const claim = claimNamed(establishedWithoutLimit, '001-k');

  test.each([
    [OLD, 6, 'confirmed'],
    [NEW, 0, 'outdated'],
  ] as const)('%s fools %i', (release, more, kind) => {
    const seen = buildWaves(
      establishedWithoutLimit,
      { all: [...waiting(3), ...fooled(more, 4), ...refused(17 - more, 4 + more)] },
      { closing: {} },
    );
    const prediction = predictedBy(establishedWithoutLimit, release);
    expect(claim.judge(seen, prediction)).toMatchObject({ kind });
  });
});

describe('001-k (drains): late clients', () => {
  const late = (client: number, afterMs: number): BuiltClient => {
    const built = buildWaiting(client, 0);
    const { story, connection } = built;
    const syns = [
      { atMs: 0, retransmission: false },
      { atMs: afterMs, retransmission: true, answeredAtMs: afterMs },
    ];
    return {
      ...built,
      story: { ...story, outcome: { kind: 'connected', afterMs } },
      connection: { ...connection, syns },
    };
  };
  const seen = (members: readonly BuiltClient[], passiveOpens: number, repeated: number) =>
    buildWaves(
      drainedQueue,
      { first: waiting(5), late: members },
      {
        full: { server: { PassiveOpens: 5 } },
        closing: { server: { PassiveOpens: passiveOpens }, client: { TCPSynRetrans: repeated } },
      },
    );
  const found = (...given: Parameters<typeof seen>) =>
    foundBy(drainedQueue, '001-k (drains)', seen(...given), NEW);

  test('all at the time of a repeated SYN: as documented', () => {
    expect(
      found(
        [6, 7, 8].map((client) => late(client, 1_025)),
        8,
        3,
      ).kind,
    ).toBe('confirmed');
  });

  test('before 4.10 two of them did not have to wait', () => {
    const members = [...waiting(2, 6), late(8, 1_025)];
    expect(found(members, 8, 1).kind).toBe('confirmed');
  });

  test('none of them ever: not as documented', () => {
    expect(found(refused(3, 6), 5, 3)).toMatchObject({
      kind: 'contradicted',
      observed: '3 of 3 never get in',
    });
  });

  test('at another time the witnesses cannot agree', () => {
    expect(
      found(
        [6, 7, 8].map((client) => late(client, 1_600)),
        8,
        3,
      ).kind,
    ).toBe('inconclusive');
  });
});

describe('parameters', () => {
  const asked =
    (scenario: Scenario, changes: Partial<RunParameters>): (() => unknown) =>
    () =>
      scenario.plan({ ...scenario.defaults, ...changes });
  const server = (key: string, value: string): Partial<RunParameters> => ({
    sysctls: { server: { [key]: value }, client: {} },
  });

  test.each([
    [drainedQueue, { clients: 10 }, '--clients 9 or fewer'],
    [drainedQueue, { connectTimeoutMs: 900 }, '--connect-timeout 2500ms or more'],
    [youngRequests, { connectTimeoutMs: 2_000 }, '--connect-timeout 900ms or less'],
    [youngRequests, server('net.ipv4.tcp_abort_on_overflow', '1'), 'leave it out'],
    [cookiesDoNotHelp, server('net.ipv4.tcp_syncookies', '2'), 'leave it out'],
    [cookiesDoNotHelp, server('net.ipv4.tcp_synack_retries', '5'), 'leave it out'],
    [connectTimeoutsInABurst, { readTimeoutMs: 100 }, '--read-timeout 2000ms or more'],
    [abortOnOverflow, server('net.ipv4.tcp_abort_on_overflow', '0'), 'leave it out'],
  ])('what cannot be decided is refused with a remedy', (scenario, changes, remedy) => {
    expect(asked(scenario, changes)).toThrow(
      expect.objectContaining({ code: 'USAGE', remedy: expect.stringContaining(remedy) }),
    );
  });

  test.each([
    [youngRequests, '001-f', { clients: 5 }, '--clients 6 or more'],
    [youngRequests, '001-f', { backlog: 1 }, '--backlog 2 or more'],
    [youngRequests, '001-f', server('net.ipv4.tcp_syncookies', '2'), '--syncookies 1'],
    [cookiesDoNotHelp, '001-j', { clients: 8 }, '--clients 9 or more'],
    [connectTimeoutsInABurst, '001-d', { clients: 4 }, '--clients 5 or more'],
    [drainedQueue, '001-k (drains)', { clients: 5 }, '--clients 6 or more'],
    [establishedWithoutLimit, '001-k', { clients: 3 }, '--clients 4 or more'],
  ] as const)('what does not test a claim says so', (scenario, id, changes, remedy) => {
    const parameters: RunParameters = { ...scenario.defaults, ...changes };
    const prediction = predictedBy(scenario, NEW, parameters);
    expect(claimNamed(scenario, id).notExercisedBecause(parameters, prediction)).toContain(remedy);
  });

  test.each([
    ['001-c (ACK stage)', 3, '--clients 4 or more'],
    ['001-c (SYN cookie)', 5, '--clients 6 or more'],
    ['001-c (SYN stage)', 6, '--clients 7 or more'],
  ])('%s with %i clients', (id, clients, remedy) => {
    const parameters = { ...abortOnOverflow.defaults, clients };
    const prediction = predictedBy(abortOnOverflow, NEW, { clients });
    const claim = claimNamed(abortOnOverflow, id);
    expect(claim.notExercisedBecause(parameters, prediction)).toContain(remedy);
    const one = { ...parameters, clients: clients + 1 };
    expect(
      claim.notExercisedBecause(one, predictedBy(abortOnOverflow, NEW, { clients: clients + 1 })),
    ).toBeNull();
  });
});
