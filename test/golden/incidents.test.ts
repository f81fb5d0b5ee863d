/** A recorded incident, judged again, and then damaged: the verdict must turn. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Evidence } from '../../harness/domain/evidence.ts';
import type { Incident, IncidentVerdict } from '../../harness/domain/incident.ts';
import { judgeEvidence } from '../../harness/reproduce.ts';
import { readEvidence } from '../../harness/run-folder.ts';
import { INCIDENTS } from '../../harness/scenarios/incidents/incidents.ts';
import { judgeIncident } from '../../harness/verdict/incident-verdict.ts';
import { all, type Damage, edited, substituted, withoutLines } from '../helpers/damage.ts';

const FOLDER = path.join('test', 'fixtures', 'incidents');
const NAME = 'tomcat-accept-count';

const recorded = (phase: string): Evidence => readEvidence(path.join(FOLDER, NAME, phase));

function theIncident(): Incident {
  const incident = INCIDENTS.find(({ scenario }) => scenario.id === NAME);
  if (incident === undefined) throw new Error(`There is no incident ${NAME}.`);
  return incident;
}

/** Judges the phases that are given, each after its damage. */
function judged(
  phases: Readonly<Record<string, Evidence>>,
  incident: Incident = theIncident(),
): IncidentVerdict {
  return judgeIncident(
    incident,
    incident.phases.flatMap((phase) => {
      const evidence = phases[phase.name];
      if (evidence === undefined) return [];
      const { seen, verdict } = judgeEvidence(evidence);
      return [{ kind: 'judged', phase, seen, verdict, tookMs: 1, runFolder: phase.name }];
    }),
  );
}

const both = (fault: Damage | null, remedy: Damage | null): IncidentVerdict =>
  judged({
    fault: fault === null ? recorded('fault') : fault(recorded('fault')),
    remedy: remedy === null ? recorded('remedy') : remedy(recorded('remedy')),
  });

const kinds = ({ claims }: IncidentVerdict): Readonly<Record<string, string>> =>
  Object.fromEntries(claims.map(({ id, kind }) => [id, kind]));

const renamed = (from: string, to: string): Damage =>
  substituted('plan.json', `"phase": "${from}"`, `"phase": "${to}"`);

test('every recorded incident is one of ours', () => {
  const known = INCIDENTS.map(({ scenario }) => scenario.id);
  expect(readdirSync(FOLDER).filter((name) => !known.includes(name))).toEqual([]);
});

test('the fault shows and the remedy ends it: confirmed', () => {
  const verdict = both(null, null);
  expect(verdict).toMatchObject({ kind: 'confirmed', incident: NAME, document: '001' });
  expect(kinds(verdict)).toEqual({
    '001-d (incident)': 'confirmed',
    '001-c (incident)': 'confirmed',
  });
});

/** The same incident, if the phase had the parameters of the other one. */
const mistaken = (name: string, like: string): Incident => {
  const incident = theIncident();
  const other = incident.phases.find((phase) => phase.name === like);
  return {
    ...incident,
    phases: incident.phases.map((phase) =>
      phase.name === name ? { ...phase, parameters: other?.parameters ?? {} } : phase,
    ),
  };
};

test('a remedy that ends nothing contradicts', () => {
  const evidence = {
    fault: recorded('fault'),
    remedy: renamed('fault', 'remedy')(recorded('fault')),
  };
  const verdict = judged(evidence, mistaken('remedy', 'fault'));
  expect(verdict.kind).toBe('contradicted');
  expect(kinds(verdict)).toEqual({
    '001-d (incident)': 'contradicted',
    '001-c (incident)': 'contradicted',
  });
});

test('a fault that does not show contradicts', () => {
  const evidence = {
    fault: renamed('remedy', 'fault')(recorded('remedy')),
    remedy: recorded('remedy'),
  };
  expect(judged(evidence, mistaken('fault', 'remedy')).kind).toBe('contradicted');
});

