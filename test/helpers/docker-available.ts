import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'vitest';

const BASE = 'backlog-lab-base';

const isThere = (image: string): boolean =>
  spawnSync('docker', ['image', 'inspect', image], { stdio: 'ignore' }).status === 0;

const canBeStarted = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Why no engine can be tested with, found by asking it; undefined when one answers. */
function findObstacle(): string | undefined {
  const { error, status, stderr } = spawnSync('docker', ['info'], { encoding: 'utf8' });
  if (error !== undefined) return 'there is no docker command';
  if (status !== 0) return stderr.trim().split('\n').at(-1);
  return isThere(BASE) || canBeStarted('mmdebstrap')
    ? undefined
    : `there is no image ${BASE}, and no mmdebstrap to make it (.ci/pull-base-image fetches one)`;
}

const obstacle = findObstacle();
const isRequired = process.env['REQUIRE_DOCKER'] === '1';

if (obstacle !== undefined && !isRequired) {
  process.stderr.write(
    `Skipping Docker tests: ${obstacle}. Set REQUIRE_DOCKER=1 to fail instead.\n`,
  );
}

/** A test with a real Docker engine; with REQUIRE_DOCKER=1 it runs, come what may. */
export const dockerTest = test.skipIf(obstacle !== undefined && !isRequired);

/** Of an engine that answers, the standard output of a docker command. Throws with its words. */
export const docker = (...words: readonly string[]): string =>
  execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** The same, where the engine's neighbours are needed too: Compose, a dockerd of our own, BuildKit. */
export const dockerTestWith = (...commands: readonly string[]): typeof dockerTest =>
  test.skipIf((obstacle !== undefined || !commands.every(canBeStarted)) && !isRequired);

/** The image that docker/make-base-image.sh makes; made now if it is not there. */
export function baseImage(): Promise<string> {
  if (!isThere(BASE)) execFileSync('sh', ['docker/make-base-image.sh', BASE], { stdio: 'ignore' });
  return Promise.resolve(BASE);
}

let built: Promise<string> | undefined;

/** An image of the sources as they are, built once a test file; the engine remembers its layers. */
export function imageUnderTest(): Promise<string> {
  built ??= baseImage().then((base) => {
    const name = 'backlog-lab:test';
    const options = ['--build-arg', `BASE_IMAGE=${base}`, '--tag', name];
    docker('build', '--file', 'docker/Dockerfile', '--force-rm', ...options, '.');
    return name;
  });
  return built;
}
