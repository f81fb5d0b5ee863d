/** harness/build.mjs: compiles what has changed, and only then. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..', '..');
const BUILT = 'Built dist/.\n';
const UP_TO_DATE = 'dist/ is up to date.\n';
const TIMEOUT_MS = 60_000;

/** The sources in a folder of the test's own. */
function copyOfSources(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-build-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  for (const part of ['package.json', 'package-lock.json', 'harness', 'servers', 'clients']) {
    fs.cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
  }
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

function node(folder: string, ...args: readonly string[]) {
  const env = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1' };
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
}

const build = (folder: string) => node(folder, 'harness/build.mjs');

const programsOf = (folder: string): readonly string[] =>
  fs
    .readdirSync(path.join(folder, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js') && !file.startsWith('chunks'))
    .sort();

test(
  'compiles when a source is edited, added or removed, and not otherwise',
  () => {
    const folder = copyOfSources();
    expect(build(folder)).toMatchObject({ status: 0, stdout: BUILT, stderr: '' });
    expect(build(folder).stdout).toBe(UP_TO_DATE);
    expect(programsOf(folder)).toEqual([
      'clients/health-check.js',
      'clients/http-clients.js',
      'clients/relay-senders.js',
      'clients/rpc-consumers.js',
      'clients/short-connections.js',
      'clients/swarm.js',
      'clients/usual-clients.js',
      'clients/websocket-clients.js',
      'harness/cli.js',
      'harness/collect/agent.js',
      'harness/collect/cluster-main.js',
      'harness/collect/main.js',
      'harness/collect/timing-thread.js',
      'page/page.js',
      'servers/blocking-worker-thread.js',
      'servers/blocking-workers.js',
      'servers/never-accepts-thread.js',
      'servers/never-accepts.js',
      'servers/pausing-server.js',
      'servers/relay.js',
      'servers/rpc-provider.js',
      'servers/websocket-server.js',
    ]);

    const added = path.join(folder, 'servers/added.ts');
    const changes = [
      () => fs.appendFileSync(path.join(folder, 'clients/swarm.ts'), '// Edited.\n'),
      () => fs.writeFileSync(added, 'export const added = true;\n'),
      () => fs.renameSync(added, path.join(folder, 'clients/added.ts')),
      () => fs.rmSync(path.join(folder, 'clients/added.ts')),
    ];
    for (const change of changes) {
      change();
      expect(build(folder).stdout).toBe(BUILT);
      expect(build(folder).stdout).toBe(UP_TO_DATE);
    }
  },
  TIMEOUT_MS,
);

test(
  'the launcher runs what was edited',
  () => {
    const folder = copyOfSources();
    const list = path.join(folder, 'harness/commands/list.ts');
    const edited = fs.readFileSync(list, 'utf8').replace('schemaVersion: 1', 'schemaVersion: 77');
    fs.writeFileSync(list, edited);
    const ended = node(folder, 'harness/launcher.mjs', 'list', '--json');
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({ schemaVersion: 77 });
  },
  TIMEOUT_MS,
);

test(
  'a build that fails leaves the programs as they were',
  () => {
    const folder = copyOfSources();
    build(folder);
    const program = path.join(folder, 'dist/harness/cli.js');
    const before = fs.readFileSync(program, 'utf8');
    const source = path.join(folder, 'harness/cli.ts');
    const text = fs.readFileSync(source, 'utf8');
    fs.writeFileSync(source, `${text}\nlet mistake = = 1;\n`);
    for (const program of ['harness/build.mjs', 'harness/launcher.mjs']) {
      const ended = node(folder, program);
      expect(ended).toMatchObject({ status: 4, stdout: '' });
      expect(ended.stderr).toMatch(/^BUILD_FAILED {2}The sources do not compile: /);
      expect(ended.stderr).toContain('harness/cli.ts');
      expect(ended.stderr).toMatch(/\n {2}Remedy: .+\n$/);
    }
    expect(fs.readFileSync(program, 'utf8')).toBe(before);

    fs.writeFileSync(source, text);
    expect(build(folder).stdout).toBe(BUILT);
  },
  TIMEOUT_MS,
);

test('without packages it says how to get them', () => {
  const folder = copyOfSources();
  fs.rmSync(path.join(folder, 'node_modules'));
  const ended = build(folder);
  expect(ended).toMatchObject({ status: 4, stdout: '' });
  expect(ended.stderr).toMatch(/^BUILD_FAILED .*not installed.*\n {2}Remedy: npm run setup\n$/);
});

test(
  'several builds at once all succeed',
  async () => {
    const folder = copyOfSources();
    const builds = Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['harness/build.mjs'], {
        cwd: folder,
        stdio: 'ignore',
      });
      await once(child, 'exit');
      return child.exitCode;
    });
    expect(await Promise.all(builds)).toEqual([0, 0, 0, 0]);
    expect(build(folder).stdout).toBe(UP_TO_DATE);
    expect(node(folder, 'harness/launcher.mjs', '--version')).toMatchObject({ status: 0 });
    expect(
      fs.readdirSync(path.join(folder, 'dist')).filter((name) => name.startsWith('.next')),
    ).toEqual([]);
  },
  TIMEOUT_MS,
);
