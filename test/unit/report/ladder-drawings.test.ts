import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHINESE_LADDER } from '../../../harness/report/chinese/ladder.ts';
import { type ChosenLadder, chooseLadder } from '../../../harness/report/chosen-ladder.ts';
import { viewClients } from '../../../harness/report/client-views.ts';
import { type LadderRow, ladderOf } from '../../../harness/report/ladder.ts';
import { ladderMermaid } from '../../../harness/report/ladder-mermaid.ts';
import { ladderSvg } from '../../../harness/report/ladder-svg.ts';
import { withGaps } from '../../../harness/report/ladder-words.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import {
  buildFooled,
  buildObservations,
  buildTimedOut,
  buildWaiting,
} from '../../helpers/build-observations.ts';
import { FIXTURES, fixture } from '../../helpers/fixtures.ts';
import { mermaidProblems } from '../../helpers/mermaid-grammar.ts';

const ladder = (rows: readonly LadderRow[]): ChosenLadder => ({
  client: 4,
  clientAddress: '10.77.0.2',
  clientPort: 40_004,
  serverAddress: '10.77.0.1',
  serverPort: 9999,
  rows,
  acceptQueueFull: true,
});

const { connection, story } = buildTimedOut(4, 12, [0, 1_030]);
const refused = ladder(ladderOf(connection, { story }));

test('a refused client as a sequence diagram', () => {
  expect(ladderMermaid(refused)).toMatchInlineSnapshot(`
    "sequenceDiagram
        accTitle: Packets of client 4
        accDescr: Times are seconds since its first SYN, and a cross marks a segment that the server did not take
        participant C as client 4 (10.77.0.2:40004)
        participant S as server (10.77.0.1:9999)
        C-xS: 0.000 s SYN
        Note right of S: refused: nothing comes back
        Note over C,S: 1030 ms pass
        C-xS: 1.030 s SYN again
        Note right of S: refused: nothing comes back
        Note over C,S: 1470 ms pass
        Note over C: 2.500 s its program gives up after 2500 ms: its own connect timeout
    "
  `);
});

test('the checker of the grammar finds what Mermaid would not take', () => {
  const broken = ladderMermaid(refused)
    .replace('2500 ms: its', '2500 ms; its')
    .replace('C-xS: 1.030', 'C-xT: 1.030')
    .replace('C-xS: 0.000', 'C=>S: 0.000');
  expect(mermaidProblems(broken)).toEqual([
    'C=>S: 0.000 s SYN',
    'C-xT: 1.030 s SYN again',
    'Note over C: 2.500 s its program gives up after 2500 ms; its own connect timeout',
  ]);
  expect(mermaidProblems('flowchart\n')).toEqual(['flowchart']);
});

/** Ids and texts as XML wants them: every element is closed, in order, and no sign stands alone. */
function xmlProblems(xml: string): readonly string[] {
  const open: string[] = [];
  const problems: string[] = [];
  for (const [tag, end, name = '', , empty] of xml.matchAll(
    /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<&]*")*)(\/?)>/g,
  )) {
    if (end === '/') {
      if (open.pop() !== name) problems.push(tag);
    } else if (empty !== '/') open.push(name);
  }
  const rest = xml.replaceAll(/<\/?[a-z]+(?: [a-zA-Z0-9:-]+="[^"<&]*")*\/?>/g, '');
  if (/<|&(?!(?:amp|lt|gt|quot);)/.test(rest)) problems.push('a sign that is not escaped');
  return [...problems, ...open];
}

test('an SVG says in words what it draws, and marks what was repeated or refused', () => {
  const svg = ladderSvg(refused);
  expect(xmlProblems(svg)).toEqual([]);
  expect(svg).toContain('<title id="ladder-title">Packets of client 4</title>');
  expect(svg).toContain(
    '0.000 s: SYN from the client, refused: nothing comes back. 1.030 s: SYN again from the client',
  );
  expect(svg.match(/class="wire again refused"/g)).toHaveLength(1);
  expect(svg.match(/class="cross"/g)).toHaveLength(2);
  expect(svg).toContain('>1030 ms pass</text>');
  expect(svg).toContain('prefers-color-scheme: dark');
  expect(svg).not.toMatch(/href|url\(|<script/);
});

test('both speak Chinese', () => {
  const diagram = ladderMermaid(refused, CHINESE_LADDER);
  expect(mermaidProblems(diagram)).toEqual([]);
  expect(diagram).toContain('Note over C: 2.500 s 客户端程序在 2500 ms 后放弃：自身的连接超时');
  const svg = ladderSvg(refused, CHINESE_LADDER);
  expect(xmlProblems(svg)).toEqual([]);
  expect(svg).toContain('lang="zh-CN"');
  expect(svg).toContain('1.030 秒，客户端：重传 SYN，被拒绝：没有任何应答。');
});

test.each(FIXTURES)('every client of %s can be drawn', (name) => {
  const { seen } = judgeEvidence(fixture(name));
  const views = viewClients(seen);
  for (const { story: each } of views.slice(0, 50)) {
    const chosen = chooseLadder(views, seen, each.client);
    if (chosen === undefined) continue;
    expect(mermaidProblems(ladderMermaid(chosen))).toEqual([]);
    expect(xmlProblems(ladderSvg(chosen))).toEqual([]);
  }
});

const anyRow: fc.Arbitrary<LadderRow> = fc.record({
  kind: fc.constant('note' as const),
  atMs: fc.nat(100_000),
  at: fc.constantFrom('client' as const, 'server' as const),
  says: fc.string({ minLength: 1, unit: fc.constantFrom(...'a#;:<>&"\n %') }),
});

test('whatever an error code is spelled like, both stay well-formed', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 8 }), (rows) => {
      expect(mermaidProblems(ladderMermaid(ladder(rows)))).toEqual([]);
      expect(xmlProblems(ladderSvg(ladder(rows)))).toEqual([]);
    }),
  );
});

test('between rows that are apart stands how much time passes', () => {
  const rows = withGaps(refused.rows);
  expect(rows.flatMap((row) => (row.kind === 'gap' ? [row.lastsMs] : []))).toEqual([1_030, 1_470]);
  expect(withGaps([{ kind: 'folded', rows: 3 }])).toEqual([{ kind: 'folded', rows: 3 }]);
});

test('the client that was asked for is drawn, else the one from whom there is most to learn', () => {
  const seen = buildObservations([
    buildWaiting(1, 5),
    buildTimedOut(2, 6, [0, 1_000]),
    buildFooled(3, 7, [0, 1_000]),
  ]);
  const views = viewClients(seen);
  expect(chooseLadder(views, seen)?.client).toBe(3);
  expect(chooseLadder(views, seen, 1)?.client).toBe(1);
  expect(chooseLadder(views, seen, 9)).toBeUndefined();
});
