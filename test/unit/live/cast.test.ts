import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { castEvent, castHeader } from '../../../harness/live/cast.ts';
import { castIn } from '../../helpers/cast.ts';

const CASTS = path.join('test', 'fixtures', 'casts');

test('what was written comes out again', () => {
  const texts = ['\u001b[1mfull\u001b[0m\r\n', '"3 of 3"', '全连接队列\u2028'];
  const header = castHeader({ widthColumns: 80, heightRows: 24 }, 'a "run"');
  const cast = castIn(header + texts.map((text, at) => castEvent(at * 100.4, text)).join(''));
  expect(cast.header).toEqual({ version: 2, width: 80, height: 24, title: 'a "run"' });
  expect(cast.events.map(({ text }) => text)).toEqual(texts);
  expect(cast.events.map(({ atSeconds }) => atSeconds)).toEqual([0, 0.1, 0.201]);
});

test.each(readdirSync(CASTS))('%s plays: frames, the terminal as it was, the report', (name) => {
  const { header, events } = castIn(readFileSync(path.join(CASTS, name), 'utf8'));
  expect(header).toMatchObject({ version: 2, width: 80, height: 24 });
  const times = events.map(({ atSeconds }) => atSeconds);
  expect(times).toEqual(times.toSorted((left, right) => left - right));
  const [before = '', report = ''] = events
    .map(({ text }) => text)
    .join('')
    .split('\u001b[?1049l');
  expect(before).toContain('3 of 3');
  expect(report).toContain('Evidence');
  expect(report).not.toContain('/tmp/');
});
