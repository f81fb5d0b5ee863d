import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** A file, a line that must not stand in it, and words of the message that says where it belongs. */
const FORBIDDEN: readonly (readonly [file: string, line: string, message: string])[] = [
  ['harness/domain/a.ts', "import '../kernel/x.ts';", 'imports nothing outside itself'],
  ['harness/domain/b.ts', "import 'node:fs/promises';", 'harness/domain/ is pure'],
  ['harness/kernel/a.ts', "import '../evidence/x.ts';", 'harness/domain/ only'],
  ['harness/kernel/b.ts', "import 'execa';", 'harness/kernel/ is pure'],
  ['harness/kernel/c.ts', 'export const now = Date.now();', 'Date'],
  ['harness/evidence/a.ts', "import '../kernel/x.ts';", 'harness/domain/ only'],
  ['harness/evidence/b.ts', 'export const bytes = Buffer.alloc(1);', 'Buffer'],
  ['harness/scenarios/a.ts', "import '../collect/x.ts';", 'data plus small functions'],
  ['harness/verdict/a.ts', "import '../evidence/x.ts';", 'however they were gathered'],
  ['harness/report/a.ts', "import '../run-folder.ts';", 'draws a verdict that is already there'],
  ['harness/report/page/a.ts', "import '../../evidence/x.ts';", 'what every report is made of'],
  ['harness/page/a.ts', "import '../run-folder.ts';", 'runs in browsers'],
  ['harness/demo/a.ts', "import '../reproduce.ts';", 'draws what a judged run says'],
  ['harness/demo/b.ts', "import '../commands/x.ts';", 'draws what a judged run says'],
  ['harness/demo/c.ts', "import 'node:readline';", 'harness/demo/ is pure'],
  ['harness/demo/d.ts', 'export const now = Date.now();', 'Date'],
  ['harness/live/a.ts', "import '../verdict/x.ts';", 'expects nothing'],
  ['harness/live/b.ts', "import 'node:fs';", 'harness/live/ is pure'],
  ['harness/live/c.ts', 'export const now = performance.now();', 'performance'],
  ['harness/collect/a.ts', "import '../verdict/x.ts';", 'harness/collect/ only gathers'],
  ['harness/collect/b.ts', "import '../sandbox/x.ts';", 'harness/collect/ only gathers'],
  ['harness/collect/c.ts', "import '../kernel/schedule.ts';", 'sysctls.ts only'],
  ['harness/collect/d.ts', "import '../../servers/x.ts';", 'never imports them'],
  ['harness/collect/e.ts', "process.stdout.write('');", 'process.stdout'],
  ['harness/sandbox/a.ts', "import '../collect/x.ts';", 'only through the run folder'],
  ['harness/commands/a.ts', "import 'node:child_process';", 'start processes'],
  ['harness/commands/b.ts', "import '../../clients/x.ts';", 'never imports them'],
  ['harness/reproduce.ts', "import 'execa';", 'start processes'],
  ['servers/a.ts', "import '../harness/domain/plan.ts';", 'A server is a program of its own'],
  ['clients/a.ts', "import '../servers/x.ts';", 'A client is a program of its own'],
  ['clients/b.ts', "import 'node:child_process';", 'A client only connects'],
];

const ALLOWED: readonly (readonly [file: string, line: string])[] = [
  ['harness/kernel/ok.ts', "import '../domain/x.ts';"],
  ['harness/scenarios/ok.ts', "import '../verdict/x.ts';"],
  ['harness/demo/ok.ts', "import '../report/x.ts';"],
  ['harness/collect/ok.ts', "import '../kernel/sysctls.ts';"],
  ['harness/collect/ok-too.ts', "import 'execa';"],
  ['harness/sandbox/ok.ts', "import 'node:child_process';"],
  ['harness/commands/ok.ts', "process.stdout.write('');"],
  ['servers/ok.ts', "import '../harness/domain/wire.ts';"],
  ['clients/ok.ts', "import '../harness/domain/tcp.ts';"],
];

const project = mkdtempSync(path.join(tmpdir(), 'import-rules-'));
/** One line a diagnostic, with the file it belongs to. */
let diagnostics: readonly string[] = [];

beforeAll(() => {
  for (const [file, line] of [...FORBIDDEN, ...ALLOWED]) {
    mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    writeFileSync(path.join(project, file), `${line}\n`);
  }
  for (const file of ['biome.json', 'package.json']) copyFileSync(file, path.join(project, file));
  const biome = path.resolve('node_modules/.bin/biome');
  const args = ['lint', '--reporter=github', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(biome, args, { cwd: project, encoding: 'utf8' });
  diagnostics = stdout.split('\n');
});

afterAll(() => rmSync(project, { recursive: true }));

const about = (file: string) => diagnostics.filter((line) => line.includes(`/${file},`));

test.each(FORBIDDEN)('%s: refuses %s', (file, _line, message) => {
  expect(about(file)).toContainEqual(expect.stringContaining(message));
});

test.each(ALLOWED)('%s: allows %s', (file) => {
  expect(about(file)).toEqual([]);
});
