import path from 'node:path';
import { expect, test } from 'vitest';
import { FILES } from '../../../harness/domain/evidence.ts';
import { rawPacketsOf } from '../../../harness/evidence/raw-packets.ts';
import { tcpSegmentOf } from '../../../harness/evidence/tcp-segment.ts';
import { statusCounts, unpackClients } from '../../../harness/page/client-rows.ts';
import { type CatalogueJson, cataloguePage } from '../../../harness/report/page/catalogue-page.ts';
import { incidentPage } from '../../../harness/report/page/incident-page.ts';
import { kernelsPage } from '../../../harness/report/page/kernels-page.ts';
import { fromBase64, unpack } from '../../../harness/report/page/packed.ts';
import { pageHtml } from '../../../harness/report/page/page-html.ts';
import type { PageLadder, RunPage } from '../../../harness/report/page/page-model.ts';
import { runPage } from '../../../harness/report/page/run-page.ts';
import { sweepPage } from '../../../harness/report/page/sweep-page.ts';
import { verifyJson } from '../../../harness/report/verify-json.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { readEvidence } from '../../../harness/run-folder.ts';
import { INCIDENTS } from '../../../harness/scenarios/incidents/incidents.ts';
import { judgeIncident } from '../../../harness/verdict/incident-verdict.ts';
import { FIXTURES, fixture } from '../../helpers/fixtures.ts';
import { largeRun } from '../../helpers/large-run.ts';
import {
  FAILED,
  judged,
  kernelsOf,
  NEW,
  OLD,
  RECORDED,
  WITHOUT_LINEAR,
} from '../kernels/recorded-kernels.ts';
import { catalogueOf, recorded } from '../verify/recorded-catalogue.ts';

function pageOf(evidence: ReturnType<typeof fixture>): RunPage {
  const judgement = judgeEvidence(evidence);
  const packets = rawPacketsOf(evidence, judgement.seen.plan.network.port);
  return runPage({
    ...judgement,
    runFolder: 'runs/it is here',
    packets,
    carriedOut: [['a', 'b c']],
  });
}

/** The flags of the packet behind each segment, as its bytes have them. */
const flagsBehind = (ladder: PageLadder): readonly string[] =>
  ladder.rows.flatMap((row) =>
    row.kind === 'segment' ? [`${row.what}=${flagsOf(ladder, row.packet ?? -1)}`] : [],
  );

function flagsOf({ packets }: PageLadder, packet: number): string {
  const { linkType, lengths, originalLengths } = packets;
  const start = lengths.slice(0, packet).reduce((sum, each) => sum + each, 0);
  const bytes = fromBase64(packets.bytes).subarray(start, start + (lengths[packet] ?? 0));
  const originalLength = originalLengths[packet] ?? 0;
  const segment = tcpSegmentOf({ atNs: 0n, linkType, originalLength, bytes });
  if (segment === undefined || 'undecodable' in segment) return '?';
  const { syn, ack } = segment.flags;
  return [...(syn ? ['SYN'] : []), ...(ack ? ['ACK'] : [])].join('-');
}

test('a run with a fooled client: what became of each, and the packets behind the ladder', () => {
  const page = pageOf(fixture('fooled-client'));
  expect([...statusCounts(unpackClients(page.clients))]).toEqual([
    ['waiting', 3],
    ['fooled', 1],
  ]);
  expect(page.sampled).toBe(false);
  const fooled = page.ladders.find(({ client }) => client === 3);
  if (fooled === undefined) throw new Error('Client 3 has no ladder.');
  expect(flagsBehind(fooled)).toEqual([
    'SYN=SYN',
    'SYN-ACK=SYN-ACK',
    'SYN-ACK=SYN-ACK',
    'ACK=ACK',
    'SYN-ACK=SYN-ACK',
    'ACK=ACK',
  ]);
  const gaps = fooled.rows.flatMap((row) =>
    row.kind === 'segment' && row.gapMs ? [row.gapMs] : [],
  );
  expect(gaps.map((ms) => Math.round(ms / 1_000))).toEqual([1, 2]);
  expect(page.printed).toContain(3);
});

