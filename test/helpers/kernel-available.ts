import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

const ROOTLESS = ['--user', '--map-current-user', '--keep-caps'];

/** Debian keeps tcpdump's neighbours where an ordinary user's PATH does not look. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { env, stdio: 'ignore' }).status === 0;
}

/** Why no run is possible on this machine, found by trying; undefined when one is. */
function findObstacle(): string | undefined {
  const privileges = process.getuid?.() === 0 ? [] : ROOTLESS;
  if (!succeeds('unshare', [...privileges, '--net', '--mount', '--pid', '--fork', 'true'])) {
    return 'cannot create network namespaces';
  }
  return succeeds('tcpdump', ['--version']) ? undefined : 'there is no tcpdump';
}

const obstacle = findObstacle();
const isRequired = process.env['REQUIRE_KERNEL'] === '1';

if (obstacle !== undefined && !isRequired) {
  process.stderr.write(
    `Skipping kernel tests: ${obstacle}. Set REQUIRE_KERNEL=1 to fail instead.\n`,
  );
}

/** A test of real sockets on the real kernel; with REQUIRE_KERNEL=1 it runs, come what may. */
export const kernelTest = test.skipIf(obstacle !== undefined && !isRequired);
