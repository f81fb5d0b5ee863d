/** The systems of the five documents on this very kernel, broken and repaired. Linux 4.10 or later. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import type { FindingKind } from '../../harness/domain/verdict.ts';
import { INCIDENTS } from '../../harness/scenarios/incidents/incidents.ts';
import { useInstallation } from '../helpers/installation.ts';
import { breaches, type Contract } from '../helpers/json-contract.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { jsonOf } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 240_000;

interface IncidentJson {
  readonly verdict: FindingKind;
  readonly reason: string;
  readonly claims: readonly { readonly id: string; readonly verdict: FindingKind }[];
  readonly chains: readonly {
    readonly links: readonly { readonly level: string; readonly says: string }[];
  }[];
  readonly runFolder: string;
}

const FINDING = ['one of', 'confirmed', 'outdated', 'contradicted', 'inconclusive'] as const;

/** What `incident NAME --json` promises to programs. */
const CONTRACT: Contract = {
  schemaVersion: 'number',
  incident: 'string',
  title: 'string',
  document: 'string',
  verdict: FINDING,
  reason: 'string',
  kernel: { release: 'string', architecture: 'string', distribution: 'string' },
  load: 'string',
  phases: [
    'list of',
    {
      name: 'string',
      role: ['one of', 'fault', 'remedy', 'measured'],
      title: 'string',
      runFolder: 'string',
      verdict: FINDING,
      reason: 'string',
      tookMs: 'number',
      figures: 'object',
    },
  ],
  claims: [
    'list of',
    {
      id: 'string',
      document: 'string',
      claim: 'string',
      verdict: FINDING,
      phases: ['list of', { phase: 'string', verdict: FINDING, documented: 'string' }],
    },
  ],
  chains: [
    'list of',
    {
      failure: { says: 'string', atMs: 'number', client: 'number' },
      links: ['list of', { level: 'string', atMs: 'number|null', says: 'string' }],
    },
  ],
  tables: ['list of', { title: 'string', columns: ['list of', 'string'] }],
  runFolder: 'string',
};

const installation = useInstallation();

describe.each(INCIDENTS.map(({ scenario }) => scenario.id))('%s', (name) => {
  kernelTest(
    'the fault shows, the remedy ends it, and a failure is followed to its cause',
    async () => {
      const args = ['incident', name, '--json', '--runs-dir', installation.newFolder()];
      const report = jsonOf<IncidentJson>(await installation.run(args), 0);
      expect(report.verdict, report.reason).toBe('confirmed');
      expect(new Set(report.claims.map(({ verdict }) => verdict))).toEqual(new Set(['confirmed']));
      expect(breaches(report, CONTRACT)).toEqual([]);
      expect(report.chains.length).toBeGreaterThan(0);
      for (const { links } of report.chains) {
        expect(links.map(({ level }) => level)).toEqual(
          expect.arrayContaining(['application', 'connection', 'packets', 'server', 'counters']),
        );
      }
      const again = await installation.run(['judge', report.runFolder, '--json']);
      const { verdict, claims } = jsonOf<IncidentJson>(again, 0);
      expect({ verdict, claims }).toEqual({ verdict: report.verdict, claims: report.claims });
    },
    TIMEOUT_MS,
  );
});

kernelTest(
  'an ordinary user sees the same',
  async () => {
    const user = USERS.at(-1);
    const args = ['incident', 'tomcat-accept-count', '--quiet', '--runs-dir'];
    const ended = await installation.run(
      [...args, installation.newFolder()],
      user === undefined ? {} : { user },
    );
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stdout).toContain('CONFIRMED tomcat-accept-count');
  },
  TIMEOUT_MS,
);

kernelTest(
  'an incident in which a phase is replaced is not confirmed',
  async () => {
    const runsDir = installation.newFolder();
    const args = ['incident', 'tomcat-accept-count', '--json', '--runs-dir', runsDir];
    const { runFolder } = jsonOf<IncidentJson>(await installation.run(args), 0);
    const folder = path.resolve(installation.folder, runFolder);
    fs.rmSync(path.join(folder, 'remedy'), { recursive: true });
    const alone = jsonOf<IncidentJson>(await installation.run(['judge', folder, '--json']), 3);
    expect(alone.reason).toContain('there is no run of the phase remedy');
    fs.cpSync(path.join(folder, 'fault'), path.join(folder, 'remedy'), { recursive: true });
    const plan = path.join(folder, 'remedy', 'plan.json');
    const text = fs.readFileSync(plan, 'utf8');
    fs.writeFileSync(plan, text.replace('"phase": "fault"', '"phase": "remedy"'));
    const twice = jsonOf<IncidentJson>(await installation.run(['judge', folder, '--json']), 3);
    expect(twice.reason).toContain('not what this version means by it');
  },
  TIMEOUT_MS,
);
