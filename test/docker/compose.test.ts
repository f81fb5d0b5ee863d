/** docker/compose.yaml as its users start it: server and swarm in containers of their own. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { FILES, swarmEventsFile } from '../../harness/domain/evidence.ts';
import { judgeEvidence } from '../../harness/reproduce.ts';
import { readEvidence } from '../../harness/run-folder.ts';
import { removed } from '../helpers/damage.ts';
import { dockerTest, imageUnderTest } from '../helpers/docker-available.ts';
import { waitUntil } from '../helpers/wait-until.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const execute = promisify(execFile);
const FILE = path.resolve('docker', 'compose.yaml');
const CONTAINERS = 4;
const CLIENTS = 10;

/** The plugin, or the older program of its own; undefined: neither is there. */
const compose = [['docker', 'compose'], ['docker-compose']].find(
  ([command = '', ...args]) => spawnSync(command, [...args, 'version']).status === 0,
);
if (compose === undefined) process.stderr.write('Skipping compose tests: there is no compose.\n');
const isMissing = compose === undefined && process.env['REQUIRE_DOCKER'] !== '1';
const composeTest = isMissing ? dockerTest.skip : dockerTest;

/** It makes the engine a swarm for a moment, which nobody is to find on a machine of their own. */
const stackTest = process.env['REQUIRE_DOCKER'] === '1' ? dockerTest : dockerTest.skip;

const nothing = (): void => undefined;

const docker = (...args: readonly string[]): string =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

let runs = '';
let image = '';
let name = '';

/** A folder for runs, and names of this test's own. What is registered first is cleaned up last. */
async function prepare(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-compose-'));
  [runs, name] = [folder, `backlog-lab-test-${randomUUID().slice(0, 8)}`];
  image = await imageUnderTest();
  onTestFinished(() => {
    // The observer's files belong to root, whoever runs the tests.
    const empty = ['--entrypoint', 'sh', image, '-c', 'rm -rf /runs/*'];
    docker('run', '--rm', '--network', 'none', '--volume', `${folder}:/runs`, ...empty);
    rmSync(folder, { recursive: true });
  });
}

const variables = (): NodeJS.ProcessEnv => ({
  ...process.env,
  BACKLOG_LAB_IMAGE: image,
  RUNS: runs,
  SWARMS: `${CONTAINERS}`,
  CLIENTS: `${CLIENTS}`,
});

interface Ended {
  readonly exitCode: number;
  readonly output: string;
}

async function composed(...args: readonly string[]): Promise<Ended> {
  const [command = '', ...words] = [...(compose ?? []), '--project-name', name, '--file', FILE];
  try {
    const { stdout, stderr } = await execute(command, [...words, ...args], { env: variables() });
    return { exitCode: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, output: stdout + stderr };
  }
}

/** What still bears the label of this test's project or stack. */
const leftOf = (label: string): string => {
  const filter = ['--filter', `label=${label}=${name}`, '--quiet'];
  return [
    docker('ps', '--all', ...filter),
    docker('network', 'ls', ...filter),
    docker('volume', 'ls', ...filter),
  ].join('');
};

/** The one run folder, judged again here from its bytes: one run, of four swarms. */
function expectOneJudgedRun(): void {
  const [folder = '', ...others] = readdirSync(runs);
  expect(others).toEqual([]);
  const evidence = readEvidence(path.join(runs, folder));
  const { verdict, seen } = judgeEvidence(evidence);
  expect(verdict, verdict.reason).toMatchObject({ kind: 'outdated', ledger: { balanced: true } });
  expect(seen.cluster).toHaveLength(CONTAINERS);
  expect(seen.clients).toHaveLength(CLIENTS);
  expect(new Set(seen.clients.map(({ localAddress }) => localAddress)).size).toBe(CONTAINERS);
  const swarms = [...evidence.keys()].filter((file) => /^swarm-\d+\.jsonl$/.test(file)).sort();
  expect(swarms).toEqual(Array.from({ length: CONTAINERS }, (_, index) => swarmEventsFile(index)));
  expect(evidence.has(FILES.verdict)).toBe(true);

  const without = judgeEvidence(removed(swarmEventsFile(2))(evidence)).verdict;
  expect(without).toMatchObject({ kind: 'inconclusive', ledger: { balanced: false } });
}

