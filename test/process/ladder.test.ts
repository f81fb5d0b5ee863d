/** What `--ladder` prints and writes, from stored runs. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { useInstallation } from '../helpers/installation.ts';
import { mermaidProblems } from '../helpers/mermaid-grammar.ts';

const installation = useInstallation();

const FIXTURES = path.resolve('test/fixtures/runs');

function stored(...names: readonly string[]): string {
  const folder = installation.newFolder();
  for (const name of names) {
    cpSync(path.join(FIXTURES, name), path.join(folder, name), { recursive: true });
  }
  return folder;
}

test('mermaid on standard output, and nothing else there', async () => {
  const folder = path.join(stored('accept-queue-overflow'), 'accept-queue-overflow');
  const { exitCode, stdout } = await installation.run(['judge', folder, '--ladder', 'mermaid']);
  expect(exitCode).toBe(0);
  expect(mermaidProblems(stdout)).toEqual([]);
  expect(stdout).toContain('client 4');
  expect(existsSync(path.join(folder, 'report.txt'))).toBe(true);
});

test('the packets of another client as text', async () => {
  const folder = path.join(stored('accept-queue-overflow'), 'accept-queue-overflow');
  const args = ['judge', folder, '--ladder', 'text', '--client', '1'];
  const { stdout } = await installation.run(args);
  expect(stdout).toMatch(/^Packets of client 1 .*\n +0\.000 {2}SYN /);
});

test('an SVG goes into a file, and the report follows', async () => {
  const folder = path.join(stored('accept-queue-overflow'), 'accept-queue-overflow');
  const file = path.join(folder, 'ladder.svg');
  const { stdout } = await installation.run(['judge', folder, '--ladder', `svg=${file}`]);
  expect(stdout).toMatch(/^A full accept queue/);
  expect(readFileSync(file, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
});

test.each([
  [['--ladder', 'png'], 'Cannot use --ladder png'],
  [['--ladder', 'svg='], 'Cannot use --ladder svg='],
  [['--ladder', 'svg', '--json'], 'one JSON object'],
  [['--client', '4'], '--clients'],
  [['--ladder', 'text', '--client', '9'], 'There are no packets of client 9'],
])('%j is refused as wrong usage', async (args, said) => {
  const folder = path.join(stored('accept-queue-overflow'), 'accept-queue-overflow');
  const { exitCode, stderr } = await installation.run(['judge', folder, ...args]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(said);
});

test('the figures of the README come from runs, and drawing them again changes nothing', () => {
  const folder = stored('accept-queue-overflow', 'fooled-client');
  const readme = path.join(folder, 'README.md');
  const around = (name: string): string =>
    `before\n<!-- figure: ${name} -->\nPLACEHOLDER\n<!-- /figure -->\n`;
  writeFileSync(readme, around('default run') + around('ladder of a fooled client'));
  const draw = (): string => {
    const script = ['test/render-figures.mjs', '--from', folder, '--readme', readme];
    const { status, stderr } = spawnSync(process.execPath, script, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    return readFileSync(readme, 'utf8');
  };
  const drawn = draw();
  expect(drawn).not.toContain('PLACEHOLDER');
  const blocks = [...drawn.matchAll(/```(?:mermaid)?\n([^`]+)```/g)].map(([, text]) => text ?? '');
  const [first = '', mermaid = ''] = blocks;
  expect(first).toMatch(/^A full accept queue[\s\S]*\n\[\.\.\.\]\nPrediction[\s\S]*\nEvidence {2}/);
  expect(first).not.toMatch(/claims.*001-c/);
  expect(mermaidProblems(mermaid)).toEqual([]);
  expect(draw()).toBe(drawn);
});

test('every figure of the README has been drawn', () => {
  const figures = readFileSync('README.md', 'utf8').split('<!-- figure: ').slice(1);
  expect(figures.length).toBeGreaterThan(0);
  for (const figure of figures) {
    expect(figure).toMatch(/^[\w ]+ -->\n\n```(?:mermaid)?\n[^`]+\n```\n\n<!-- \/figure -->\n/);
  }
});
