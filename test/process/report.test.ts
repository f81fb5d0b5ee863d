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

/** Of every finding that has one. */
const linksIn = (html: string): readonly string[] =>
  [...html.matchAll(/"href":"([^"]+)"/g)].map(([, href = '']) => href);

test('an index links to pages that are there, wherever it is written itself', async () => {
  const folder = copyOf('incidents', 'tomcat-accept-count');
  writeFileSync(path.join(folder, 'incident.json'), '{}');
  const file = path.join(installation.newFolder(), 'elsewhere', 'page.html');
  expect((await installation.run(['report', folder, '--output', file])).exitCode).toBe(0);
  const links = linksIn(readFileSync(file, 'utf8'));
  expect(new Set(links).size).toBe(2);
  const places = links.map((link) => path.join(path.dirname(file), decodeURIComponent(link)));
  expect(places.filter((place) => !existsSync(place))).toEqual([]);
});

test('a run without a page is named in the index, and not linked to', async () => {
  const folder = installation.newFolder();
  cpSync(path.join(FIXTURES, 'runs', 'fits'), path.join(folder, 'here'), { recursive: true });
  const finding = { scenario: 'fits', variant: '', verdict: 'confirmed', observed: '3' };
  const findings = ['here', 'gone'].map((name) => ({
    ...{ ...finding, reason: null, rule: null, runFolder: `runs/x/${name}` },
  }));
  const claim = { id: '001-a', document: '001', claim: 'It is so.', verdict: 'confirmed' };
  const totals = { confirmed: 1, outdated: 0, contradicted: 0, inconclusive: 0 };
  const kernel = { release: '6.18.0', architecture: 'x64', distribution: 'Debian 13' };
  const json = { schemaVersion: 1, kernel, totals, scenarios: [], wallMs: 1 };
  writeFileSync(
    path.join(folder, 'verify.json'),
    JSON.stringify({ ...json, claims: [{ ...claim, reason: null, observed: '3', findings }] }),
  );
  expect((await installation.run(['report', folder])).exitCode).toBe(0);
  expect(linksIn(readFileSync(path.join(folder, 'report.html'), 'utf8'))).toEqual([
    'here/report.html',
  ]);
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