test.each(FIXTURES)('%s: every segment of every ladder has its bytes', (name) => {
  const page = pageOf(fixture(name));
  const segments = page.ladders.flatMap(({ rows }) => rows.filter((row) => row.kind === 'segment'));
  expect(segments.filter((row) => row.kind === 'segment' && row.packet === undefined)).toEqual([]);
  expect(page.clients.count).toBe(unpack(page.clients.number).length);
  expect(JSON.parse(JSON.stringify(page))).toEqual(page);
});

test('the timeline counts from the opening snapshot and ends with what the ledger has', () => {
  const { timeline } = pageOf(fixture('accept-queue-overflow'));
  if (timeline === null) throw new Error('There is no timeline.');
  expect(unpack(timeline.listenOverflows)[0]).toBe(1);
  expect(unpack(timeline.listenOverflows).at(-1)).toBe(3);
  expect(unpack(timeline.refusedSyns).at(-1)).toBe(3);
  expect(unpack(timeline.refusedAtMs)).toHaveLength(3);
  expect(timeline.refusedOf).toEqual([4, 4, 4]);
  expect(Math.max(...unpack(timeline.capacity))).toBe(3);
});

test('in which order the SYNs arrived, and how many packets came when the run was over', () => {
  const { clients, ladders } = pageOf(fixture('accept-queue-overflow'));
  expect(unpackClients(clients).arrived).toEqual([1, 2, 3, 4]);
  expect(ladders.map(({ afterwards }) => afterwards)).toEqual([2, 2, 2, 0]);
});

test('a SYN that a closed port answered with RST was not left without an answer', () => {
  const page = pageOf(fixture('refused-needs-a-closed-port'));
  const segments = page.ladders
    .find(({ client }) => client === 6)
    ?.rows.flatMap((row) => (row.kind === 'segment' ? [`${row.what} ${row.fate}`] : []));
  expect(segments).toEqual(['SYN taken', 'RST taken']);
  expect(unpackClients(page.clients).refusedSyns).toEqual([0, 0, 0, 1, 1, 0]);
  expect(unpack(page.timeline?.refusedSyns ?? page.clients.syns).at(-1)).toBe(2);
  expect([...statusCounts(unpackClients(page.clients))]).toEqual([
    ['reset', 3],
    ['gave-up', 2],
    ['refused', 1],
  ]);
});

test('without a capture nobody knows how many SYNs there were', () => {
  const evidence = new Map(fixture('fits'));
  evidence.delete(FILES.capture);
  const page = pageOf(evidence);
  expect(unpackClients(page.clients).syns).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect(page.ladders).toEqual([]);
});

test('connections of client programs keep their numbers, and who was never let in is fooled', () => {
  const page = pageOf(readEvidence('test/fixtures/incidents/tomcat-accept-count/fault'));
  expect(page.inShort[0]).toMatch(/^Client 1000001 is fooled/);
  expect(page.tales.map(({ who }) => who).join()).not.toContain('attempt');
  expect(page.tales.map(({ why }) => why).join()).not.toContain('Infinity');
  expect(page.setup[0]?.[1]).toMatch(
    /^blocking-workers, .+: listens on port \d+ with a backlog of 1$/,
  );
  expect(page.setup[2]).toEqual(['clients', '3 client programs, as the course says']);
});

test('the commands can be copied into a shell', () => {
  expect(pageOf(fixture('accept-queue-overflow')).repeat.map(({ command }) => command)).toEqual(
    expect.arrayContaining([
      'npm run repro -- --scenario accept-queue-overflow',
      "npm run repro -- judge 'runs/it is here'",
    ]),
  );
  expect(pageOf(fixture('overflow-ipv6')).repeat[0]?.command).toContain('--ipv6');
  expect(pageOf(fixture('accept-queue-overflow')).carriedOut).toEqual(["a 'b c'"]);
});

test('a large run carries all clients, and the packets of some of each outcome', () => {
  const page = pageOf(largeRun(3_000));
  expect(page.clients.count).toBe(3_000);
  expect(page.sampled).toBe(true);
  expect(page.ladders.length).toBeLessThan(100);
  expect(page.ladders.map(({ client }) => client)).toEqual(expect.arrayContaining([1, 2]));
});

