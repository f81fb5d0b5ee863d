/** The image: made without an image registry, by either builder, and of nothing but the sources. */
import { execFileSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { baseImage, docker, dockerTest, imageUnderTest } from '../helpers/docker-available.ts';

const TIMEOUT_MS = 600_000;

const inImage = async (...words: readonly string[]): Promise<string> =>
  docker('run', '--rm', '--network', 'none', '--entrypoint', '', await imageUnderTest(), ...words);

describe('the image', { timeout: TIMEOUT_MS }, () => {
  dockerTest('is the command line: it lists scenarios without any privilege', async () => {
    const options = ['--rm', '--network', 'none', '--cap-drop', 'ALL', '--user', '65534'];
    expect(docker('run', ...options, await imageUnderTest(), 'list')).toContain('fooled-client');
  });

  dockerTest('holds the compiled programs and neither packages nor sources', async () => {
    const files = await inImage('find', '/opt/backlog-lab', '-type', 'f');
    expect(files).toMatch(/dist\/harness\/collect\/main\.js$/m);
    expect(files).not.toMatch(/node_modules|\.ts$|\.map$/m);
  });

  dockerTest('says what it is', async () => {
    const labels = docker(
      'image',
      'inspect',
      '--format',
      '{{json .Config.Labels}}',
      await imageUnderTest(),
    );
    expect(JSON.parse(labels)).toMatchObject({
      'org.opencontainers.image.title': 'backlog-lab',
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.version': expect.any(String),
    });
  });

  dockerTest('BuildKit makes it too', async () => {
    const base = await baseImage();
    const words = ['build', '--build-arg', `BASE_IMAGE=${base}`, '--tag', 'backlog-lab:buildkit'];
    const env = { ...process.env, DOCKER_BUILDKIT: '1' };
    const args = [...words, '--file', 'docker/Dockerfile', '.'];
    // Docker's newest command needs a plug-in for it; the one beside the engine may have it inside.
    const built = ['docker', '/usr/bin/docker'].some((command) => succeeds(command, args, env));
    expect(built || process.env['REQUIRE_DOCKER'] !== '1').toBe(true);
    if (built) docker('image', 'rm', 'backlog-lab:buildkit');
  });
});

function succeeds(command: string, args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  try {
    execFileSync(command, args, { env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
