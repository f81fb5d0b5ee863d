import { expect, test } from 'vitest';
import {
  ownServerFrom,
  sandboxForOwnServer,
  scenarioFrom,
} from '../../../harness/commands/own-server-options.ts';
import type { SandboxSettings } from '../../../harness/sandbox/choose.ts';

const GIVEN = { 'server-command': 'my-server', port: '3000' };

test('a command chooses the scenario, which nothing else may be', () => {
  expect(scenarioFrom({})).toBe('accept-queue-overflow');
  expect(scenarioFrom({ scenario: 'slow-accept' })).toBe('slow-accept');
  expect(scenarioFrom(GIVEN)).toBe('own-server');
  expect(scenarioFrom({ ...GIVEN, scenario: 'own-server' })).toBe('own-server');
  expect(() => scenarioFrom({ ...GIVEN, scenario: 'slow-accept' })).toThrow('slow-accept');
});

test('the command is kept with the folder it is started in', () => {
  expect(ownServerFrom(GIVEN)).toEqual({
    ownServer: { command: 'my-server', folder: process.cwd(), readyWithinMs: 10_000 },
  });
  expect(ownServerFrom({ ...GIVEN, 'ready-within': '30s' }).ownServer?.readyWithinMs).toBe(30_000);
  expect(ownServerFrom({ port: '3000' })).toEqual({});
});

test.each([
  [{ 'ready-within': '3s' }, '--ready-within 3s'],
  [{ 'server-command': ' ', port: '1' }, 'is empty'],
  [{ 'server-command': 'x' }, 'needs --port'],
  [{ ...GIVEN, backlog: '3' }, '--backlog 3'],
  [{ ...GIVEN, cap: '3' }, '--cap 3'],
  [{ ...GIVEN, 'ready-within': 'soon' }, '--ready-within soon'],
])('%j is refused', (given, words) => {
  expect(() => ownServerFrom(given)).toThrow(words);
});

test('only a sandbox of this machine holds the program', () => {
  const settings = (kind: SandboxSettings['kind']): SandboxSettings => ({
    kind,
    cluster: { swarms: 1 },
    vm: { memoryMib: 1_536 },
    docker: { rebuild: false, privileged: false, options: [] },
  });
  const own = ownServerFrom(GIVEN);
  expect(sandboxForOwnServer(settings('auto'), own).kind).toBe('netns');
  expect(sandboxForOwnServer(settings('docker'), {}).kind).toBe('docker');
  for (const kind of ['docker', 'cluster'] as const) {
    expect(() => sandboxForOwnServer(settings(kind), own)).toThrow(`--sandbox ${kind}`);
  }
});
