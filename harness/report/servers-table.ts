import type { ServerRow, ServersTable } from '../domain/real-server.ts';
import { hanging, padded, paddedStart, widest } from './layout.ts';
import { elapsed } from './library-words.ts';
import { INDENT, type Page } from './page.ts';
import {
  askedWords,
  burstWords,
  byServer,
  limitWords,
  missingWords,
  placesWords,
  refusedFrom,
  serverWords,
  setupWords,
  TITLE,
} from './servers-words.ts';

const HEADINGS = ['limit', 'places', 'refuses from', 'asked for; at once'] as const;

/** A line for each server and backlog; for one that is not installed, how to get it. */
export function serversTableReport(table: ServersTable, page: Page): string {
  const { style } = page;
  const columns = columnsOf(table);
  return `${[
    style.bold(TITLE),
    style.dim(`${setupWords(table)}, in ${elapsed(table.wallMs)}`),
    '',
    style.dim(`${INDENT}${padded('server', columns.server)}${lineOf(HEADINGS, columns)}`),
    ...byServer(table).flatMap(({ server, version, rows }) =>
      version === null
        ? [`${INDENT}${padded(server.title, columns.server)}${missingWords({ server, version })}`]
        : rows.flatMap((row, index) => rowLines(row, index === 0, columns, page)),
    ),
  ].join('\n')}\n`;
}

interface Columns {
  readonly server: number;
  readonly limit: number;
}

function columnsOf({ rows, servers }: ServersTable): Columns {
  const names = [...rows.map(serverWords), ...servers.map(({ server }) => server.title)];
  return { server: widest(names) + 2, limit: widest([HEADINGS[0], ...rows.map(limitWords)]) };
}

const lineOf = (cells: readonly [string, string, string, string], { limit }: Columns): string => {
  const [first, places, refused, words] = cells;
  const numbers = [
    paddedStart(first, limit),
    paddedStart(places, HEADINGS[1].length),
    paddedStart(refused, HEADINGS[2].length),
  ];
  return `${numbers.join('  ')}  ${words}`;
};

function rowLines(
  row: ServerRow,
  isFirst: boolean,
  columns: Columns,
  { style, widthColumns, verbose }: Page,
): readonly string[] {
  const name = padded(isFirst ? style.bold(serverWords(row)) : '', columns.server);
  const refused = refusedFrom(row);
  const from = refused === null ? '' : `client ${refused}`;
  const before = `${INDENT}${name}${lineOf([limitWords(row), placesWords(row), from, ''], columns)}`;
  const burst = burstWords(row);
  const words = burst === '' ? askedWords(row) : `${askedWords(row)}; ${burst}`;
  const below = INDENT.repeat(2);
  return [
    ...hanging(before, words, widthColumns),
    ...(row.problem === null
      ? []
      : hanging(`${below}${style.red('not measured: ')}`, row.problem, widthColumns)),
    ...(verbose || row.found === null
      ? hanging(style.dim(`${below}command: `), style.dim(row.command), widthColumns)
      : []),
    ...(verbose && row.runFolder !== null ? [style.dim(`${below}evidence: ${row.runFolder}`)] : []),
  ];
}
