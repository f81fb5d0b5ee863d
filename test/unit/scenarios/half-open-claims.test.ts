/** Claims about fooled clients and large backlogs on other kernels, and what parameters they take. */
import { describe, expect, test } from 'vitest';
import { FILES } from '../../../harness/domain/evidence.ts';
import type { Observations } from '../../../harness/domain/observations.ts';
import type { Parameters } from '../../../harness/domain/parameters.ts';
import type { Scenario } from '../../../harness/domain/scenario.ts';
import type { Finding } from '../../../harness/domain/verdict.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { backlogBeyond16Bits } from '../../../harness/scenarios/backlog-beyond-16-bits.ts';
import { fooledClientSends } from '../../../harness/scenarios/fooled-client-sends.ts';
import { halfOpenConnections } from '../../../harness/scenarios/half-open-connections.ts';
import { keepaliveBelieves } from '../../../harness/scenarios/keepalive-believes.ts';
import { substituted } from '../../helpers/damage.ts';
import { fixture } from '../../helpers/fixtures.ts';
import { kernelOf } from '../../helpers/kernels.ts';

const onServer = (sysctls: Readonly<Record<string, string>>): Partial<Parameters> => ({
  sysctls: { server: sysctls, client: {} },
});

const unexercised = (scenario: Scenario, changes: Partial<Parameters>): readonly string[] => {
  const parameters = { ...scenario.defaults, ...changes };
  const somaxconn = Number(parameters.sysctls.server['net.core.somaxconn'] ?? 4_096);
  const prediction = scenario.predict(parameters, kernelOf('6.18.44', { somaxconn }));
  return scenario.claims.flatMap(
    (claim) => claim.notExercisedBecause(parameters, prediction) ?? [],
  );
};

const planned = (scenario: Scenario, changes: Partial<Parameters>) =>
  scenario.plan({ ...scenario.defaults, ...changes });

const USAGE = (words: string) =>
  expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(words) });

const PROBES = ['keepalive-believes', 'fooled-client-sends', 'half-open-connections'] as const;

/** The recorded run, as if this kernel had made it. */
const judgedAs = (name: string, release: string) =>
  judgeEvidence(
    substituted(
      FILES.surroundings,
      /"kernelRelease": "[^"]+"/,
      `"kernelRelease": "${release}"`,
    )(fixture(name)),
  ).verdict.claims;

test.each(PROBES)('%s is found alike on 3.10, 4.4 and 6.18', (name) => {
  for (const release of ['3.10.108', '4.4.1', '6.18.44']) {
    const kinds = judgedAs(name, release).map(({ finding }) => finding.kind);
    expect(new Set(kinds)).toEqual(new Set(['confirmed']));
  }
});

describe('a limit of 262144', () => {
  const { seen } = judgeEvidence(fixture('backlog-beyond-16-bits'));
  const [claim] = backlogBeyond16Bits.claims;

  /** The listener's limit, how many are in its queue, and who says so. */
  const findingOf = (limit: number, queued: number, announced = limit): Finding | undefined => {
    const closing = seen.snapshots.get('closing');
    if (closing === undefined) throw new Error('no closing snapshot');
    const listener = { acceptQueueLimit: limit, acceptQueueLength: queued };
    const changed: Observations = {
      ...seen,
      announcedLimits: [announced],
      snapshots: new Map([...seen.snapshots, ['closing', { ...closing, listener }]]),
      counters: {
        ...seen.counters,
        server: new Map([...seen.counters.server, ['PassiveOpens', queued]]),
      },
    };
    const kernel = kernelOf('3.8.13', { somaxconn: 262_144 });
    return claim?.judge(changed, backlogBeyond16Bits.predict(changed.plan.parameters, kernel));
  };

  test('becomes 0 where it is kept in 16 bits: the document is right', () => {
    expect(findingOf(0, 1)).toMatchObject({
      kind: 'confirmed',
      observed: 'places for 1 of 3 clients',
    });
  });

  test('stays whole since 4.1', () => {
    expect(findingOf(262_144, 3)).toMatchObject({
      kind: 'outdated',
      rule: { commit: 'becb74f0acca', since: '4.1' },
    });
  });

  test('that becomes another large number is not what the rule says', () => {
    expect(findingOf(65_535, 3)?.kind).toBe('inconclusive');
    expect(findingOf(1, 2)?.kind).toBe('contradicted');
    expect(findingOf(262_144, 3, 0)?.kind).toBe('inconclusive');
  });

  test('is predicted by release', () => {
    const limitOn = (release: string): number =>
      backlogBeyond16Bits.predict(
        backlogBeyond16Bits.defaults,
        kernelOf(release, { somaxconn: 262_144 }),
      ).acceptQueueLimit;
    expect([limitOn('3.8.13'), limitOn('4.0.9'), limitOn('4.1.0')]).toEqual([0, 0, 262_144]);
  });

  test('needs more than 16 bits, and more clients than the truncated limit lets in', () => {
    expect(unexercised(backlogBeyond16Bits, {})).toEqual([]);
    expect(unexercised(backlogBeyond16Bits, { clients: 1 })[0]).toContain('--clients 2');
    expect(unexercised(backlogBeyond16Bits, { backlog: 65_535 })[0]).toContain('--backlog 65536');
    expect(unexercised(backlogBeyond16Bits, { backlog: 65_636 })[0]).toContain('--clients 102');
  });
});

