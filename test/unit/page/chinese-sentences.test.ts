/** The recorded runs in Chinese: what the harness says of them is known, sentence by sentence. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { inChinese } from '../../../harness/report/chinese/sentences.ts';
import { incidentPage } from '../../../harness/report/page/incident-page.ts';
import type { IncidentPage, RunPage } from '../../../harness/report/page/page-model.ts';
import { runPage } from '../../../harness/report/page/run-page.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { readEvidence } from '../../../harness/run-folder.ts';
import { INCIDENTS } from '../../../harness/scenarios/incidents/incidents.ts';
import { judgeIncident } from '../../../harness/verdict/incident-verdict.ts';
import { FIXTURES, fixture } from '../../helpers/fixtures.ts';

const pageOf = (evidence: ReturnType<typeof fixture>): RunPage =>
  runPage({ ...judgeEvidence(evidence), runFolder: 'runs/x', packets: [], carriedOut: [] });

/** All that a run's page shows by way of `sentence`. */
const sentencesOf = (page: RunPage): readonly string[] => [
  page.reason,
  ...page.inShort,
  ...page.problems,
  ...page.setup.flat(),
  ...page.claims.flatMap(({ finding }) => [
    ...(finding.kind === 'inconclusive'
      ? [finding.reason, finding.remedy]
      : [finding.documented, finding.observed]),
    ...finding.testimonies.map(({ says }) => says),
  ]),
  ...page.unexercised.map(({ reason }) => reason),
  ...page.comparisons.flatMap(({ figure, meaning, predicted, measured, witnesses }) => [
    ...[figure, meaning ?? '', predicted, measured],
    ...witnesses.map(({ of }) => of),
  ]),
  ...page.tales.flatMap(({ who, outcome, why }) => [who, outcome, why]),
  ...page.ladders.flatMap(({ rows }) =>
    rows.flatMap((row) => (row.kind === 'note' ? [row.says] : [])),
  ),
  ...page.counters.map(({ meaning }) => meaning ?? ''),
  ...page.ledger.identities.flatMap(({ name, leftIs, rightIs, note }) => [
    ...[name, leftIs, rightIs, note ?? ''],
  ]),
  ...page.repeat.map(({ shows }) => shows),
  ...page.surroundings.map(([label]) => label),
];

const sentencesOfIncident = (page: IncidentPage): readonly string[] => [
  ...[page.reason, page.load],
  ...page.phases.flatMap(({ title, figures }) => [title, ...figures.map(([what]) => what)]),
  ...page.claims.flatMap(({ findings }) => findings.map(({ says }) => says)),
  ...page.chains.flatMap(({ links }) => links.map(({ says }) => says)),
  ...page.tables.flatMap(({ title, columns, rows }) => [title, ...columns, ...rows.flat()]),
];

/** Names that are the same in every language, and what a program or a standard calls itself. */
const NAMES =
  /npm run repro|netstat -s|SYNs to LISTEN sockets dropped|connection reset by peer|kfree_skb \w+|\(accept queue\)|SYN cookie|\(refused SYN\)|3\/4 rule|--[a-z-]+ [\w-]+/g;

/** Two words of English after each other, the second of them an ordinary one. */
const isEnglish = (text: string): boolean =>
  /[A-Za-z]{2,} (?!accept\b|backlog\b|somaxconn\b)[a-z]{2,}/.test(text.replaceAll(NAMES, ''));

const untranslated = (sentences: readonly string[]): readonly string[] =>
  [...new Set(sentences)].map(inChinese).filter(isEnglish);

test.each(FIXTURES)('%s is told in Chinese', (name) => {
  expect(untranslated(sentencesOf(pageOf(fixture(name))))).toEqual([]);
});

test('so is an incident, with the runs of its phases', () => {
  const incident = INCIDENTS.find(({ scenario }) => scenario.id === 'tomcat-accept-count');
  if (incident === undefined) throw new Error('There is no such incident.');
  const cases = incident.phases.slice(0, 2).map((phase) => {
    const folder = path.join('test/fixtures/incidents/tomcat-accept-count', phase.name);
    const evidence = readEvidence(folder);
    expect(untranslated(sentencesOf(pageOf(evidence)))).toEqual([]);
    const { seen, verdict } = judgeEvidence(evidence);
    return { kind: 'judged', phase, seen, verdict, tookMs: 1, runFolder: folder } as const;
  });
  const page = incidentPage(judgeIncident(incident, cases), '', { runFolder: 'x' });
  expect(untranslated(sentencesOfIncident(page))).toEqual([]);
});

test('the checker knows English when it sees it', () => {
  expect(
    untranslated(['Nobody has said this yet.', 'its SYN is refused; or so they said']),
  ).toEqual(['Nobody has said this yet.', '其 SYN 被拒绝；or so they said']);
});