test.each<readonly [string, Damage]>([
  [
    'the parameters of another phase',
    substituted('plan.json', /"backlog": 100,\n(\s+)"clients"/, '"backlog": 4,\n$1"clients"'),
  ],
  ['more workers', substituted('plan.json', '"workers": 2', '"workers": 20')],
  ['another sysctl', substituted('plan.json', 'tcp_syncookies": "1"', 'tcp_syncookies": "2"')],
])('a remedy with %s is another phase', (_, damage) => {
  expect(both(null, damage)).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining('not what this version means by it (acceptCount 100)'),
  });
});

test.each([
  ['kernel', /"kernelRelease": "[^"]*"/, '"kernelRelease": "6.12.1"'],
  ['version', /"harnessVersion": "[^"]*"/, '"harnessVersion": "9.9.9"'],
])('phases of another %s compare nothing', (_, from, to) => {
  expect(both(null, substituted('surroundings.json', from, to))).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining('not run on the same machine'),
  });
});

test('one phase alone decides nothing', () => {
  expect(judged({ fault: recorded('fault') })).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining('there is no run of the phase remedy'),
  });
  expect(judged({ remedy: recorded('remedy') })).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining('there is no run of the phase fault'),
  });
});

test('a phase that failed leaves its sentences undecided', () => {
  const incident = theIncident();
  const [fault, remedy] = incident.phases;
  if (fault === undefined || remedy === undefined) throw new Error('It has two phases.');
  const { seen, verdict } = judgeEvidence(recorded('fault'));
  const found = judgeIncident(incident, [
    { kind: 'judged', phase: fault, seen, verdict, tookMs: 1, runFolder: null },
    { kind: 'failed', phase: remedy, reason: 'It was too slow.', remedy: 'wait', runFolder: null },
  ]);
  expect(found).toMatchObject({
    kind: 'inconclusive',
    reason: 'the phase remedy failed: It was too slow. (wait)',
  });
  expect(kinds(found)['001-d (incident)']).toBe('inconclusive');
});

test('phases under another load compare nothing', () => {
  const fewer = all(
    substituted('plan.json', /"clients": 7,\n(\s+)"path"/, '"clients": 6,\n$1"path"'),
  );
  expect(both(null, fewer)).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining('not under the same load'),
  });
});

test.each<readonly [string, Damage]>([
  [
    'a client that never said how its request ended',
    withoutLines('swarm-2.jsonl', /"request-ended","request":2000003,/),
  ],
  ['a request that the server answered and did not see', withoutLines('server.jsonl', /"saw"/)],
  ['a connection that the server did not take', withoutLines('server.jsonl', /"accepted"/)],
  ['a client that says nothing', withoutLines('swarm-1.jsonl', /./)],
  [
    'a request that ends twice',
    edited('swarm-2.jsonl', (text) =>
      text.replace(/^.*"request-ended".*$/m, (line) =>
        [line, line.replace('"connect-timed-out"', '"connect-failed"')].join('\n'),
      ),
    ),
  ],
])('%s makes it inconclusive', (_, damage) => {
  expect(both(damage, null).kind).toBe('inconclusive');
});

test('clients that call a connect timeout an answer are not believed', () => {
  const lying = substituted(
    'swarm-2.jsonl',
    /"outcome":"connect-timed-out"/g,
    '"outcome":"answered"',
  );
  expect(both(lying, null).kind).toBe('inconclusive');
});

test('one failure of each kind is followed down to the counters', () => {
  const { chains } = both(null, null);
  expect(chains.map(({ links }) => links.map(({ level }) => level))).toEqual([
    ['application', 'connection', 'packets', 'server', 'queue', 'counters', 'counters'],
    expect.arrayContaining(['application', 'connection', 'packets', 'server', 'queue', 'counters']),
  ]);
  const [refused, fooled] = chains.map(({ links }) => links.map(({ says }) => says).join('\n'));
  expect(refused).toContain('given up after');
  expect(refused).toContain('SYN, never answered');
  expect(refused).toContain('the server program never had this connection');
  expect(fooled).toContain(': connected after');
  expect(fooled).toMatch(/SYN-ACK, again at \+1\.\d+, \+3\.\d+/);
  expect(fooled).toMatch(/when its SYN-ACK had to be repeated: places taken .* of 2: 2 /);
});
