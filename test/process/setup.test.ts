import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ALL_TOOLS, TestMachine } from '../helpers/fresh-machine.ts';

const rootTest = test.skipIf(process.getuid?.() !== 0);
const RPM_PACKAGES = 'tcpdump iproute util-linux nftables iproute-tc procps-ng';

/** The package manager's name and its call on a machine without any of the tools. */
const MANAGERS: readonly (readonly [manager: string, call: string])[] = [
  [
    'apt-get',
    'apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends tcpdump iproute2 util-linux nftables procps',
  ],
  ['dnf', `dnf install -y --setopt=install_weak_deps=False ${RPM_PACKAGES}`],
  ['yum', `yum install -y ${RPM_PACKAGES}`],
  ['apk', 'apk add --no-cache tcpdump iproute2 util-linux nftables procps'],
  ['pacman', 'pacman -S --needed --noconfirm tcpdump iproute2 util-linux nftables procps-ng'],
  [
    'zypper',
    'zypper --non-interactive install --no-recommends tcpdump iproute2 util-linux nftables procps',
  ],
];

rootTest.each(MANAGERS)('root: installs with %s what is missing, once', (manager, call) => {
  using machine = new TestMachine({ manager, isRoot: true });

  const first = machine.setup();
  expect(first.output).toContain(call);
  expect(first).toMatchObject({ exitCode: 0, calls: [call] });

  const second = machine.setup();
  expect(second.output).toContain('System tools: all there.');
  expect(second).toMatchObject({ exitCode: 0, calls: [call] });
});

rootTest('root: asks only for the package of a missing tool', () => {
  using machine = new TestMachine({
    manager: 'dnf',
    isRoot: true,
    tools: ALL_TOOLS.filter((tool) => tool !== 'tc'),
  });
  expect(machine.setup().calls).toEqual([
    'dnf install -y --setopt=install_weak_deps=False iproute-tc',
  ]);
});

rootTest('root: fetches package lists only after an attempt without them failed', () => {
  using machine = new TestMachine({ manager: 'apt-get', needsLists: true, isRoot: true });
  const { exitCode, calls } = machine.setup();
  expect(calls.map((call) => call.split(' ')[3])).toEqual(['install', 'update', 'install']);
  expect(exitCode).toBe(0);
});

rootTest('root: shows what the package manager said when it cannot install', () => {
  using machine = new TestMachine({
    manager: 'apk',
    needsLists: true,
    isRoot: true,
  });
  const { exitCode, output } = machine.setup();
  expect(output).toContain('    no such package');
  expect(output).toContain('Remedy: apk add --no-cache tcpdump');
  expect(exitCode).toBe(4);
});

test.each(MANAGERS)('ordinary user without sudo, %s: names the command', (manager, call) => {
  using machine = new TestMachine({ manager });
  const { exitCode, output, calls } = machine.setup();
  expect(output).toMatch(/Remedy: su - -c '.*'$/m);
  expect(output).toContain(`${call}'`);
  expect({ exitCode, calls }).toEqual({ exitCode: 4, calls: [] });
});

test('ordinary user with sudo: says what runs through it, then runs it', () => {
  using machine = new TestMachine({ manager: 'dnf', hasSudo: true });
  const { exitCode, output, calls } = machine.setup();
  expect(output).toContain(`  sudo -n ${calls[0]}`);
  expect({ exitCode, calls: calls.length }).toEqual({ exitCode: 0, calls: 1 });
});

test('is content without a tool that only single scenarios need', () => {
  using machine = new TestMachine({
    manager: 'apk',
    tools: ALL_TOOLS.filter((tool) => tool !== 'nft'),
  });
  const { exitCode, output } = machine.setup();
  expect(output).toContain('still without nft');
  expect(output).toContain("su - -c 'apk add --no-cache nftables'");
  expect(exitCode).toBe(0);
});

test("takes BusyBox's namesake of a tool for a missing tool", () => {
  using machine = new TestMachine({ tools: [...ALL_TOOLS, 'busybox'] });
  const bin = path.join(machine.folder, 'bin');
  rmSync(path.join(bin, 'unshare'));
  symlinkSync(path.join(bin, 'busybox'), path.join(bin, 'unshare'));
  const { exitCode, output } = machine.setup();
  expect(output).toContain('Cannot run without unshare');
  expect(exitCode).toBe(4);
});

test('without a known package manager: names the missing tools', () => {
  using machine = new TestMachine({});
  const { exitCode, output } = machine.setup();
  expect(output).toContain(
    'Remedy: install tcpdump ip ss unshare nsenter taskset nft tc setpriv flock sysctl ps',
  );
  expect(exitCode).toBe(4);
});

test('leaves the machine alone when asked to', () => {
  using machine = new TestMachine({ manager: 'dnf', hasSudo: true });
  expect(machine.setup('--no-system-tools')).toMatchObject({ exitCode: 0, calls: [] });
});

test('refuses an argument it does not know', () => {
  using machine = new TestMachine({});
  expect(machine.setup('--no-system-tool')).toMatchObject({ exitCode: 2 });
});

test('refuses a Node that is too old', () => {
  using machine = new TestMachine({ tools: ALL_TOOLS });
  machine.program('node', '#!/bin/sh\necho v20.18.3\n');
  const { exitCode, output } = machine.setup();
  expect(output).toContain('Cannot set up with Node 20.18.3 because the harness needs 20.19.');
  expect(exitCode).toBe(4);
});

test('stops when the build fails', () => {
  using machine = new TestMachine({ tools: ALL_TOOLS });
  writeFileSync(path.join(machine.project, 'harness/build.mjs'), 'process.exitCode = 1;');
  const { exitCode, output } = machine.setup();
  expect(output).not.toContain('Ready.');
  expect(exitCode).toBe(4);
});

/** A package beside the project, which npm links into node_modules without any network. */
function writeDependency(project: string, version: string): void {
  const manifest = { name: 'dependency', version };
  const own = {
    name: 'project',
    version: '1.0.0',
    dependencies: { dependency: 'file:dependency' },
  };
  const lock = {
    ...own,
    lockfileVersion: 3,
    packages: {
      '': own,
      dependency: { version },
      'node_modules/dependency': { resolved: 'dependency', link: true },
    },
  };
  mkdirSync(path.join(project, 'dependency'), { recursive: true });
  writeFileSync(path.join(project, 'dependency/package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(project, 'package.json'), JSON.stringify(own));
  writeFileSync(path.join(project, 'package-lock.json'), JSON.stringify(lock));
}

rootTest('installs the packages only when node_modules is not what the lockfile says', () => {
  using machine = new TestMachine({ tools: ALL_TOOLS, isRoot: true });
  const installing = 'Packages: installing with npm ci.';
  writeDependency(machine.project, '1.0.0');
  expect(machine.setup()).toMatchObject({
    exitCode: 0,
    output: expect.stringContaining(installing),
  });
  expect(machine.setup().output).not.toContain(installing);
  rmSync(path.join(machine.project, 'node_modules/dependency'));
  expect(machine.setup().output).toContain(installing);
});
