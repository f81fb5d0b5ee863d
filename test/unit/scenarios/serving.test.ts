/** Servers that accept: caps, relays, short connections. What is judged, asked for and refused. */
import { describe, expect, test } from 'vitest';
import { parametersFrom } from '../../../harness/commands/run-options.ts';
import { FILES } from '../../../harness/domain/evidence.ts';
import type { Parameters } from '../../../harness/domain/parameters.ts';
import type { Prediction } from '../../../harness/domain/prediction.ts';
import type { Scenario } from '../../../harness/domain/scenario.ts';
import { judgeEvidence, predictFromPlan } from '../../../harness/reproduce.ts';
import { acceptQueueOverflow } from '../../../harness/scenarios/accept-queue-overflow.ts';
import { closedTooLate } from '../../../harness/scenarios/cap.ts';
import { connectionCap } from '../../../harness/scenarios/connection-cap.ts';
import { relayTraffic } from '../../../harness/scenarios/relay-traffic.ts';
import { shortConnectionsAndSomaxconn } from '../../../harness/scenarios/short-connections-and-somaxconn.ts';
import { buildObservations, buildWaiting } from '../../helpers/build-observations.ts';
import { substituted } from '../../helpers/damage.ts';
import { fixture } from '../../helpers/fixtures.ts';

const OF_NODE = ['connection-cap', 'connection-cap-enough', 'relay-traffic', 'relay-traffic-even'];

/** On every kernel that was read the document is right: these are rules of programs. */
describe.each(['2.6.32', '3.10.0', '4.4.1', '5.10.223', '6.18.0'])('on %s', (release) => {
  const judged = (name: string) =>
    judgeEvidence(
      substituted(
        FILES.surroundings,
        /"kernelRelease": "[^"]+"/,
        `"kernelRelease": "${release}"`,
      )(fixture(name)),
    );

  test.each([...OF_NODE, 'short-connections'])('%s is confirmed', (name) => {
    const { verdict } = judged(name);
    expect(verdict.claims.map(({ id, finding }) => [id, finding.kind])).toEqual(
      verdict.claims.map(({ id }) => [id, 'confirmed']),
    );
  });
});

const predicted = (scenario: Scenario, changes: Partial<Parameters>, kernel: string): Prediction =>
  predictFromPlan(scenario, scenario.plan({ ...scenario.defaults, ...changes }), kernel);

const unexercised = (scenario: Scenario, changes: Partial<Parameters>): readonly string[] => {
  const parameters = { ...scenario.defaults, ...changes };
  const prediction = predicted(scenario, changes, '6.18.0');
  return scenario.claims.flatMap(({ notExercisedBecause, id }) => {
    const reason = notExercisedBecause(parameters, prediction);
    return reason === null ? [] : [`${id}: ${reason}`];
  });
};

describe('a cap', () => {
  test('decides which claims are put to the test', () => {
    expect(unexercised(connectionCap, {})).toEqual([
      '004-d: the cap of 128 is too small for 130 clients; pass --cap 130 or more',
    ]);
    expect(unexercised(connectionCap, { cap: 130 })).toHaveLength(2);
    expect(unexercised(relayTraffic, {})).toHaveLength(1);
    expect(unexercised(relayTraffic, { cap: 12 })).toEqual([
      '004-c: 12 clients do not exceed the cap of 12; pass --clients 13 or more, or a smaller --cap',
    ]);
  });

  test('nobody can tell it from a queue that overflows', () => {
    for (const scenario of [connectionCap, relayTraffic]) {
      expect(() => scenario.plan({ ...scenario.defaults, backlog: 5, clients: 7 })).toThrow(
        expect.objectContaining({ code: 'USAGE', remedy: expect.stringContaining('--clients 6') }),
      );
    }
  });

  test('can be chosen where there is one, and is an error elsewhere', () => {
    expect(parametersFrom(connectionCap, { cap: '3' }).cap).toBe(3);
    expect(parametersFrom(connectionCap, {}).cap).toBe(128);
    expect(parametersFrom(acceptQueueOverflow, {})).not.toHaveProperty('cap');
    expect(() => parametersFrom(acceptQueueOverflow, { cap: '3' })).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });

  test('is predicted to close an open number of times, and nobody beyond it', () => {
    expect(predicted(connectionCap, {}, '6.18.0').connected).toBeNull();
    expect(predicted(connectionCap, { cap: 256 }, '3.10.0')).toMatchObject({
      connected: 130,
      timedOut: 0,
      fooled: 0,
      refusedSyns: { least: 0, most: 0 },
    });
  });

  test('each further server has an address and a name of its own', () => {
    const { network, steps } = relayTraffic.plan(relayTraffic.defaults);
    expect(network.relays).toBe(2);
    expect(steps.slice(0, 2)).toEqual([
      { kind: 'start-server', backlog: 511, relay: 0, maxConnections: 8 },
      { kind: 'start-server', backlog: 511, relay: 1 },
    ]);
    expect(connectionCap.plan(connectionCap.defaults).network).not.toHaveProperty('relays');
  });
});