describe('parameters of fooled clients', () => {
  test.each([halfOpenConnections, keepaliveBelieves, fooledClientSends])(
    '$id refuses what it cannot decide',
    (scenario) => {
      const { backlog } = scenario.defaults;
      const refused = (changes: Partial<Parameters>, words: string) =>
        expect(() => planned(scenario, changes)).toThrow(USAGE(words));
      refused({ clients: 2 * backlog + 1 }, 'there may be no room');
      // Too early for a probe, too: the first obstacle is named.
      refused(onServer({ 'net.ipv4.tcp_synack_retries': '0' }), 'no SYN-ACK is repeated');
      refused(
        onServer({ 'net.ipv4.tcp_syncookies': '2', 'net.ipv4.tcp_synack_retries': '1' }),
        'a client with a SYN cookie is no request',
      );
    },
  );

  test.each([halfOpenConnections, keepaliveBelieves, fooledClientSends])(
    '$id tests nothing when nobody is fooled, or requests are reset',
    (scenario) => {
      expect(unexercised(scenario, {})).toEqual([]);
      expect(unexercised(scenario, { clients: scenario.defaults.backlog + 1 })[0]).toContain(
        'nobody is fooled',
      );
      expect(
        unexercised(scenario, onServer({ 'net.ipv4.tcp_abort_on_overflow': '1' }))[0],
      ).toContain('tcp_abort_on_overflow resets');
    },
  );

  test('half-open-connections wants silent clients', () => {
    const wish = USAGE('a silent client’s ACK is dropped');
    expect(() => planned(halfOpenConnections, { sendBytes: 1 })).toThrow(wish);
    expect(() => planned(halfOpenConnections, { keepAliveMs: 1_000 })).toThrow(wish);
  });

  test('fooled-client-sends wants data for one segment and no probes', () => {
    expect(() => planned(fooledClientSends, { sendBytes: 0 })).toThrow(USAGE('never told'));
    expect(() => planned(fooledClientSends, { sendBytes: 5_000 })).toThrow(USAGE('the first'));
    expect(() => planned(fooledClientSends, { keepAliveMs: 1_000 })).toThrow(USAGE('a probe'));
  });

  test('many requests with many repetitions are forgotten early', () => {
    const five = onServer({ 'net.ipv4.tcp_synack_retries': '5' });
    const crowd = { backlog: 8, clients: 14 };
    expect(() => planned(fooledClientSends, { ...crowd, ...five })).toThrow(USAGE('half full'));
    expect(planned(fooledClientSends, crowd).steps.length).toBeGreaterThan(5);
  });

  test('keepalive-believes wants a probe after the request’s end, and no data', () => {
    expect(() => planned(keepaliveBelieves, { keepAliveMs: null })).toThrow(USAGE('first probe'));
    expect(() => planned(keepaliveBelieves, { keepAliveMs: 3_000 })).toThrow(USAGE('first probe'));
    expect(() => planned(keepaliveBelieves, { sendBytes: 1 })).toThrow(USAGE('no probe'));
    expect(planned(keepaliveBelieves, { keepAliveMs: 4_000 }).steps.length).toBeGreaterThan(5);
  });

  test('with a single fooled client nobody probes early', () => {
    expect(unexercised(keepaliveBelieves, { clients: 5 })).toEqual([
      'nobody probes so early: pass --clients 6 or more',
    ]);
  });
});
