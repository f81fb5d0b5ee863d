/** `--ladder`, `--client` and `--lang` of a run and of `judge`: the packets of one client as a drawing. */
import { writeFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import { HarnessError } from '../domain/harness-error.ts';
import type { LiveLanguage } from '../live/live-texts.ts';
import { CHINESE_LADDER } from '../report/chinese/ladder.ts';
import { type ChosenLadder, chooseLadder } from '../report/chosen-ladder.ts';
import { type ClientView, viewClients } from '../report/client-views.ts';
import { ladderMermaid } from '../report/ladder-mermaid.ts';
import { ladderSvg } from '../report/ladder-svg.ts';
import { titledLadder } from '../report/ladder-text.ts';
import { type DrawingWords, ENGLISH_LADDER } from '../report/ladder-words.ts';
import { plainStyle, type Style } from '../report/style.ts';
import { numberRanges } from '../report/words.ts';
import type { Judgement } from '../reproduce.ts';
import { drawingLanguage } from './drawing-language.ts';
import { print, terminalStyle } from './terminal.ts';
import { usage, wholeNumber } from './values.ts';

const FORMATS = ['text', 'mermaid', 'svg'] as const;
type Format = (typeof FORMATS)[number];

const WORDS: Readonly<Record<LiveLanguage, DrawingWords>> = {
  en: ENGLISH_LADDER,
  zh: CHINESE_LADDER,
};

/** A drawing that was asked for. */
export interface LadderWish {
  readonly format: Format;
  /** Absent: standard output, in place of the report. */
  readonly file?: string;
  /** Absent: the one that the report shows. */
  readonly client?: number;
  readonly words: DrawingWords;
}

export const describeLadderOptions = (parser: Argv): Argv =>
  parser
    .option('ladder', {
      type: 'string',
      requiresArg: true,
      describe:
        "one client's packets as text, mermaid or svg, in place of the report; svg=FILE writes them besides",
      group: 'Drawing:',
    })
    .option('client', {
      type: 'string',
      requiresArg: true,
      describe: "whose packets --ladder draws (the client's whose packets the report shows)",
      group: 'Drawing:',
    })
    .option('lang', {
      type: 'string',
      requiresArg: true,
      describe: 'language of --watch and --ladder: en or zh',
      group: 'Drawing:',
    });

/** Throws `USAGE`. `json`: standard output belongs to something else. */
export function ladderWish(
  given: Readonly<Record<string, unknown>>,
  json: boolean,
): LadderWish | undefined {
  const { ladder, client } = given;
  if (typeof ladder !== 'string') {
    if (client === undefined) return undefined;
    throw usage(
      `The option --client ${client} chooses whose packets --ladder draws, and there is no --ladder.`,
      'add --ladder text; how many clients connect is --clients',
    );
  }
  const [name = '', ...rest] = ladder.split('=');
  const file = rest.length === 0 ? undefined : rest.join('=');
  const format = FORMATS.find((known) => known === name);
  if (format === undefined || file === '') {
    throw usage(
      `Cannot use --ladder ${ladder}.`,
      'choose text, mermaid or svg, with =FILE to write a file, such as svg=ladder.svg',
    );
  }
  if (json && file === undefined) {
    throw usage(
      `Cannot print --ladder ${format} because with --json standard output holds one JSON object.`,
      `write it to a file: --ladder ${format}=FILE`,
    );
  }
  return {
    format,
    words: WORDS[drawingLanguage(given['lang'])],
    ...(file === undefined ? {} : { file }),
    ...(typeof client === 'string' ? { client: wholeNumber('client', client, 1) } : {}),
  };
}

/** Draws it. Returns whether standard output has had it, so that the report has no place there. */
export function showLadder(wish: LadderWish, { seen }: Judgement): boolean {
  const views = viewClients(seen);
  const chosen = chooseLadder(views, seen, wish.client);
  if (chosen === undefined) throw noPackets(wish, views);
  if (wish.file === undefined) {
    print(drawing(wish, chosen, terminalStyle()));
    return true;
  }
  write(wish.file, drawing(wish, chosen, plainStyle));
  return false;
}

function drawing({ format, words }: LadderWish, chosen: ChosenLadder, style: Style): string {
  switch (format) {
    case 'text':
      return `${titledLadder(chosen, style, Number.POSITIVE_INFINITY, words).join('\n')}\n`;
    case 'mermaid':
      return ladderMermaid(chosen, words);
    case 'svg':
      return ladderSvg(chosen, words);
  }
}

function noPackets({ client }: LadderWish, views: readonly ClientView[]): HarnessError {
  const drawable = views.flatMap(({ story, connection }) =>
    connection === undefined ? [] : [story.client],
  );
  return usage(
    `There are no packets of ${client === undefined ? 'any client' : `client ${client}`} to draw.`,
    drawable.length === 0
      ? 'look at the evidence: nobody has connected'
      : `choose one of ${numberRanges(drawable.toSorted((left, right) => left - right))}`,
  );
}

function write(file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot write the ladder: ${why}.`, {
      remedy: 'choose a file in a folder that you may write to',
      cause,
    });
  }
}
