/** The command `report`: what it writes, where, and what it refuses. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { PageModel } from '../../harness/report/page/page-model.ts';
import { useInstallation } from '../helpers/installation.ts';

const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures');

const installation = useInstallation();

function copyOf(...place: readonly string[]): string {
  const folder = path.join(installation.newFolder(), 'a run');
  cpSync(path.join(FIXTURES, ...place), folder, { recursive: true });
  return folder;
}

function modelIn(html: string): PageModel {
  const [, json = ''] =
    /<script type="application\/json" id="model">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json) as PageModel;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

test('a page beside the evidence, whose policy allows its own script and nothing else', async () => {
  const folder = copyOf('runs', 'accept-queue-overflow');
  const ended = await installation.run(['report', folder]);
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout.trim()).toMatch(/a run\/report\.html$/);
  const html = readFileSync(path.join(folder, 'report.html'), 'utf8');
  expect(modelIn(html)).toMatchObject({ kind: 'run', scenario: 'accept-queue-overflow' });
  const [script = ''] = html.match(/(?<=<script>).*?(?=<\/script>)/s) ?? [];
  expect(html).toContain(`script-src 'sha256-${hashOf(script)}'`);
  expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org\/|github\.com\/leeoniya)/);
});

test('--output writes it elsewhere, and makes the folders', async () => {
  const folder = copyOf('runs', 'fits');
  const file = path.join(installation.newFolder(), 'deep', 'page.html');
  const ended = await installation.run(['report', folder, '--output', file]);
  expect(ended.exitCode).toBe(0);
  expect(modelIn(readFileSync(file, 'utf8')).kind).toBe('run');
  expect(existsSync(path.join(folder, 'report.html'))).toBe(false);
});

test('an incident gets an index, and each phase a page', async () => {
  const folder = copyOf('incidents', 'tomcat-accept-count');
  writeFileSync(path.join(folder, 'incident.json'), '{}');
  expect((await installation.run(['report', folder])).exitCode).toBe(0);
  expect(modelIn(readFileSync(path.join(folder, 'report.html'), 'utf8')).kind).toBe('incident');
  for (const phase of ['fault', 'remedy']) {
    const html = readFileSync(path.join(folder, phase, 'report.html'), 'utf8');
    expect(modelIn(html)).toMatchObject({ kind: 'run', scenario: 'tomcat-accept-count' });
  }
});

test('a folder with a damaged run still gets a page, which says so; one without a run does not', async () => {
  const folder = copyOf('runs', 'fits');
  rmSync(path.join(folder, 'commands.jsonl'));
  rmSync(path.join(folder, 'capture.pcap'));
  expect((await installation.run(['report', folder])).exitCode).toBe(0);
  const model = modelIn(readFileSync(path.join(folder, 'report.html'), 'utf8'));
  expect(model).toMatchObject({ verdict: 'inconclusive', ladders: [], carriedOut: [] });

  const empty = await installation.run(['report', installation.newFolder()]);
  expect(empty.exitCode).toBe(4);
  expect(empty.stderr).toMatch(/^EVIDENCE_UNREADABLE/);
  const verify = installation.newFolder();
  writeFileSync(path.join(verify, 'verify.json'), '{"schemaVersion":1}');
  expect((await installation.run(['report', verify])).stderr).toMatch(/^EVIDENCE_UNREADABLE/);
});
