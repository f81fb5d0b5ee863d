/** What shows that it was so: packets, queues, counters. */

import type { Observations } from '../domain/observations.ts';
import { displayWidth } from '../report/display-width.ts';
import type { LadderRow } from '../report/ladder.ts';
import { ladderText } from '../report/ladder-text.ts';
import { padded, paddedStart } from '../report/layout.ts';
import { isRefused } from '../report/refusal-words.ts';
import { type Timeline, timelineOf } from '../report/timeline.ts';
import { timelineText } from '../report/timeline-text.ts';
import { seconds } from '../report/words.ts';
import { growth } from '../verdict/figures.ts';
import { ladderFor, queuesAtEnd } from './facts-of-run.ts';
import { draws } from './look.ts';
import { queuesPicture } from './queues-picture.ts';
import type { Result } from './result.ts';
import type { Block } from './screens.ts';
import type { DemoTexts } from './texts/texts.ts';
import { hangingText, wrapText } from './wrap-text.ts';

export const evidenceBlocks = (result: Result): readonly Block[] => [
  ladderBlock(result),
  timelineBlock(result),
  queuesBlock(result),
  countersBlock(result),
];

function ladderBlock({ step, input, state, texts, columns }: Result): Block {
  const ladder = ladderFor(step, input.seen);
  if (ladder === undefined) return [];
  const { style } = state.look;
  const title = wrapText(texts.result.ladderTitle(ladder.client), columns).map(style.bold);
  if (draws(state.look)) return [...title, ...ladderText(ladder.rows, style, texts.ladder)];
  return [...title, ...ladder.rows.flatMap((row) => wrapText(sentenceOf(row, texts), columns))];
}

function sentenceOf(row: LadderRow, { plain, ladder }: DemoTexts): string {
  if (row.kind === 'folded') return ladder.more(row.rows);
  const at = (row.atMs / 1_000).toFixed(3);
  return row.kind === 'segment'
    ? plain.segment(row, at)
    : plain.note(row.at === 'server', ladder.note(row.says), at);
}

function timelineBlock({ input, state, texts, columns }: Result): Block {
  const timeline = timelineOf(input.seen);
  if (timeline === undefined) return [];
  const { style, plain } = state.look;
  const title = wrapText(texts.result.timelineTitle, columns).map(style.bold);
  if (!plain) return [...title, ...timelineText(timeline, style, columns, texts.timeline)];
  const sentences = [...levelSentences(timeline, texts), ...refusalSentences(input.seen, texts)];
  return [...title, ...sentences.flatMap((text) => wrapText(text, columns))];
}

/** More changes than these nobody wants to listen to. */
const MOST_LEVELS = 6;

function levelSentences({ acceptQueue }: Timeline, { plain }: DemoTexts): Block {
  const changes = acceptQueue.filter(
    ({ length }, index) => length !== acceptQueue[index - 1]?.length,
  );
  const step = Math.max(1, Math.ceil(changes.length / MOST_LEVELS));
  const told = changes.filter((_, index) => index % step === 0 || index === changes.length - 1);
  // The listener is there before the first client, from when time counts.
  return told.map(({ length, atMs }) => plain.level(length, atMs < 0 ? null : seconds(atMs)));
}

function refusalSentences({ connections }: Observations, { plain }: DemoTexts): Block {
  const refused = connections
    .map(({ syns }) => syns.filter(isRefused).map(({ atMs }) => atMs))
    .filter(({ length }) => length > 0);
  const all = refused.flat();
  if (all.length === 0) return [];
  const each = new Set(refused.map(({ length }) => length));
  const [first, last] = [Math.min(...all), Math.max(...all)];
  return [
    plain.refusals(
      {
        syns: all.length,
        clients: refused.length,
        each: each.size === 1 ? [...each][0] : undefined,
      },
      seconds(first),
      seconds(last),
    ),
  ];
}

function queuesBlock({ input, state, texts }: Result): Block {
  const queues = queuesAtEnd(input.seen);
  if (queues === undefined) return [];
  const title = state.look.style.bold(texts.result.queuesTitle);
  return [title, ...queuesPicture(queues, texts.queues, state.look)];
}

function countersBlock(result: Result): Block {
  const { step, input, state, texts, columns } = result;
  const words = texts.result;
  const rows = step.counters.map(({ host, counter }) => ({
    host,
    counter,
    by: `${growth(input.seen, host, counter) ?? words.counterMissing}`,
    meaning: words.counterMeaning(host, counter),
  }));
  const title = state.look.style.bold(words.countersTitle);
  if (state.look.plain) {
    return [
      title,
      ...rows.flatMap(({ host, counter, by, meaning }) =>
        wrapText(texts.plain.counter(host, counter, by, meaning), columns),
      ),
    ];
  }
  const name = Math.max(...rows.map(({ counter }) => counter.length));
  const by = Math.max(...rows.map((row) => displayWidth(row.by)));
  return [
    title,
    ...rows.flatMap((row) =>
      hangingText(
        `  ${row.host}  ${padded(row.counter, name)}  ${paddedStart(row.by, by)}  `,
        row.meaning,
        columns,
      ),
    ),
  ];
}
