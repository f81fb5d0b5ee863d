import { describe, expect, test } from 'vitest';
import type { Observations } from '../../../harness/domain/observations.ts';
import type { Parameters } from '../../../harness/domain/parameters.ts';
import type { Prediction } from '../../../harness/domain/prediction.ts';
import type { Claim, Scenario } from '../../../harness/domain/scenario.ts';
import { defaultSysctls, kernelModel } from '../../../harness/kernel/kernel-model.ts';
import { parseRelease } from '../../../harness/kernel/release.ts';
import { rulesOf } from '../../../harness/kernel/rules.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { acceptQueueOverflow } from '../../../harness/scenarios/accept-queue-overflow.ts';
import { fooledClient } from '../../../harness/scenarios/fooled-client.ts';
import { somaxconnCapsTheBacklog } from '../../../harness/scenarios/somaxconn-caps-the-backlog.ts';
import { somaxconnNeedsANewListen } from '../../../harness/scenarios/somaxconn-needs-a-new-listen.ts';
import {
  BUILT_PREDICTION,
  buildFooled,
  buildObservations,
  buildTimedOut,
  buildWaiting,
  fourClients,
} from '../../helpers/build-observations.ts';
import { fixture } from '../../helpers/fixtures.ts';

const claimOf = (scenario: Scenario, id: string): Claim => {
  const found = scenario.claims.find((claim) => claim.id === id);
  if (found === undefined) throw new Error(`${scenario.id} has no claim ${id}.`);
  return found;
};

const predicted = (scenario: Scenario, parameters: Parameters, kernel = '6.18.0'): Prediction => {
  const release = parseRelease(kernel);
  if (release === undefined) throw new Error(`No release: ${kernel}`);
  const { server, client } = scenario.plan(parameters).sysctls.pinned;
  const model = kernelModel(
    rulesOf(release),
    { ...server, ...parameters.sysctls.server },
    { ...client, ...parameters.sysctls.client },
    defaultSysctls(release),
  );
  return scenario.predict(parameters, model);
};

/** Why a claim of a scenario is not exercised with these changes to its defaults. */
const unexercised = (
  scenario: Scenario,
  id: string,
  changes: Partial<Parameters>,
  kernel?: string,
): string | null => {
  const parameters = { ...scenario.defaults, ...changes };
  const prediction = predicted(scenario, parameters, kernel);
  return claimOf(scenario, id).notExercisedBecause(parameters, prediction);
};

/** The built run with these growths in place of its own. */
const counting = (
  seen: Observations,
  server: Readonly<Record<string, number>>,
  client: Readonly<Record<string, number>> = {},
): Observations => ({
  ...seen,
  counters: {
    server: new Map([...seen.counters.server, ...Object.entries(server)]),
    client: new Map([...seen.counters.client, ...Object.entries(client)]),
  },
});

describe('the smaller of backlog and somaxconn', () => {
  const cut = (id: string, changes: Partial<Parameters>) =>
    unexercised(somaxconnCapsTheBacklog, id, changes);

  test('a backlog below somaxconn does not show that somaxconn cuts', () => {
    expect(cut('003-b', { backlog: 5, clients: 8 })).toContain('nothing cuts the backlog of 5');
    expect(cut('002-e', { backlog: 5, clients: 8 })).toBeNull();
    expect(cut('003-b', {})).toBeNull();
  });

  test('a limit kept in 16 bits is outdated, not confirmed', () => {
    const server = { 'net.core.somaxconn': '200000' };
    const parameters: Parameters = {
      ...somaxconnCapsTheBacklog.defaults,
      backlog: 65_538,
      clients: 4,
      sysctls: { server, client: {} },
    };
    const found = { host: 'server', key: 'net.core.somaxconn', found: '200000' } as const;
    const seen = buildObservations(fourClients(), {
      plan: somaxconnCapsTheBacklog.plan(parameters),
      sysctls: [{ ...found, asked: '200000', requirement: 'required' }],
    });
    const prediction = predicted(somaxconnCapsTheBacklog, parameters, '3.10.0');
    expect(prediction.acceptQueueLimit).toBe(2);
    for (const claim of somaxconnCapsTheBacklog.claims) {
      expect(claim.judge(seen, prediction)).toMatchObject({
        kind: 'outdated',
        observed: '3',
        rule: { id: 'accept-queue-limit-is-32-bit' },
      });
    }
  });
});

describe('counters of refused SYNs', () => {
  /** Three SYNs are refused in the built run. */
  function counted(overflows: number, drops: number, byListener: number) {
    const seen = buildObservations(fourClients());
    const closing = seen.snapshots.get('closing');
    if (closing?.listener === undefined) throw new Error('The built run has a listener.');
    const listener = { ...closing.listener, drops: byListener };
    const snapshots = new Map([...seen.snapshots, ['closing', { ...closing, listener }]]);
    const growths = { ListenOverflows: overflows, ListenDrops: drops };
    return claimOf(acceptQueueOverflow, '002-d').judge(
      counting({ ...seen, snapshots }, growths),
      BUILT_PREDICTION,
    );
  }

  test.each([
    [3, 'confirmed', '1 per refused SYN'],
    [6, 'contradicted', '2 per refused SYN'],
    [2, 'contradicted', '2 for 3 refused SYNs'],
    [0, 'outdated', '0 per refused SYN'],
  ])('when all count %i for 3 the claim is %s', (each, kind, observed) => {
    expect(counted(each, each, each)).toMatchObject({ kind, observed });
  });

  test('when they disagree nothing is decided', () => {
    expect(counted(6, 3, 3)).toMatchObject({ kind: 'inconclusive' });
  });
});

