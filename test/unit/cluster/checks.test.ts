import { describe, expect, test } from 'vitest';
import { assertFit, noOldConnections, onlyOne } from '../../../harness/collect/cluster-checks.ts';
import { enterServer } from '../../../harness/collect/cluster-server.ts';
import type { RemoteAgent } from '../../../harness/collect/remote-agent.ts';
import type { AgentGreeting } from '../../../harness/domain/agent.ts';
import type { ClusterOptions } from '../../../harness/domain/cluster-options.ts';
import { HarnessError } from '../../../harness/domain/harness-error.ts';
import type { Parameters } from '../../../harness/domain/parameters.ts';
import type { RunPlan } from '../../../harness/domain/plan.ts';
import { SCENARIOS } from '../../../harness/scenarios/catalogue.ts';

const OPTIONS: ClusterOptions = {
  folder: 'runs/x',
  sandbox: 'cluster',
  privilege: 'root',
  harnessVersion: '1.2.3',
  swarms: 2,
  listener: 'listener',
  client: 'client',
  hostProc: '/host/proc',
};

/** One that has greeted; nothing is asked of it. */
const agentOf = (number: number, greeting: Partial<AgentGreeting> = {}): RemoteAgent => {
  const address = `10.0.0.${number}`;
  const refuse = (): Promise<never> => Promise.reject(new Error('is not asked here'));
  return {
    address,
    greeting: {
      report: 'hello',
      role: number === 1 ? 'listener' : 'client',
      harnessVersion: '1.2.3',
      container: `container-${number}`,
      kernelRelease: '6.18.0',
      clockId: 'one',
      networkNamespace: `net:[${number}]`,
      addresses: [{ interface: 'eth0', address, prefixBits: 24 }],
      mostClients: 100,
      ...greeting,
    },
    unexpectedEnd: new Promise(() => undefined),
    send: () => undefined,
    ask: refuse,
    compareClocks: refuse,
    abandon: () => undefined,
    onReport: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};

const planOf = (changed: Partial<Parameters> = {}): RunPlan => {
  const scenario = SCENARIOS.find(({ id }) => id === 'accept-queue-overflow');
  if (scenario === undefined) throw new Error('The scenario is gone.');
  return scenario.plan({ ...scenario.defaults, ...changed });
};

const fitting = (
  [listener = agentOf(1), ...clients]: readonly RemoteAgent[],
  plan: RunPlan = planOf(),
): (() => void) => {
  return () => assertFit(listener, clients, plan, OPTIONS);
};

const error = (code: string, words: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(words) });

describe('the containers are one laboratory', () => {
  test('when each has a network namespace and an address of its own', () => {
    expect(fitting([agentOf(1), agentOf(2), agentOf(3)])).not.toThrow();
  });

  test('when the same number is that of another namespace on another machine', () => {
    const far = agentOf(3, { networkNamespace: 'net:[2]', clockId: 'other' });
    expect(fitting([agentOf(1), agentOf(2), far])).not.toThrow();
  });

  test('but not with another version', () => {
    const agents = [agentOf(1), agentOf(2), agentOf(3, { harnessVersion: '1.2.4' })];
    expect(fitting(agents)).toThrow(error('USAGE', 'client at 10.0.0.3 is backlog-lab 1.2.4'));
  });

  test('but not with a network namespace that two share', () => {
    const agents = [agentOf(1), agentOf(2), agentOf(3, { networkNamespace: 'net:[1]' })];
    expect(fitting(agents)).toThrow(
      error('SANDBOX_NOT_ISOLATED', '10.0.0.3 shares its network namespace'),
    );
  });

  test('but not behind a virtual IP', () => {
    const addresses = [{ interface: 'eth0', address: '10.0.0.9', prefixBits: 24 }];
    expect(fitting([agentOf(1), agentOf(2, { addresses })])).toThrow(
      error('USAGE', 'reached at 10.0.0.2, which is not an address of its own'),
    );
  });

  test('but not with two listeners', () => {
    expect(onlyOne([agentOf(1)]).address).toBe('10.0.0.1');
    expect(() => onlyOne([agentOf(1), agentOf(4)])).toThrow(
      error('USAGE', 'There are 2 listener containers (10.0.0.1, 10.0.0.4)'),
    );
  });
});

describe('the containers have room for their clients', () => {
  const three = [agentOf(1), agentOf(2), agentOf(3)];

  test.each([
    [{ clients: 200 }, undefined],
    [{ clients: 201 }, 'NOT_ENOUGH_FILES'],
    // They all live in the first container.
    [{ clients: 100, arrivals: { kind: 'sequential' } }, undefined],
    [{ clients: 101, arrivals: { kind: 'sequential' } }, 'NOT_ENOUGH_FILES'],
  ] as const)('%j', (parameters, code) => {
    const fits = fitting(three, planOf(parameters));
    if (code === undefined) expect(fits).not.toThrow();
    else expect(fits).toThrow(expect.objectContaining({ code }));
  });

  test('with a port for each', () => {
    const roomy = [agentOf(1), agentOf(2, { mostClients: 30_000 })];
    expect(fitting(roomy, planOf({ clients: 28_232 }))).not.toThrow();
    expect(fitting(roomy, planOf({ clients: 28_233 }))).toThrow(
      error('NOT_ENOUGH_PORTS', 'has 28232 ports'),
    );
  });
});

test('a listener on another machine cannot be seen', () => {
  expect(() => enterServer(agentOf(1, { clockId: 'other' }), '/host/proc')).toThrow(
    error('SANDBOX_NOT_PERMITTED', 'they are on different machines'),
  );
});

describe('sockets of an earlier run', () => {
  const { signal } = new AbortController();
  const TIME_WAIT = '   1: 0200000A:270F 0300000A:8001 06 00000000:00000000\n';

  test('are waited for', async () => {
    const tables = [[TIME_WAIT], [''], ['unused']];
    await noOldConnections(9_999, async () => tables.shift() ?? [], signal);
    expect(tables).toEqual([['unused']]);
  });

  test('are not waited for when a container is lost', async () => {
    const lost = new HarnessError('SANDBOX_ENDED', 'The connection ended.', { remedy: 'again' });
    await expect(noOldConnections(9_999, () => Promise.reject(lost), signal)).rejects.toBe(lost);
  });
});
