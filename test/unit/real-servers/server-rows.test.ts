import { expect, test } from 'vitest';
import type { CatalogueOutcome } from '../../../harness/domain/catalogue.ts';
import { HarnessError } from '../../../harness/domain/harness-error.ts';
import { casesOf } from '../../../harness/domain/real-servers.ts';
import { isAsKnown } from '../../../harness/report/servers-words.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { rowOf, runOfCase } from '../../../harness/server-cases.ts';
import { stormFigures } from '../../../harness/verdict/own-server-figures.ts';
import { fixture } from '../../helpers/fixtures.ts';
import { aServer } from './a-table.ts';

const [byDefault, withSetting] = casesOf([aServer()], 9_999);
if (byDefault === undefined || withSetting === undefined) throw new Error('no cases');

const { seen, verdict } = judgeEvidence(fixture('own-server'));
const storm = { figures: stormFigures(seen), reason: verdict.reason };

type Judged = Extract<CatalogueOutcome, { kind: 'judged' }>;

const judged = (kind: Judged['verdict']['kind']): Judged => ({
  kind: 'judged',
  run: runOfCase(byDefault, '/nowhere'),
  tookMs: 1,
  runFolder: 'runs/one',
  verdict: { ...verdict, kind },
  kernel: { release: '6.18.0', architecture: 'x64', distribution: 'Debian' },
  report: {},
});

test('a run starts the server in the folder of its files, at the port of the case', () => {
  const { parameters, label } = runOfCase(withSetting, '/nowhere');
  expect(label).toBe('rapid-backlog-16');
  expect(parameters).toMatchObject({ port: 10_000, ownServer: { folder: '/nowhere' } });
  expect(parameters.ownServer?.command).toMatch(/\/usr\/sbin.*; exec rapid 10000 16$/);
});

test('only a run with many clients keeps a processor', () => {
  const heavy = (backlog: number | 'somaxconn') =>
    casesOf([aServer({ byDefault: { backlog, words: '' } })], 1).map(
      (each) => runOfCase(each, '/nowhere').heavy,
    );
  expect(heavy(511)).toEqual([false, false]);
  expect(heavy(2_048)).toEqual([true, false]);
  expect(heavy('somaxconn')).toEqual([true, false]);
});

test('a good run fills a row with what its storm showed', () => {
  const row = rowOf(byDefault, '1.2', { outcome: judged('confirmed'), seen: storm });
  expect(row).toMatchObject({
    problem: null,
    runFolder: 'runs/one',
    found: { limit: 5, places: 6, somaxconn: 4_096, burst: { clients: 16 } },
  });
  expect(row.found?.frozen).toEqual({ clients: 10, before: 0, connected: 6, refused: 4 });
  expect(isAsKnown(row), 'the fixture asks for 5, not for 511').toBe(false);
});

test('a run that decides nothing fills nothing, and says why', () => {
  for (const kind of ['inconclusive', 'contradicted'] as const) {
    const seenBadly = { ...storm, reason: 'too slow' };
    const row = rowOf(byDefault, '1.2', { outcome: judged(kind), seen: seenBadly });
    expect(row).toMatchObject({ found: null, problem: 'too slow', runFolder: 'runs/one' });
  }
  const { run } = judged('confirmed');
  const error = new HarnessError('SERVER_FAILED', 'It ended.', { remedy: 'look' });
  const failed: CatalogueOutcome = { kind: 'failed', run, tookMs: 1, runFolder: null, error };
  expect(rowOf(byDefault, '1.2', { outcome: failed, seen: undefined })).toMatchObject({
    found: null,
    problem: 'It ended. Remedy: look',
  });
  const blind = { ...storm, figures: { ...storm.figures, places: undefined } };
  expect(rowOf(byDefault, '1.2', { outcome: judged('confirmed'), seen: blind })).toMatchObject({
    found: null,
    problem: expect.stringContaining('was not seen'),
  });
});

test('a row that is not run has no figures and no problem', () => {
  expect(rowOf(withSetting, '1.2')).toMatchObject({
    command: 'rapid 10000 16',
    found: null,
    problem: null,
    runFolder: null,
  });
});
