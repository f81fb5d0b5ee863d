import { describe, expect, test } from 'vitest';
import { sandboxSettings } from '../../../harness/commands/sandbox-options.ts';
import type { Parameters } from '../../../harness/domain/parameters.ts';
import { assertCarriedOutByAgents } from '../../../harness/sandbox/cluster.ts';
import { SCENARIOS } from '../../../harness/scenarios/catalogue.ts';

const refusalOf = (id: string, changed: Partial<Parameters> = {}): string | undefined => {
  const scenario = SCENARIOS.find((each) => each.id === id);
  if (scenario === undefined) throw new Error(`There is no scenario ${id}.`);
  try {
    assertCarriedOutByAgents(scenario.plan({ ...scenario.defaults, ...changed }));
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'USAGE' });
    return (error as Error).message;
  }
};

describe('what the agents cannot do is refused before anything starts', () => {
  test.each([
    ['fooled-client', {}, 'a gate would have to be set'],
    ['somaxconn-needs-a-new-listen', {}, 'sysctls are set by the engine'],
    ['relay-traffic', {}, 'one listener container'],
    ['accept-queue-overflow', { family: 6 }, 'IPv4 only'],
    ['accept-queue-overflow', { port: 9_998 }, 'the agents listen on port 9998'],
    ['accept-queue-overflow', { clientAddresses: 2 }, 'each client container has one address'],
  ] as const)('%s with %j', (id, changed, why) => {
    const message = refusalOf(id, changed);
    expect(message).toContain(`'${id}'`);
    expect(message).toContain(why);
  });
});

test('these scenarios can be carried out in a cluster', () => {
  const possible = SCENARIOS.map(({ id }) => id).filter((id) => refusalOf(id) === undefined);
  expect(possible).toContain('accept-queue-overflow');
  expect(possible).toMatchInlineSnapshot(`
    [
      "accept-queue-overflow",
      "backlog-beyond-16-bits",
      "somaxconn-caps-the-backlog",
      "node-default-backlog",
      "connection-cap",
      "connect-timeouts-in-a-burst",
      "young-requests",
      "established-without-limit",
      "drained-queue",
      "kernel-gives-up",
      "refused-needs-a-closed-port",
      "short-and-long-timeouts",
      "slow-accept",
      "syn-retransmissions",
    ]
  `);
});

describe('the option --swarms', () => {
  const settings = (given: Readonly<Record<string, unknown>>) =>
    sandboxSettings({ _: [], sandbox: 'cluster', ...given });

  test('says how many client containers are waited for', () => {
    expect(settings({}).cluster).toEqual({ swarms: 4 });
    expect(settings({ swarms: '8' }).cluster).toEqual({ swarms: 8 });
  });

  test.each([
    [{ swarms: '0' }, '--swarms'],
    [{ sandbox: 'netns', swarms: '8' }, '--swarms says something about --sandbox cluster only'],
    [{ _: ['verify'] }, 'Cannot use --sandbox cluster with verify'],
    [{ _: ['sweep'] }, 'Cannot use --sandbox cluster with sweep'],
  ])('refuses %j', (given, message) => {
    expect(() => settings(given)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    );
  });
});
