import { spawnSync } from 'node:child_process';
import { test } from 'vitest';
import { asOrdinaryUser } from './as-ordinary-user.ts';

const ROOTLESS = ['--user', '--map-current-user', '--keep-caps'];

/** Debian keeps tcpdump's neighbours where an ordinary user's PATH does not look. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };

function succeeds(words: readonly string[]): boolean {
  const [command = '', ...args] = words;
  return spawnSync(command, args, { env, stdio: 'ignore' }).status === 0;
}

/** Somebody whom a run can be started by. */
export interface User {
  readonly name: 'root' | 'an ordinary user';
  /** What to put before a command line to run it as this user. */
  readonly prefix: readonly string[];
}

const ORDINARY: User = { name: 'an ordinary user', prefix: asOrdinaryUser() };
const OWN: User = process.getuid?.() === 0 ? { name: 'root', prefix: [] } : ORDINARY;

/** Why this user can make no run on this machine, found by trying; undefined when it is possible. */
function findObstacle({ name, prefix }: User): string | undefined {
  const privileges = name === 'root' ? [] : ROOTLESS;
  const namespaces = ['unshare', ...privileges, '--net', '--mount', '--pid', '--fork', 'true'];
  if (!succeeds([...prefix, ...namespaces])) return 'cannot create network namespaces';
  return succeeds(['tcpdump', '--version']) ? undefined : 'there is no tcpdump';
}

const obstacle = findObstacle(OWN);
const isRequired = process.env['REQUIRE_KERNEL'] === '1';

if (obstacle !== undefined && !isRequired) {
  process.stderr.write(
    `Skipping kernel tests: ${obstacle}. Set REQUIRE_KERNEL=1 to fail instead.\n`,
  );
}

/** Root takes the part of an ordinary user too, unless this machine keeps namespaces to root. */
function findUsers(): readonly User[] {
  if (OWN === ORDINARY) return [OWN];
  const its = findObstacle(ORDINARY);
  if (its === undefined) return [OWN, ORDINARY];
  process.stderr.write(`Only root's runs are tested: an ordinary user ${its}.\n`);
  return [OWN];
}

export const USERS: readonly User[] = findUsers();

/** A test of real sockets on the real kernel; with REQUIRE_KERNEL=1 it runs, come what may. */
export const kernelTest = test.skipIf(obstacle !== undefined && !isRequired);