describe('docker compose', () => {
  const LABEL = 'com.docker.compose.project';
  const useProject = async (): Promise<void> => {
    await prepare();
    onTestFinished(async () => {
      await composed('down', '--volumes', '--timeout', '1');
    });
  };

  composeTest('judges a server and four swarms in containers as one run', async () => {
    await useProject();
    const scale = ['--scale', `client=${CONTAINERS}`];
    const ended = await composed('up', '--no-build', ...scale, '--exit-code-from', 'observer');
    expect(ended.exitCode, ended.output).toBe(0);
    expectOneJudgedRun();
    await composed('down', '--volumes', '--timeout', '1');
    expect(leftOf(LABEL)).toBe('');
  });

  composeTest('a run can be repeated, and says what it lacks', async () => {
    await useProject();
    const scale = ['--scale', `client=${CONTAINERS}`];
    const up = await composed('up', '--no-build', '--detach', ...scale, 'listener', 'client');
    expect(up.exitCode, up.output).toBe(0);
    const observe = (...args: readonly string[]): Promise<Ended> =>
      composed('run', '--rm', 'observer', '--sandbox=cluster', '--runs-dir=/runs', ...args);

    const gated = await observe('--scenario', 'fooled-client');
    expect(gated).toMatchObject({ exitCode: 2, output: expect.stringContaining('a gate would') });
    const required = await observe('--somaxconn', '16');
    expect(required.exitCode).toBe(4);
    expect(required.output).toContain('write net.core.somaxconn: "16" below services.listener');
    const first = await observe('--quiet', '--clients', '8');
    expect(first.exitCode, first.output).toBe(0);
    const second = await observe('--quiet', '--clients', '8');
    expect(second.exitCode, second.output).toBe(0);
  });
});

describe('docker stack deploy', () => {
  const LABEL = 'com.docker.stack.namespace';
  /** A swarm leaves this behind on the node. */
  const BRIDGE = 'docker_gwbridge';

  const networks = (): readonly string[] =>
    docker('network', 'ls', '--format', '{{.Name}}').split('\n');

  const gone = (what: string, look: () => boolean): Promise<true> =>
    waitUntil(what, () => (look() ? true : undefined), {
      deadlineMs: 60_000,
      seen: () => leftOf(LABEL),
    });

  /** A node that is in a swarm already is left as it is. */
  function useSwarm(): void {
    if (docker('info', '--format', '{{.Swarm.LocalNodeState}}').trim() === 'active') return;
    const hadBridge = networks().includes(BRIDGE);
    docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
    onTestFinished(async () => {
      docker('swarm', 'leave', '--force');
      if (hadBridge) return;
      await gone(`${BRIDGE} to be unused`, () => {
        const removal = spawnSync('docker', ['network', 'rm', BRIDGE]);
        return removal.status === 0 || !networks().includes(BRIDGE);
      });
    });
  }

  const stateOfObserver = (): string =>
    docker(
      'service',
      'ps',
      `${name}_observer`,
      '--no-trunc',
      '--format',
      '{{.CurrentState}} {{.Error}}',
    );

  stackTest('judges a server and four swarms of a stack as one run', async () => {
    await prepare();
    useSwarm();
    onTestFinished(async () => {
      await execute('docker', ['stack', 'rm', name]).then(nothing, nothing);
    });
    await execute('docker', ['stack', 'deploy', '--compose-file', FILE, name], {
      env: variables(),
    });
    const state = await waitUntil(
      'the observer to end',
      () => {
        const seen = stateOfObserver();
        return /^(Complete|Failed|Rejected)/.test(seen) ? seen : undefined;
      },
      { deadlineMs: 120_000, seen: stateOfObserver },
    );
    const log = (await execute('docker', ['service', 'logs', '--raw', `${name}_observer`])).stdout;
    expect(state, log).toMatch(/^Complete/);
    expectOneJudgedRun();

    docker('stack', 'rm', name);
    await gone('the stack to be gone', () => leftOf(LABEL) === '');
  });
});
