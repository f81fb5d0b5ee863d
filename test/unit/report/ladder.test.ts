import { expect, test } from 'vitest';
import { foldLadder, type LadderRow, ladderOf } from '../../../harness/report/ladder.ts';
import { ladderText } from '../../../harness/report/ladder-text.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { buildFooled, buildTimedOut, buildWaiting } from '../../helpers/build-observations.ts';

const drawn = (rows: readonly LadderRow[]): string => ladderText(rows, plainStyle).join('\n');

test('a completed handshake is three arrows and the client’s own event', () => {
  const { connection, story } = buildWaiting(1, 5);
  expect(drawn(ladderOf(connection, { story }))).toMatchInlineSnapshot(`
    "    0.000  SYN ─────────────────────────────▶
        0.000  ◀───────────────────────── SYN-ACK
        0.000  ACK ─────────────────────────────▶
        0.000  * connected"
  `);
});

test('refused SYNs are marked, repeated ones named, and the end is told', () => {
  const { connection, story } = buildTimedOut(4, 12, [0, 1_030, 2_060]);
  expect(drawn(ladderOf(connection, { story }))).toMatchInlineSnapshot(`
    "    0.000  SYN ─────────────────────────────▶ ✗ refused: nothing comes back
        1.030  SYN again ───────────────────────▶ ✗ refused: nothing comes back
        2.060  SYN again ───────────────────────▶ ✗ refused: nothing comes back
        2.500  * its program gives up after 2500 ms: its own connect timeout"
  `);
});

test('every ACK of a fooled client is dropped, the last one too', () => {
  const { connection, story } = buildFooled(3, 20, [0, 1_020, 3_040]);
  const rows = ladderOf(connection, { story, fooled: true, gated: true, forgottenByMs: 7_200 });
  expect(drawn(rows)).toMatchInlineSnapshot(`
    "    0.000  SYN ─────────────────────────────▶
        0.000  ◀───────────────────────── SYN-ACK
        0.000  * connected; the gate holds its ACK back
        1.020  ◀─────────────────── SYN-ACK again
        1.020  ACK ─────────────────────────────▶ ✗ dropped: the queue is full
        2.000  * no byte came: its read timed out
        3.040  ◀─────────────────── SYN-ACK again
        3.040  ACK ─────────────────────────────▶ ✗ dropped: the queue is full
        7.180                                     * forgets it, says nothing"
  `);
});

test.each([
  ['later than what it sent', 0.9],
  ['earlier than the SYN-ACK', -0.9],
])('that it is connected stands before its data, although its clock says %s', (_words, offMs) => {
  const { connection, story } = buildWaiting(1, 5);
  const sentMs = 5.5;
  const sends = {
    ...connection,
    data: [{ atMs: sentMs, from: 'client', bytes: 9, retransmission: false }],
  } as const;
  const told = {
    ...story,
    startedAtMs: sentMs - 0.2 + offMs,
    outcome: { kind: 'connected', afterMs: 0 },
  } as const;
  const order = ladderOf(sends, { story: told }).map((row) =>
    row.kind === 'segment' ? row.what : row.kind === 'note' ? row.says : '',
  );
  expect(order).toEqual(['SYN', 'SYN-ACK', 'ACK', 'connected', 'data']);
});

test('from packets alone the last ACK after a repeated SYN-ACK counts as taken', () => {
  const { connection } = buildFooled(3, 20, [0, 1_020, 3_040]);
  const fates = ladderOf(connection).flatMap((row) =>
    row.kind === 'segment' && row.what === 'ACK' ? [row.fate] : [],
  );
  expect(fates).toEqual(['dropped', 'taken']);
});

test('the segment of a fooled client that draws a RST was not dropped for a full queue', () => {
  const { connection } = buildFooled(3, 0, [0, 1_000]);
  const late = {
    ...connection,
    data: [
      { atMs: 1_500, from: 'client', bytes: 50, retransmission: false },
      { atMs: 9_000, from: 'client', bytes: 50, retransmission: true },
    ],
    resets: [{ atMs: 9_000.1, from: 'server' }],
  } as const;
  const fates = ladderOf(late, { fooled: true }).flatMap((row) =>
    row.kind === 'segment' && row.what === 'data' ? [row.fate] : [],
  );
  expect(fates).toEqual(['dropped', 'taken']);
});

test('the client’s own event follows its packets although its clock runs ahead', () => {
  const { connection, story } = buildWaiting(1, 5);
  const ahead = ladderOf(connection, { story: { ...story, startedAtMs: 4.5 } });
  expect(ahead.map((row) => (row.kind === 'segment' ? row.what : row.kind))).toEqual([
    'SYN',
    'SYN-ACK',
    'ACK',
    'note',
  ]);
});

test('a long ladder loses its middle and says how much', () => {
  const { connection } = buildTimedOut(
    1,
    0,
    Array.from({ length: 20 }, (_, index) => index * 1_000),
  );
  const folded = foldLadder(ladderOf(connection), 14);
  expect(folded).toHaveLength(14);
  expect(folded.find(({ kind }) => kind === 'folded')).toEqual({ kind: 'folded', rows: 7 });
  expect(drawn(ladderOf(connection)).split('\n')).toHaveLength(14);
});
