import { expect, test } from 'vitest';
import { clientsJsonReport } from '../../../harness/report/clients-json.ts';
import { clientsMarkdownReport } from '../../../harness/report/clients-markdown.ts';
import { clientsTableReport } from '../../../harness/report/clients-table.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { anError, aStory, aTable, unanswered } from './library-story.ts';

const page = { style: plainStyle, widthColumns: 100, verbose: false };

const failed = aStory('fetch', {
  end: {
    kind: 'failed',
    afterMs: 10_610,
    error: anError('a | b', { code: 'UND_ERR_CONNECT_TIMEOUT' }),
  },
  connections: [unanswered(7)],
});
const waiting = aStory('fetch', {}, 2_000);

test('the terminal shows both settings of a library, and how to get one that is missing', () => {
  const lines = clientsTableReport(aTable([failed, waiting]), page).split('\n');
  expect(lines).toContain('  pg     not installed (npm install pg)');
  expect(lines.slice(-5)).toEqual([
    '  fetch  defaults     UND_ERR_CONNECT_TIMEOUT: a | b, after 10.61 s',
    '                      fired: connectTimeout; wire: 7 SYNs, no answer',
    '         timeout 2 s  still waiting after 15 s',
    '                      set: AbortSignal.timeout(); fired: no timer; wire: nothing',
    '',
  ]);
});

test('a state that was not made says so', () => {
  const table = aTable([failed]);
  const states = table.states.map((state) => ({ ...state, problem: 'the machine was too slow' }));
  expect(clientsTableReport({ ...table, states }, page)).toContain(
    'not measured: the machine was too slow',
  );
  expect(clientsMarkdownReport({ ...table, states })).toContain('**Not measured:**');
});

test('Markdown has a row for each installed library, and no cell breaks the table', () => {
  const rows = clientsMarkdownReport(aTable([failed, waiting]))
    .split('\n')
    .filter((line) => line.startsWith('| fetch') || line.startsWith('| pg'));
  expect(rows).toEqual([
    expect.stringContaining('| fetch | Node 20.20.2, undici 6.24.1;'),
    '| pg | not installed (npm install pg) |',
    '| fetch | UND\\_ERR\\_CONNECT\\_TIMEOUT: a \\| b, after 10.61 s<br>fired: connectTimeout<br>wire: 7 SYNs, no answer | set: AbortSignal.timeout()<br>still waiting after 15 s<br>fired: no timer<br>wire: nothing |',
  ]);
});

test('JSON carries the timer that fired and what was on the wire', () => {
  const report = JSON.parse(clientsJsonReport(aTable([failed]))) as unknown;
  expect(report).toMatchObject({
    schemaVersion: 1,
    libraries: [{ library: 'fetch' }, { library: 'pg', version: null, package: 'pg' }],
    states: [
      {
        id: 'clients-full-queue',
        clients: [
          {
            library: 'fetch',
            timeoutMs: null,
            end: { kind: 'failed', afterMs: 10_610 },
            timers: [{ by: 'library', option: 'connectTimeout' }],
            wire: { summary: '7 SYNs, no answer', connections: 1, syns: 7, answered: 0 },
          },
        ],
      },
    ],
  });
});
