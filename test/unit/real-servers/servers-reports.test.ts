import { expect, test } from 'vitest';
import { serversJsonReport } from '../../../harness/report/servers-json.ts';
import { serversMarkdownReport } from '../../../harness/report/servers-markdown.ts';
import { serversTableReport } from '../../../harness/report/servers-table.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { breaches, SERVERS_CONTRACT } from '../../helpers/json-contract.ts';
import { aQueue, aRow, aServer, aTable } from './a-table.ts';

const page = { style: plainStyle, widthColumns: 100, verbose: false };

const byDefault = aRow();
const withSetting = aRow({
  id: 'rapid-backlog-16',
  server: byDefault.server,
  backlog: 16,
  found: aQueue(16, {
    burst: { clients: 200, atOnce: 190, late: 10, timedOut: 0, refusedSyns: 11 },
    frozen: { clients: 21, before: 2, connected: 15, refused: 6 },
  }),
});
const table = aTable([byDefault, withSetting]);

const notMeasured = aTable([aRow({ found: null, problem: 'it | ended' })]);

test('the terminal has a line for each backlog, and how to get a server that is missing', () => {
  expect(serversTableReport(table, page).split('\n').slice(1)).toEqual([
    'Linux 6.18.0, somaxconn 4096, 200 clients at once, in 12 s',
    '',
    '  server     limit  places  refuses from  asked for; at once',
    '  Rapid 1.2    511     512    client 513  511 (default); no overflow',
    '                16      17     client 18  16 (queue_length 16); overflow: 11 SYNs refused',
    '  Slow       not installed (apt-get install slow-server)',
    '',
  ]);
});

test('what could not be measured says why, and how it was started', () => {
  const text = serversTableReport(notMeasured, page);
  expect(text).toContain('not measured: it | ended');
  expect(text).toContain('command: rapid 9999');
  expect(serversMarkdownReport(notMeasured)).toContain('- **Not measured:** rapid: it \\| ended');
});

test('Markdown has a table whose cells do not break it', () => {
  const rows = serversMarkdownReport(table)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  expect(rows.slice(2)).toEqual([
    '| Rapid 1.2 | 511 (default) | 511 | 512 | client 513 (4 of 516 got no answer) | no overflow | queue\\_length N |',
    '| Rapid 1.2 | 16 (queue\\_length 16) | 16 | 17 | client 18 (6 of 23 got no answer) | overflow: 11 SYNs refused |  |',
    '| Slow | not installed (apt-get install slow-server) |  |  |  |  | queue\\_length N |',
  ]);
  const columns = rows.map((row) => row.split(/(?<!\\)\|/).length);
  expect(new Set(columns)).toEqual(new Set([9]));
});

test('a limit that the server is not known for is marked', () => {
  const other = aTable([aRow({ found: aQueue(128) })]);
  expect(serversMarkdownReport(other)).toContain('| 128, not as known | 129 |');
});

test('a backlog beyond somaxconn is known to be cut to it', () => {
  const cut = aTable([aRow({ found: aQueue(64, { somaxconn: 64 }) })]);
  expect(serversMarkdownReport(cut)).toContain('| 64 | 65 |');
  const server = aServer({
    byDefault: { backlog: 'somaxconn', words: 'somaxconn' },
    setting: null,
  });
  const go = serversMarkdownReport(aTable([aRow({ server, found: aQueue(4_096) })]));
  expect(go).toContain('| somaxconn | 4096 | 4097 |');
  expect(go).toContain('| net.core.somaxconn, before it starts |');
});

test('JSON keeps its contract, measured or not', () => {
  for (const each of [table, notMeasured, aTable([])]) {
    expect(breaches(JSON.parse(serversJsonReport(each)), SERVERS_CONTRACT)).toEqual([]);
  }
  expect(JSON.parse(serversJsonReport(table))).toMatchObject({
    somaxconn: 4_096,
    servers: [
      { server: 'rapid', version: '1.2' },
      { server: 'slow', version: null },
    ],
    runs: [
      { id: 'rapid', backlog: { asked: 511, setting: null }, asKnown: true, places: 512 },
      {
        backlog: { asked: 16, setting: 'queue_length 16' },
        acceptQueueLimit: 16,
        refusedFromClient: 18,
        frozen: { before: 2, refused: 6 },
        burst: { refusedSyns: 11 },
      },
    ],
  });
});