test('nothing of the evidence can end the script, and nothing is asked of the network', () => {
  const page = { ...pageOf(fixture('fits')), reason: '</script><script>alert(1)</script>' };
  const assets = { script: '0', style: '', scriptHash: 'S', styleHash: 'T' };
  const html = pageHtml(page, assets);
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html).toContain("default-src 'none'; script-src 'sha256-S'; style-src 'sha256-T'");
  expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
});

test('the index links to the pages of the runs, in folders beside it', () => {
  const verdict = catalogueOf([recorded('accept-queue-overflow'), recorded('fooled-client')]);
  const json = JSON.parse(JSON.stringify(verifyJson(verdict))) as CatalogueJson;
  const page = cataloguePage(json);
  expect(page.claims.find(({ id }) => id === '001-a')?.findings).toMatchObject([
    { href: 'accept-queue-overflow/report.html', verdict: 'confirmed', says: '3' },
  ]);
  expect(page).toMatchObject({ verdict: 'outdated', runs: 2, totals: verdict.totals });
});

test('several kernels: a cell for each claim and kernel, links to the indexes beside it', () => {
  const page = kernelsPage(
    kernelsOf([judged('host', NEW, RECORDED), judged('old', OLD, WITHOUT_LINEAR), FAILED]),
  );
  expect(page.kernels).toMatchObject([
    { name: 'host', href: 'time-verify/report.html', failure: null, release: '6.18.0' },
    { name: 'old', machines: null, release: '6.1.0-50-cloud-amd64 (6.1.176)' },
    { name: 'debian:9.9', href: null, failure: { message: 'The archive has no kernel 9.9.' } },
  ]);
  expect(page.claims.every(({ cells }) => cells.length === 3 && cells[2] === null)).toBe(true);
  expect(page.claims.filter(({ differs }) => differs)).toMatchObject([
    {
      id: '001-i',
      explanation: [{ id: 'linear-syn-timeouts' }],
      cells: [{ verdict: 'outdated' }, { found: 'repeated after 1, 3, 7 ... s' }, null],
    },
  ]);
  expect(JSON.parse(JSON.stringify(page))).toEqual(page);
});

test('a sweep becomes two maps; a cell stands where its settings cross', () => {
  const cell = {
    ...{ backlog: 128, somaxconn: 4_096, maxSynBacklog: 64, syncookies: 0 },
    acceptQueueCapacity: { predicted: 129, measured: 129 },
    synQueueCapacity: { predicted: 49, oldFormula: 128, measured: 49 },
    ...{ rule: null, runFolder: 'runs/s/a b', problem: null },
  };
  const kernel = { release: '6.18.0', architecture: 'x64', distribution: 'Debian 13' };
  const { maps } = sweepPage({ kernel, wallMs: 1, cells: [cell, { ...cell, backlog: 5 }] });
  expect(maps[1]).toMatchObject({
    queue: 'syn',
    rows: ['5 / 4096', '128 / 4096'],
    columns: ['64 / 0'],
    cells: [{ row: 1, column: 0, documented: 128, href: 'a%20b/report.html' }, { row: 0 }],
  });
});

test('an incident shows its phases with their figures and links', () => {
  const incident = INCIDENTS.find(({ scenario }) => scenario.id === 'tomcat-accept-count');
  if (incident === undefined) throw new Error('There is no such incident.');
  const cases = incident.phases.slice(0, 2).map((phase) => {
    const folder = path.join('test/fixtures/incidents/tomcat-accept-count', phase.name);
    const { seen, verdict } = judgeEvidence(readEvidence(folder));
    return { kind: 'judged', phase, seen, verdict, tookMs: 1, runFolder: folder } as const;
  });
  const page = incidentPage(judgeIncident(incident, cases), 'A story.', { runFolder: 'runs/x' });
  expect(page.phases).toMatchObject([
    { name: 'fault', href: 'fault/report.html', verdict: 'confirmed' },
    { name: 'remedy', href: 'remedy/report.html', verdict: 'confirmed' },
  ]);
  expect(page.chains).toHaveLength(2);
});