describe('a server that closes late', () => {
  const closedAfter = (afterMs: number) => {
    const built = buildWaiting(1, 0);
    const finishes = [{ atMs: afterMs, from: 'server', retransmission: false }] as const;
    return buildObservations([{ ...built, connection: { ...built.connection, finishes } }]);
  };

  test('spoils a run about closing at once', () => {
    expect(closedTooLate(closedAfter(900))).toBeNull();
    expect(closedTooLate(closedAfter(1_100))?.reason).toContain('the machine was too slow');
  });
});

describe('short connections', () => {
  const not = (changes: Partial<Parameters>) => unexercised(shortConnectionsAndSomaxconn, changes);
  const cut = (somaxconn: string) => ({
    sysctls: { server: { 'net.core.somaxconn': somaxconn }, client: {} },
  });

  test('fail only when more come at once than there is room for', () => {
    expect(not({})).toEqual([]);
    expect(not({ arrivals: { kind: 'rate', perSecond: 100 } })[1]).toContain(
      '003-g: the 90 clients that come while the server is busy fit',
    );
    expect(not({ arrivals: { kind: 'burst' }, clients: 129 })).toHaveLength(2);
    expect(not({ arrivals: { kind: 'burst' }, clients: 130 })).toEqual([]);
  });

  test('would come together and be fooled with the patience for a repeated SYN', () => {
    expect(() => not({ connectTimeoutMs: 3_000 })).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        remedy: expect.stringContaining('--connect-timeout 900ms'),
      }),
    );
  });

  test('need a somaxconn that cuts, and a backlog that does not', () => {
    expect(not(cut('8192'))[0]).toContain('003-e: somaxconn does not cut the backlog of 8192');
    expect(not({ ...cut('16'), backlog: 300 })[0]).toContain('pass a larger --backlog');
    expect(not({ ...cut('16'), backlog: 400 })).toEqual([]);
  });

  test('send nothing', () => {
    const { plan, defaults } = shortConnectionsAndSomaxconn;
    expect(() => plan({ ...defaults, sendBytes: 50 })).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });

  test('fool nobody from 4.10 on; before, that is open', () => {
    expect(predicted(shortConnectionsAndSomaxconn, {}, '6.18.0').fooled).toBe(0);
    expect(predicted(shortConnectionsAndSomaxconn, {}, '3.10.0').fooled).toBeNull();
  });

  test('are as many as the requests over the pool, at most', () => {
    const { steps } = shortConnectionsAndSomaxconn.plan({
      ...shortConnectionsAndSomaxconn.defaults,
      ...cut('5'),
      clients: 20,
    });
    const pool = steps.find((step) => step.kind === 'connect' && step.wave === 'pool');
    expect(pool).toMatchObject({ clients: 6, arrivals: { kind: 'burst' } });
    expect(steps.filter(({ kind }) => kind === 'send')).toHaveLength(4);
  });
});
