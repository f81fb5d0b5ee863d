/** What a run in a container leaves, whatever kills it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect } from 'vitest';
import { FILES } from '../../harness/domain/evidence.ts';
import { docker, dockerTest, imageUnderTest } from '../helpers/docker-available.ts';
import { enginesBelongings, noContainerLeft, runContainer } from '../helpers/docker-state.ts';
import { type Running, useInstallation } from '../helpers/installation.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 60_000;
const installation = useInstallation();

beforeAll(async () => void (await imageUnderTest().catch(() => undefined)), 600_000);

interface UnderWay {
  readonly running: Running;
  readonly container: string;
}

/** A run whose clients wait for a server that never answers. */
async function startLongRun(): Promise<UnderWay> {
  const image = ['--sandbox', 'docker', '--docker-image', await imageUnderTest()];
  const args = ['--runs-dir', installation.newFolder(), '--connect-timeout', '20s', ...image];
  const running = installation.start(args);
  const container = await runContainer();
  await waitUntil('clients to connect', () => attempts(container), { deadlineMs: 30_000 });
  return { running, container };
}

function attempts(container: string): true | undefined {
  try {
    return docker('exec', container, 'cat', '/tmp/evidence/swarm-0.jsonl').includes('"attempt"')
      ? true
      : undefined;
  } catch {
    return undefined;
  }
}

/** The docker command of the run is the one child that the harness has but for the keeper's. */
function dockerCommandOf({ container, running }: UnderWay): number {
  const children = `/proc/${running.pid}/task/${running.pid}/children`;
  const pids = readFileSync(children, 'utf8').trim().split(' ');
  const found = pids.find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${container}\0`),
  );
  return Number(found);
}

const folderIn = (stderr: string): string =>
  path.resolve(installation.folder, /Evidence so far: (.*)$/m.exec(stderr)?.[1] ?? '');

describe('nothing is left', { timeout: TIMEOUT_MS }, () => {
  dockerTest('when the harness is killed', async () => {
    const before = enginesBelongings();
    const { running } = await startLongRun();
    running.child.kill('SIGKILL');
    await running.ended;
    await noContainerLeft();
    expect(enginesBelongings()).toEqual(before);
  });

  dockerTest('when the docker command is killed', async () => {
    const underWay = await startLongRun();
    process.kill(dockerCommandOf(underWay), 'SIGKILL');
    const { exitCode, stderr } = await underWay.running.ended;
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^SANDBOX_ENDED .*docker command was ended by SIGKILL/);
    await noContainerLeft();
  });

  dockerTest('when the container is killed', async () => {
    const { running, container } = await startLongRun();
    docker('kill', container);
    const { exitCode, stderr } = await running.ended;
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^SANDBOX_ENDED .*killed, by somebody or for lack of memory/);
    expect(stderr).toMatch(/evidence went with it/);
    await noContainerLeft();
  });

  dockerTest('when the inside part is killed, and its evidence is kept', async () => {
    const { running, container } = await startLongRun();
    docker('exec', container, 'pkill', '-KILL', '-f', '^node .*collect/main.js');
    const { exitCode, stderr } = await running.ended;
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^SANDBOX_ENDED /);
    const folder = folderIn(stderr);
    expect(existsSync(path.join(folder, FILES.capture))).toBe(true);
    expect(existsSync(path.join(folder, FILES.status))).toBe(false);
    await noContainerLeft();
  });

  dockerTest('when it is interrupted, and its evidence is kept', async () => {
    const { running } = await startLongRun();
    running.child.kill('SIGINT');
    const { exitCode, stderr } = await running.ended;
    expect(exitCode).toBe(130);
    const status = readFileSync(path.join(folderIn(stderr), FILES.status), 'utf8');
    expect(JSON.parse(status)).toMatchObject({ status: 'aborted' });
    await noContainerLeft();
  });
});
