import { expect, test } from 'vitest';
import { jsonReport } from '../../harness/report/json.ts';
import type { ReportInput } from '../../harness/report/report-input.ts';
import { plainStyle } from '../../harness/report/style.ts';
import { terminalReport } from '../../harness/report/terminal.ts';
import { judgeEvidence } from '../../harness/reproduce.ts';
import { removed } from '../helpers/damage.ts';
import { FIXTURES, fixture } from '../helpers/fixtures.ts';
import { breaches, RUN_CONTRACT } from '../helpers/json-contract.ts';

const inputOf = (name: string, evidence = fixture(name)): ReportInput => ({
  ...judgeEvidence(evidence),
  runFolder: `runs/${name}`,
});

/** As a program gets it. */
const asJson = (input: ReportInput): unknown => JSON.parse(JSON.stringify(jsonReport(input)));

test('the report of the default run on a terminal', async () => {
  const report = terminalReport(inputOf('accept-queue-overflow'), plainStyle, {
    verbose: false,
    widthColumns: 100,
  });
  await expect(report).toMatchFileSnapshot('../fixtures/reports/accept-queue-overflow.txt');
});

test.each(FIXTURES)('no line of the report of %s is wider than the terminal', (name) => {
  const options = { verbose: true, widthColumns: 100 };
  const lines = terminalReport(inputOf(name), plainStyle, options).split('\n');
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
});

test.each(FIXTURES)('the JSON of %s keeps its contract', (name) => {
  expect(breaches(asJson(inputOf(name)), RUN_CONTRACT)).toEqual([]);
});

test.each([
  'capture.pcap',
  'swarm-0.jsonl',
  'snapshots/closing/server/netstat',
  'snapshots/closing/server/ss-listen',
])('without %s the JSON says null for what is not known', (file) => {
  const input = inputOf('accept-queue-overflow', removed(file)(fixture('accept-queue-overflow')));
  const found = breaches(asJson(input), RUN_CONTRACT);
  // A counter that was not read is absent, never 0.
  expect(found.filter((breach) => !breach.startsWith('$.counters.server.'))).toEqual([]);
});

test('the JSON of the default run says what the documents ask', () => {
  expect(asJson(inputOf('accept-queue-overflow'))).toMatchObject({
    schemaVersion: 1,
    scenario: 'accept-queue-overflow',
    verdict: 'outdated',
    parameters: { backlog: 2, clients: 4, connectTimeoutMs: 2500 },
    sandbox: 'netns',
    prediction: { acceptQueueCapacity: 3, connected: 3, timedOut: 1 },
    outcomes: { connected: 3, timedOut: 1, refused: 0, reset: 0, failed: 0 },
    listener: { acceptQueueLength: 3, acceptQueueLimit: 2, synQueueLength: 0 },
    counters: {
      server: { ListenOverflows: 3, ListenDrops: 3 },
      client: { TCPSynRetrans: 2 },
    },
    wire: { syns: 6, synRetransmissions: 2, synAcks: 3, refusedSyns: 3, rsts: 0 },
    ledger: { balanced: true },
    runFolder: 'runs/accept-queue-overflow',
  });
});

test('a breach of the contract is found', () => {
  const json = asJson(inputOf('accept-queue-overflow'));
  const broken = { ...Object(json), verdict: 'green', kernel: {}, clients: null, ledger: '' };
  expect(breaches(broken, RUN_CONTRACT)).toEqual([
    '$.verdict is green',
    '$.kernel.release is absent, not string',
    '$.ledger is string, not an object',
    '$.clients is null, not a list',
  ]);
});