describe('a client that comes when the queue is full', () => {
  const id = '001-b (i)';
  const waiting = [1, 2, 3].map((client) => buildWaiting(client, client));
  const timedOut = (client: number) => buildTimedOut(client, client, [0, 1_030, 2_060]);
  const fooled = (client: number) => buildFooled(client, client, [0, 1_030, 3_080]);

  test.each([
    ['both refused', [timedOut(4), timedOut(5)], 3, 0, 'outdated', 'its SYN is refused'],
    ['one refused', [fooled(4), timedOut(5)], 4, 2, 'contradicted', '1 of 2 refused'],
    ['none refused', [fooled(4), fooled(5)], 5, 4, 'confirmed', 'its handshake completes'],
  ] as const)('of two %s', (_, late, connected, repeated, kind, observed) => {
    const seen = counting(
      buildObservations([...waiting, ...late]),
      { TCPSynRetrans: repeated },
      { CurrEstab: connected },
    );
    expect(claimOf(acceptQueueOverflow, id).judge(seen, BUILT_PREDICTION)).toMatchObject({
      kind,
      observed: expect.stringContaining(observed),
    });
  });

  test('a kernel that refuses only some is asked about one', () => {
    const old = unexercised(acceptQueueOverflow, id, { clients: 12 }, '3.10.0');
    expect(old).toContain('pass --clients 4');
    expect(unexercised(acceptQueueOverflow, id, { clients: 4 }, '3.10.0')).toBeNull();
  });
});

describe('tcp_abort_on_overflow 0', () => {
  const { seen, prediction } = judgeEvidence(fixture('fooled-client'));
  const finding = (changed: Observations) =>
    claimOf(fooledClient, '001-c').judge(changed, prediction).kind;
  const isLate = (port: number | undefined): boolean =>
    seen.clients.some(({ wave, localPort }) => wave === 'late' && localPort === port);

  test('is silence only where an ACK was dropped', () => {
    expect(finding(seen)).toBe('confirmed');
    const everybodyServed = {
      ...seen,
      connections: seen.connections.map((each) => ({ ...each, synAcks: each.synAcks.slice(0, 2) })),
    };
    expect(finding(everybodyServed)).toBe('inconclusive');
    expect(finding(counting(everybodyServed, { ListenOverflows: 0 }))).toBe('inconclusive');
    expect(finding(counting(seen, { ListenOverflows: 0 }))).toBe('inconclusive');
  });

  test('is not silence where no late client was connected', () => {
    const nobodyLate: Observations = {
      ...seen,
      clients: seen.clients.map(({ end, ...story }) => {
        const kept = end === undefined ? story : { ...story, end };
        if (story.wave !== 'late') return kept;
        return { ...story, outcome: { kind: 'timed-out', afterMs: 2_500, by: 'own-timer' } };
      }),
      connections: seen.connections.filter(({ clientPort }) => !isLate(clientPort)),
    };
    expect(claimOf(fooledClient, '001-c').judge(nobodyLate, prediction)).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('0 of 2 late clients connected'),
    });
  });

  test('is told by clients and counters when the SYN-ACK is repeated only once', () => {
    const server = { 'net.ipv4.tcp_synack_retries': '1' };
    const parameters = { ...seen.plan.parameters, sysctls: { server, client: {} } };
    const once = { ...seen, plan: { ...seen.plan, parameters } };
    const { kind, testimonies } = claimOf(fooledClient, '001-c').judge(once, prediction);
    expect(kind).toBe('confirmed');
    expect(testimonies.map(({ witness }) => witness)).toEqual(['clients', 'counters']);
  });
});

test('a SYN queue above half forgets requests early, which is said', () => {
  const crowded = (clients: number, retries: string) =>
    unexercised(fooledClient, '001-b (ii)', {
      backlog: 10,
      clients,
      sysctls: { server: { 'net.ipv4.tcp_synack_retries': retries }, client: {} },
    });
  expect(crowded(21, '3')).toContain('forgets requests early');
  expect(crowded(16, '3')).toBeNull();
  expect(crowded(21, '2')).toBeNull();
});

test('clients that all fit below the old limit do not show that a new listen is needed', () => {
  const clients = (count: number) =>
    unexercised(somaxconnNeedsANewListen, '003-c', { clients: count });
  expect(clients(129)).toBe('all clients fit below the old limit; pass --clients 130 or more');
  expect(clients(130)).toBeNull();
});
