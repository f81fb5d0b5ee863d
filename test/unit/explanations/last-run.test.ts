import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastRunFinder } from '../../../harness/commands/last-run.ts';
import { FILES } from '../../../harness/domain/evidence.ts';

const FIXTURES = path.join(import.meta.dirname, '..', '..', 'fixtures', 'runs');
const AT_TEN = '20261121-100000.000';
const AT_ELEVEN = '20261121-110000.000';

let runsDir = '';

beforeEach(() => {
  runsDir = mkdtempSync(path.join(os.tmpdir(), 'last-run-'));
});

afterEach(() => rmSync(runsDir, { recursive: true }));

/** Stores a recorded run under that name. */
function store(fixture: string, name: string): string {
  const folder = path.join(runsDir, name);
  cpSync(path.join(FIXTURES, fixture), folder, { recursive: true });
  return folder;
}

const found = (claim: string): string | undefined => lastRunFinder(runsDir)(claim)?.folder;

test('the newest run that tests the claim', () => {
  const older = store('accept-queue-overflow', `${AT_TEN}-accept-queue-overflow`);
  const newer = store('overflow-ipv6', `${AT_ELEVEN}-accept-queue-overflow`);
  store('fooled-client', '20261121-120000.000-fooled-client');
  expect(found('001-a')).toBe(newer);
  rmSync(newer, { recursive: true });
  expect(found('001-a')).toBe(older);
});

test('it is judged again', () => {
  store('accept-queue-overflow', `${AT_TEN}-accept-queue-overflow`);
  const run = lastRunFinder(runsDir)('001-b (i)');
  expect(run?.judged).toMatchObject({ id: '001-b (i)', finding: { kind: 'outdated' } });
  expect(run?.judgement.scenario.id).toBe('accept-queue-overflow');
});

test('the runs of a catalogue count by the time of the catalogue', () => {
  const before = store('accept-queue-overflow', `${AT_TEN}-accept-queue-overflow`);
  const inside = store('overflow-ipv6', path.join(`${AT_ELEVEN}-verify`, 'accept-queue-overflow'));
  expect(found('001-a')).toBe(inside);
  rmSync(path.dirname(inside), { recursive: true });
  expect(found('001-a')).toBe(before);
});

test('a run that does not exercise the claim is passed over', () => {
  const overflow = store('accept-queue-overflow', `${AT_TEN}-accept-queue-overflow`);
  store('fits', `${AT_ELEVEN}-accept-queue-overflow`);
  expect(found('001-a')).toBe(overflow);
});

/** What may lie in a runs folder besides finished runs. */
const USELESS: readonly (readonly [what: string, spoil: (folder: string) => void])[] = [
  ['aborted', (folder) => write(folder, FILES.status, '{"schemaVersion":1,"status":"aborted"}')],
  ['under way', (folder) => rmSync(path.join(folder, FILES.status))],
  ['without a plan', (folder) => rmSync(path.join(folder, FILES.plan))],
  ['with half a plan', (folder) => write(folder, FILES.plan, '{"schemaVersion":1,')],
  ['with a plan of null', (folder) => write(folder, FILES.plan, 'null')],
  ['of a scenario that is no more', (folder) => write(folder, FILES.plan, '{"scenario":"gone"}')],
];

const write = (folder: string, file: string, text: string): void =>
  writeFileSync(path.join(folder, file), text);

test.for(USELESS)('a run %s is passed over', ([, spoil]) => {
  const good = store('accept-queue-overflow', `${AT_TEN}-accept-queue-overflow`);
  spoil(store('accept-queue-overflow', `${AT_ELEVEN}-accept-queue-overflow`));
  expect(found('001-a')).toBe(good);
});

test('there is none among other things', () => {
  expect(lastRunFinder(path.join(runsDir, 'not-there'))('001-a')).toBeNull();
  store('accept-queue-overflow', 'kept-by-hand');
  mkdirSync(path.join(runsDir, `${AT_TEN}-verify`));
  write(runsDir, `${AT_ELEVEN}-note`, 'a file');
  expect(lastRunFinder(runsDir)('001-a')).toBeNull();
});
