/** The catalogue on the real kernel. Linux 6.15 or later is assumed, whose rules decide what is outdated. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { CATALOGUE_FILE } from '../../harness/domain/catalogue.ts';
import { FILES } from '../../harness/domain/evidence.ts';
import type { FindingKind } from '../../harness/domain/verdict.ts';
import { useInstallation } from '../helpers/installation.ts';
import { breaches, RUN_CONTRACT, VERIFY_CONTRACT } from '../helpers/json-contract.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { jsonOf } from '../helpers/reproduction.ts';
import { allGone } from '../helpers/run-processes.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 240_000;

const installation = useInstallation();

interface VerifyJson {
  readonly claims: readonly {
    readonly id: string;
    readonly verdict: FindingKind;
    readonly reason: string | null;
    readonly findings: readonly { readonly scenario: string }[];
  }[];
  readonly scenarios: readonly { readonly scenario: string; readonly runFolder: string }[];
  readonly totals: Readonly<Record<FindingKind, number>>;
  readonly folder: string;
}

const verdictsOf = ({ claims }: VerifyJson): Readonly<Record<string, FindingKind>> =>
  Object.fromEntries(claims.map(({ id, verdict }) => [id, verdict]));

const isOpen = ({ verdict }: VerifyJson['claims'][number]): boolean =>
  verdict === 'inconclusive' || verdict === 'contradicted';

/** Claims that the kernel shows to its root only. */
const NEEDS_ROOT = /^000-f\b/;

/** All others are confirmed. */
const OUTDATED: readonly string[] = [
  ...['000-d', '000-e', '000-f (refused SYN)'],
  ...['001-b (i)', '001-c (SYN cookie)', '001-f', '001-g', '001-i', '001-k'],
  ...['002-a', '002-b', '002-g (3/4 rule)', '002-g (accept queue)', '003-h'],
];

/** Every row of the five documents' tables that is no incident of its own. */
const ROWS: readonly string[] = [
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((row) => `000-${row}`),
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'].map((row) => `001-${row}`),
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((row) => `002-${row}`),
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((row) => `003-${row}`),
  ...['a', 'b', 'c', 'd'].map((row) => `004-${row}`),
];

function expectedFor(asRoot: boolean, { claims }: VerifyJson): Readonly<Record<string, string>> {
  const ids = claims.map(({ id }) => id);
  expect(new Set(ids.flatMap((id) => (id === 'prediction' ? [] : [id.split(' ')[0]])))).toEqual(
    new Set(ROWS),
  );
  const verdictOf = (id: string): FindingKind => {
    if (!asRoot && NEEDS_ROOT.test(id)) return 'inconclusive';
    return OUTDATED.includes(id) ? 'outdated' : 'confirmed';
  };
  return Object.fromEntries(ids.map((id) => [id, verdictOf(id)]));
}

describe.each(USERS)('$name', { timeout: TIMEOUT_MS }, (user) => {
  kernelTest('every claim is decided, and none is contradicted', async () => {
    const runsDir = installation.newFolder();
    const junit = path.join(runsDir, 'reports', 'verify.xml');
    const args = ['verify', '--json', '--runs-dir', runsDir, '--reporter', `junit=${junit}`];
    const ended = await installation.run(args, { user });
    const json = jsonOf<VerifyJson>(ended, 0);
    expect(breaches(json, VERIFY_CONTRACT)).toEqual([]);
    for (const run of json.scenarios) expect(breaches(run, RUN_CONTRACT)).toEqual([]);

    expect(verdictsOf(json), JSON.stringify(json.claims.filter(isOpen))).toEqual(
      expectedFor(user.name === 'root', json),
    );

    const folder = path.resolve(installation.folder, json.folder);
    expect(JSON.parse(readFileSync(path.join(folder, CATALOGUE_FILE), 'utf8'))).toEqual(json);
    for (const { runFolder } of json.scenarios) {
      const kept = path.resolve(installation.folder, runFolder);
      expect(path.dirname(kept)).toBe(folder);
      for (const file of [FILES.verdict, FILES.report]) {
        expect(existsSync(path.join(kept, file)), file).toBe(true);
      }
    }
    expect(readFileSync(junit, 'utf8').match(/<testcase /g)).toHaveLength(json.claims.length);
  });
});

describe('a part of it', { timeout: TIMEOUT_MS }, () => {
  kernelTest('--only runs and shows what was chosen, and how far it is', async () => {
    const args = ['verify', '--only', '003-c', '--runs-dir', installation.newFolder()];
    const ended = await installation.run(args);
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stdout).toMatch(/confirmed +003-c /);
    expect(ended.stdout).toMatch(/confirmed +prediction /);
    expect(ended.stdout).not.toContain('001-a');
    expect(ended.stderr).toMatch(/^1\/1 {2}confirmed {2}somaxconn-needs-a-new-listen {2}\d+ ms\n$/);
  });

  kernelTest('--ipv6 and --quiet', async () => {
    const args = ['verify', '--only', '001-a', '--ipv6', '--quiet'];
    const ended = await installation.run([...args, '--runs-dir', installation.newFolder()]);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toMatch(/confirmed +001-a /);
  });

  kernelTest('interrupted, it keeps what is there and leaves nothing behind', async () => {
    const runsDir = installation.newFolder();
    const running = installation.start(['verify', '--runs-dir', runsDir, '--json']);
    const folder = await waitUntil('clients to connect', () => folderWithClients(runsDir), {
      deadlineMs: 30_000,
    });
    running.child.kill('SIGINT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ exitCode: 130, signal: null });
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'ABORTED' } });
    await allGone(running);
    expect(readdirSync(folder)).toContain(FILES.plan);
    expect(JSON.parse(readFileSync(path.join(folder, FILES.status), 'utf8'))).toMatchObject({
      status: 'aborted',
    });
  });
});

/** The folder of the first run whose clients have begun. */
function folderWithClients(runsDir: string): string | undefined {
  const inside = readdirSync(runsDir).flatMap((name) =>
    readdirSync(path.join(runsDir, name), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(runsDir, name, entry.name)),
  );
  return inside.find((folder) => existsSync(path.join(folder, 'swarm-0.jsonl')));
}
