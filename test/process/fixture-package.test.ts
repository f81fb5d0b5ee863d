/** The fixtures as somebody else gets them: packed, unpacked into a project, without our packages. */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asOrdinaryUser } from '../helpers/as-ordinary-user.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const OURS = path.join(ROOT, 'node_modules');
const DEADLINE_MS = 15_000;

/** Starts, fills, has one client time out and ends without release: nothing may keep it alive. */
const USE = `
const listener = await fullListener({ backlog: 2 });
const socket = net.connect(listener.port, listener.host);
socket.on('connect', () => console.log('connected'));
socket.setTimeout(200, () => { console.log('hung', listener.capacity); socket.destroy(); });
`;

let project = '';

beforeAll(() => {
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-user-'));
  fs.chmodSync(project, 0o755);
  const installed = path.join(project, 'node_modules/backlog-lab');
  fs.mkdirSync(installed, { recursive: true });
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', project];
  const tarball = execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }).trim();
  const unpack = ['-xzf', path.join(project, tarball), '-C', installed, '--strip-components=1'];
  execFileSync('tar', [...unpack, '--no-same-owner']);
});

afterAll(() => {
  fs.rmSync(project, { recursive: true });
});

const write = (name: string, text: string): void => {
  fs.writeFileSync(path.join(project, name), text);
};

/** A command in the project, with nothing of this test run in its environment. */
const run = (command: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const [program = '', ...args] = command;
  return spawnSync(program, args, {
    cwd: project,
    encoding: 'utf8',
    timeout: DEADLINE_MS,
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
  });
};

const HUNG = { status: 0, stdout: 'hung 3\n', stderr: '' };

test('an ordinary user imports it from a module, and the process ends by itself', () => {
  write(
    'use.mjs',
    `import net from 'node:net';\nimport { fullListener } from 'backlog-lab';\n${USE}`,
  );
  expect(run([...asOrdinaryUser(), process.execPath, 'use.mjs'])).toMatchObject(HUNG);
});

test.each(["require('backlog-lab')", "await import('backlog-lab')"])(
  'from CommonJS: %s',
  (load) => {
    const main = `(async () => {\nconst { fullListener } = ${load};\n${USE}})();\n`;
    write('use.cjs', `const net = require('node:net');\n${main}`);
    expect(run([process.execPath, 'use.cjs'])).toMatchObject(HUNG);
  },
);

test("what NODE_OPTIONS loads into a process is its own affair, not the thread's", () => {
  write(
    'use.mjs',
    `import net from 'node:net';\nimport { fullListener } from 'backlog-lab';\n${USE}`,
  );
  write('preload.cjs', "console.log('preloaded');\n");
  const env = { NODE_OPTIONS: '--require ./preload.cjs' };
  const { stdout } = run([process.execPath, 'use.mjs'], env);
  expect(stdout).toBe('preloaded\nhung 3\n');
});

test('with too few descriptors it says so, and the process ends', () => {
  const use = 'fullListener({ backlog: 500 }).catch(({ message }) => console.log(message));\n';
  write('few.mjs', `import { fullListener } from 'backlog-lab';\n${use}`);
  const ended = run(['sh', '-c', 'ulimit -n 100; exec "$0" few.mjs', process.execPath]);
  expect(ended).toMatchObject({ status: 0, stderr: '' });
  expect(ended.stdout).toMatch(
    /^Cannot fill the accept queue of .* after \d+ connections: .*EMFILE/,
  );
});

const TYPED = `
import { type FullListener, fullListener, silentListener } from 'backlog-lab';

export const use = async (): Promise<number> => {
  await using listener: FullListener = await fullListener({ backlog: 2, host: '::1', port: 0 });
  await using silent = await silentListener();
  const whenFull: 'ignores' | 'refuses' = listener.whenFull;
  await listener.accept();
  await listener.release();
  return listener.capacity + silent.port + whenFull.length + listener.proof.length;
};
// @ts-expect-error: a backlog is a number.
await fullListener({ backlog: '2' });
// @ts-expect-error: a silent listener is not filled.
await silentListener({ backlog: 2 });
`;

test.each([
  ['as a module', 'typed.mts', TYPED],
  ['as CommonJS', 'typed.cts', TYPED.replaceAll(/^await (.*)$/gm, 'void $1')],
])('its types hold %s, for users without the types of Node', (_, name, text) => {
  write(name, text);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
  const tsc = path.join(OURS, 'typescript/bin/tsc');
  const types = ['--types', '', '--lib', 'es2022'];
  const ended = run([process.execPath, tsc, '--ignoreConfig', ...options, ...types, name]);
  expect(ended.stdout).toBe('');
  expect(ended.status).toBe(0);
});

/** The code blocks of the README's section in its order: vitest, node:test, jest. */
const examples = (): readonly string[] => {
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const [, section = ''] = readme.split('\n## In your own tests\n');
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/```(?:ts|js)\n(.*?)```/gs)].map(([, code = '']) => code);
};

const exampleFor = (runner: string): string => {
  const found = examples().find((code) => code.includes(runner));
  if (found === undefined) throw new Error(`The README has no example for ${runner}.`);
  return found;
};

test('the example for node:test passes', () => {
  write('example.test.mjs', exampleFor("'node:test'"));
  const ended = run([process.execPath, '--test', 'example.test.mjs']);
  expect(ended.stdout).toMatch(/pass 1\b/);
  expect(ended.status).toBe(0);
});

test(
  'the example for vitest passes',
  () => {
    fs.symlinkSync(path.join(OURS, 'vitest'), path.join(project, 'node_modules/vitest'));
    write('example.test.ts', exampleFor("'vitest'"));
    const vitest = path.join(OURS, 'vitest/vitest.mjs');
    const ended = run([process.execPath, vitest, 'run', 'example.test.ts']);
    expect(ended.stdout).toMatch(/1 passed/);
    expect(ended.status).toBe(0);
  },
  DEADLINE_MS,
);
