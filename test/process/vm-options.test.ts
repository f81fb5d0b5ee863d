/** The options of a virtual machine, as far as none is started and nothing is fetched. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { asOrdinaryUser } from '../helpers/as-ordinary-user.ts';
import { useInstallation } from '../helpers/installation.ts';
import { jsonOf } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 60_000;

const installation = useInstallation();

const wordsOf = (line: string): readonly string[] => line.split(' ').filter((word) => word !== '');

/** As a user who may do nothing, with a cache of its own that is not there yet. */
function surroundings() {
  const cwd = installation.newFolder();
  const cache = path.join(cwd, 'cache');
  return { cwd, cache, env: { XDG_CACHE_HOME: cache, HOME: cwd } };
}

describe.concurrent('what is refused, with a remedy', { timeout: TIMEOUT_MS }, () => {
  test.for([
    ['--sandbox vm', 'USAGE', /needs a kernel/, /--kernel debian:6\.1/],
    ['--sandbox vm --dry-run', 'USAGE', /needs a kernel/, /--kernel list/],
    ['--modules /lib --dry-run', 'USAGE', /needs a kernel/, /--kernel list/],
    ['--kernel', 'USAGE', /--kernel needs a value/, /--kernel VALUE/],
    ['--kernel debian:six', 'KERNEL_UNAVAILABLE', /names no version/, /debian:6\.1/],
    ['--kernel debian: --dry-run', 'KERNEL_UNAVAILABLE', /names no version/, /debian:6\.1/],
    ['--kernel debian:6.1 --modules /lib --dry-run', 'USAGE', /of its own/, /--modules/],
    ['--kernel nowhere', 'KERNEL_UNAVAILABLE', /no kernel nowhere/, /--kernel list/],
    ['--kernel . --dry-run', 'KERNEL_UNAVAILABLE', /it is no file/, /bzImage/],
    ['--kernel /dev/zero', 'KERNEL_UNAVAILABLE', /it is no file/, /bzImage/],
    ['--kernel /etc/passwd', 'KERNEL_UNAVAILABLE', /no Linux kernel image/, /bzImage/],
    ['--kernel debian:6.1 --sandbox netns', 'USAGE', /--kernel .* vm only/, /--sandbox vm/],
    ['--kernel debian:6.1 --sandbox docker', 'USAGE', /--kernel .* vm only/, /--sandbox vm/],
    ['--kernel debian:6.1 --docker-host tcp://x:1', 'USAGE', /vm only/, /--docker-host/],
    ['--sandbox vm --kernel debian:6.1 --rebuild', 'USAGE', /docker only/, /docker/],
    ['--kernel debian:6.1 --vm-memory 64', 'USAGE', /does not fit into it/, /640 MiB or more/],
    ['--kernel debian:6.1 --vm-memory lots', 'USAGE', /from 640 to/, /--vm-memory 640/],
    ['--vm-memory 900 --sandbox netns', 'USAGE', /vm only/, /--sandbox vm/],
    ['clients --kernel debian:6.1', 'USAGE', /not in a virtual machine/, /leave it out/],
    [
      '--server-command true --port 9999 --kernel debian:6.1',
      'USAGE',
      /not in the virtual machine/,
      /leave out --kernel/,
    ],
    ['servers --kernel debian:6.1', 'USAGE', /not in a virtual machine/, /leave it out/],
  ] as const)('%s', async ([line, code, why, remedy]) => {
    const { cwd, cache, env } = surroundings();
    const ended = await installation.run(wordsOf(line), { cwd, env });
    expect(ended).toMatchObject({ signal: null, stdout: '' });
    expect([2, 4]).toContain(ended.exitCode);
    const [first = '', second = ''] = ended.stderr.split('\n');
    expect(first).toMatch(new RegExp(`^${code} {2}[A-Z].*\\.$`));
    expect(first).toMatch(why);
    expect(second).toMatch(remedy);
    expect([existsSync(path.join(cwd, 'runs')), existsSync(cache)]).toEqual([false, false]);
  });

  test('--json: the same as an object, and nothing else on stdout', async () => {
    const { cwd, env } = surroundings();
    const ended = await installation.run(['--kernel', 'debian:six', '--json'], { cwd, env });
    expect(jsonOf<object>(ended, 4)).toMatchObject({ error: { code: 'KERNEL_UNAVAILABLE' } });
  });

  test('a machine without QEMU: all that is missing, and the packages that bring it', async () => {
    const { cwd, cache, env } = surroundings();
    // QEMU lies in none of the folders that are looked into whatever PATH says.
    const ended = await installation.run(['--kernel', 'debian:6.1'], {
      cwd,
      env: { ...env, PATH: '/nowhere' },
    });
    expect(ended).toMatchObject({ exitCode: 4, stdout: '' });
    expect(ended.stderr).toMatch(
      /^TOOL_MISSING {2}Cannot start a virtual machine .*qemu-system-x86_64/,
    );
    expect(ended.stderr).toMatch(/Remedy: apt-get install --no-install-recommends qemu-system-x86/);
    expect(existsSync(cache)).toBe(false);
  });

  test('a cache that cannot be written is no defect of ours', async () => {
    const { cwd, env } = surroundings();
    writeFileSync(path.join(cwd, 'taken'), '');
    const through = asOrdinaryUser();
    const ended = await installation.run(['--kernel', 'list'], {
      cwd,
      through,
      env: { ...env, XDG_CACHE_HOME: path.join(cwd, 'taken') },
    });
    expect(ended.stderr).toMatch(/^KERNEL_UNAVAILABLE {2}Cannot prepare a kernel: ENOTDIR.*\.$/m);
    expect(ended.stderr).toContain('XDG_CACHE_HOME');
  });
});

describe.concurrent('--dry-run', { timeout: TIMEOUT_MS }, () => {
  const dryRun = async (line: string) => {
    const { cwd, cache, env } = surroundings();
    const ended = await installation.run(wordsOf(line), {
      cwd,
      through: [...asOrdinaryUser(), 'env', 'PATH=/nowhere'],
      env,
    });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    // Nothing was fetched, packed or noted.
    expect([existsSync(cache), readdirSync(cwd)]).toEqual([false, []]);
    return ended.stdout;
  };

  test('shows the machine; it needs neither privileges nor tools, and fetches nothing', async () => {
    const plan = await dryRun('--kernel debian:6.1 --vm-memory 700 --dry-run');
    expect(plan).toMatch(
      /qemu-system-x86_64 .* -m 700 .* -kernel debian:6\.1 -initrd '<initramfs>'/,
    );
    expect(plan).toContain('console.txt');
  });

  test('predicts for the kernel that was named, not for this one', async () => {
    // Since 6.5 a client repeats its SYN every second at first.
    expect(await dryRun('--kernel debian:6.1 --dry-run')).toContain('at 0, 1, 3, 7, 15, 31, 63 s');
    expect(await dryRun('--kernel debian:6.12 --dry-run')).toContain('at 0, 1, 2, 3, 4, 5, 7');
    expect(await dryRun('sweep --kernel debian:6.1 --dry-run')).toContain('kernel 6.1 ');
  });

  test('of verify, sweep and an incident', async () => {
    expect(await dryRun('verify --kernel debian:6.1 --dry-run')).toContain('nothing was started');
    expect(await dryRun('sweep --kernel debian:6.1 --dry-run')).toContain('nothing was measured');
    expect(await dryRun('incident --kernel debian:6.1 --dry-run')).toContain('qemu-system-x86_64');
  });
});
