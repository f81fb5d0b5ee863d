/** Machines on which a run is not possible: the harness says what is missing and how to mend it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { commandPath } from '../../harness/sandbox/command-path.ts';
import { containerAround } from '../../harness/sandbox/container.ts';
import { asOrdinaryUser } from '../helpers/as-ordinary-user.ts';
import { type CommandOptions, useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { jsonOf } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 60_000;
const isRoot = process.getuid?.() === 0;

const installation = useInstallation();

/** An ordinary user's way to the powers that mounting and limits take, and back again. */
const WITH_POWERS = ['unshare', '--user', '--map-current-user', '--keep-caps'];
const WITHOUT_POWERS = ['setpriv', '--inh-caps=-all', '--ambient-caps=-all', '--'];

/** Runs a command, with no more powers than before, where these lines of shell have mounted things. */
const withMounts = (script: string): readonly string[] =>
  isRoot
    ? ['unshare', '--mount', 'sh', '-ec', `${script}\nexec "$@"`, 'sh']
    : [...WITH_POWERS, '--mount', 'sh', '-ec', `${script}\nexec "$@"`, 'sh', ...WITHOUT_POWERS];

/** A command that cannot be found: nothing that could be executed lies in its place. */
const without = (command: string): readonly string[] =>
  withMounts(
    commandPath()
      .split(':')
      .filter((folder) => listed(folder).includes(command))
      .map((folder) => realpathSync(path.join(folder, command)))
      .map((file) => `mount --bind /dev/null '${file}'`)
      .join('\n'),
  );

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly runFolder: string | null;
}

/** Starts a run that is to fail because of its surroundings. */
async function failure(args: readonly string[], options: CommandOptions = {}): Promise<Failure> {
  const given = ['--json', '--runs-dir', installation.newFolder(), ...args];
  const ended = await installation.run(given, options);
  const said = jsonOf<Failure>(ended, 4);
  expect(ended.stderr).toMatch(new RegExp(`^${said.error.code} {2}.*\n {2}Remedy: .*\n`));
  return said;
}

describe.concurrent('where a run is not possible', { timeout: TIMEOUT_MS }, () => {
  kernelTest.for(USERS)('no tcpdump ($name)', async (user) => {
    expect(await failure([], { user, through: without('tcpdump') })).toMatchObject({
      error: {
        code: 'TOOL_MISSING',
        message: "Cannot run 'accept-queue-overflow' because this machine has no tcpdump.",
        remedy: expect.stringContaining('npm run setup'),
      },
      runFolder: null,
    });
  });

  kernelTest('no nft: only the scenario with a gate needs it', async () => {
    const through = without('nft');
    const { error } = await failure(['--scenario', 'fooled-client'], { through });
    expect(error).toMatchObject({ code: 'TOOL_MISSING', message: expect.stringContaining('nft') });

    const args = ['--runs-dir', installation.newFolder(), '--connect-timeout', '300ms'];
    const other = await installation.run(args, { through });
    expect(other, other.stderr).toMatchObject({ exitCode: 0 });
  });

  kernelTest('no user namespaces for an ordinary user', async () => {
    const noMoreNamespaces = 'echo 0 > /proc/sys/user/max_user_namespaces';
    const through = [
      ...[...asOrdinaryUser(), ...WITH_POWERS],
      ...['sh', '-ec', `${noMoreNamespaces}\nexec "$@"`, 'sh', ...WITHOUT_POWERS],
    ];
    const { error } = await failure([], { through });
    expect(error.code).toBe('SANDBOX_NOT_PERMITTED');
    expect(error.message).toMatch(/^Cannot make namespaces here: .+\.$/);
    const words =
      containerAround() === null
        ? ['sudo sysctl -w user.max_user_namespaces=', 'run as root']
        : ['--user 0', 'this machine closes user namespaces'];
    for (const each of words) expect(error.remedy).toContain(each);
  });

  kernelTest('a folder in which this user may not write', async () => {
    const runsDir = installation.newFolder();
    chmodSync(runsDir, 0o555);
    const user = USERS.at(-1);
    const belowAFile = path.join(installation.folder, 'package.json', 'runs');
    const places = user?.name === 'root' ? [belowAFile] : [runsDir, belowAFile];
    for (const place of places) {
      const { error, runFolder } = await failure(['--runs-dir', place], user ? { user } : {});
      expect(error).toMatchObject({
        code: 'RUN_FOLDER_UNWRITABLE',
        message: expect.stringContaining(place),
        remedy: expect.stringContaining('--runs-dir'),
      });
      expect(runFolder).toBeNull();
    }
  });

  kernelTest.for([
    [
      'a key that no kernel has',
      'net.ipv4.nothing_like_it=1',
      /has no such key/,
      /Nothing is known/,
    ],
    ['a value that the kernel refuses', 'net.ipv4.tcp_syn_retries=999', /refused/, /takes/],
  ] as const)('%s', async ([, sysctl, why, remedy]) => {
    const { error } = await failure(['--sysctl', sysctl]);
    expect(error.code).toBe('SYSCTL_NOT_WRITABLE');
    expect(error.message).toMatch(why);
    expect(error.remedy).toMatch(remedy);
  });

  kernelTest.for([4, 16, 40, 64, 128])('a disk of %i KiB that is full soon', async (sizeKib) => {
    const disk = installation.newFolder();
    const through = withMounts(`mount -t tmpfs -o size=${sizeKib}k tmpfs '${disk}'`);
    const { error } = await failure(['--runs-dir', disk], { through });
    expect(['RUN_FOLDER_UNWRITABLE', 'CAPTURE_FAILED']).toContain(error.code);
    expect(error.message).toMatch(/no space left/i);
    expect(error.message).not.toContain('\n');
  });
});

kernelTest.for(['| head -c 0', '2>&1 >/dev/null | head -c 0'])(
  'a reader that has seen enough costs nothing: %s',
  { timeout: TIMEOUT_MS },
  async (reader) => {
    const folder = installation.newFolder();
    const script = `{ "$@" --runs-dir '${folder}'; echo $? >&3; } 3>'${folder}/code' ${reader}`;
    const args = ['verify', '--only', '001-h'];
    await installation.run(args, { through: ['sh', '-c', script, 'sh'] });
    expect(readFileSync(path.join(folder, 'code'), 'utf8')).toBe('0\n');
  },
);

kernelTest('--dry-run needs no /proc, which other systems do not have', async () => {
  const through = withMounts('mount -t tmpfs tmpfs /proc');
  const ended = await installation.run(['--dry-run'], { through });
  expect(ended, ended.stderr).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toContain('net:[<caller>]');
});

const OWN_NAMESPACE = readlinkSync('/proc/self/ns/net');

kernelTest.for([
  ["the caller's network namespace", OWN_NAMESPACE],
  ['a PID namespace that is not its own', 'net:[1]'],
  ['a place of which nothing is known', ''],
])('the inside part refuses to start in %s', ([, callerNetworkNamespace]) => {
  const folder = installation.newFolder();
  const program = path.join(installation.folder, 'dist/harness/collect/main.js');
  const options = JSON.stringify({ folder, callerNetworkNamespace, privilege: 'root' });
  const ended = spawnSync(process.execPath, [program, options], { encoding: 'utf8' });
  expect(ended).toMatchObject({ status: 4, stderr: '' });
  expect(JSON.parse(ended.stdout)).toMatchObject({ event: 'failed', code: 'SANDBOX_NOT_ISOLATED' });
  expect(readdirSync(folder)).toEqual([]);
});
