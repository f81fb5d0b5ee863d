/** The options of `sweep`: their names and help for yargs, and what they mean. */
import os from 'node:os';
import type { Argv } from 'yargs';
import type { CellSettings } from '../domain/sweep.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import { defaultCells, productOf, type SweepLists } from '../scenarios/sweep-grid.ts';
import { type Destination, destinations } from './report-destinations.ts';
import { usage, wholeNumber } from './values.ts';

export type SweepReporter = 'terminal' | 'json' | 'csv';

export interface SweepSettings {
  readonly cells: readonly CellSettings[];
  readonly family: AddressFamily;
  readonly jobs: number;
  readonly reporters: readonly Destination<SweepReporter>[];
  readonly runsDir: string;
}

interface ListOption {
  readonly option: string;
  readonly list: keyof SweepLists;
  readonly least: number;
  readonly most: number;
  /** What the others are when only some are given. */
  readonly otherwise: readonly number[];
  readonly help: string;
}

/** Both queues are filled, and one address has only so many ports. */
const MOST_BACKLOG = 8_192;

const LIST_OPTIONS: readonly ListOption[] = [
  {
    option: 'backlog',
    list: 'backlog',
    least: 1,
    most: MOST_BACKLOG,
    otherwise: [1, 2, 8, 128, 511],
    help: 'arguments of listen(2), such as 1,2,8',
  },
  {
    option: 'somaxconn',
    list: 'somaxconn',
    least: 1,
    most: 2 ** 31 - 1,
    otherwise: [4_096],
    help: 'values of net.core.somaxconn',
  },
  {
    option: 'max-syn-backlog',
    list: 'maxSynBacklog',
    least: 1,
    most: 2 ** 31 - 1,
    otherwise: [128],
    help: 'values of tcp_max_syn_backlog',
  },
  {
    option: 'syncookies',
    list: 'syncookies',
    least: 0,
    most: 2,
    otherwise: [0, 1],
    help: 'values of tcp_syncookies',
  },
];

/** About five minutes of work for two processors. */
const MOST_CELLS = 1_000;

/** Cells mostly wait for the timers of their clients, yet each starts five processes. */
const JOBS_PER_CORE = 6;
const MOST_JOBS = 64;

/** The options that may be repeated. */
export const SWEEP_LISTS: readonly string[] = [
  ...LIST_OPTIONS.map(({ option }) => option),
  'reporter',
];

export function describeSweepOptions(parser: Argv): Argv {
  const group = 'Sweep:';
  for (const { option, help, otherwise } of LIST_OPTIONS) {
    parser.option(option, {
      type: 'string',
      array: true,
      nargs: 1,
      describe: `${help} (with another list: ${otherwise.join(',')})`,
      group,
    });
  }
  return parser
    .option('reporter', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'terminal, json or csv; NAME=FILE: into a file; repeatable',
      group,
    })
    .option('jobs', {
      type: 'string',
      requiresArg: true,
      describe: `how many cells at a time (${JOBS_PER_CORE} for each processor)`,
      group,
    })
    .option('runs-dir', {
      type: 'string',
      requiresArg: true,
      describe: 'where run folders are made (runs)',
      group,
    })
    .option('quiet', { type: 'boolean', describe: 'no progress' })
    .option('verbose', { type: 'boolean', describe: 'with the run folder of each cell' })
    .option('dry-run', { type: 'boolean', describe: 'print the predictions; starts nothing' })
    .option('ipv6', { type: 'boolean', describe: 'use IPv6 inside the sandboxes', group })
    .usage(
      '$0 sweep [options]\n\nMeasures what the accept queue and the SYN queue of a listener hold, for many settings, and sets it beside the prediction. Without lists it measures the settings that the documents name; with a list, every combination of the lists.',
    )
    .example('$0 sweep', 'the settings of the documents')
    .example('$0 sweep --backlog 5,16 --syncookies 0,1,2', 'every combination of them')
    .example('$0 sweep --reporter csv=sweep.csv', 'the table, and a file for a spreadsheet')
    .epilogue(
      'Exit codes: 0 every cell measured as predicted; 1 a cell measured otherwise; 2 wrong usage; 3 a cell could not be decided; 4 the harness or its surroundings failed; 130 interrupted.',
    );
}

/** What was asked for. Throws `USAGE`. */
export function sweepSettings(given: Readonly<Record<string, unknown>>): SweepSettings {
  const reporterTexts = [...texts(given['reporter']), ...(given['json'] === true ? ['json'] : [])];
  return {
    cells: cells(given),
    family: given['ipv6'] === true ? 6 : 4,
    jobs: jobs(given['jobs']),
    reporters: destinations(['terminal', 'json', 'csv'], reporterTexts),
    runsDir: String(given['runs-dir'] ?? 'runs'),
  };
}

const texts = (given: unknown): readonly string[] =>
  Array.isArray(given) ? given.map(String) : [];

function cells(given: Readonly<Record<string, unknown>>): readonly CellSettings[] {
  if (LIST_OPTIONS.every(({ option }) => given[option] === undefined)) return defaultCells();
  const lists = LIST_OPTIONS.map((option) => [option.list, numbers(option, given[option.option])]);
  const all = productOf(Object.fromEntries(lists) as unknown as SweepLists);
  if (all.length > MOST_CELLS) {
    throw usage(
      `Cannot measure ${all.length} combinations in one sweep: each takes a run and a port of its own.`,
      `give shorter lists, for at most ${MOST_CELLS} combinations`,
    );
  }
  return all;
}

function numbers(
  { option, least, most, otherwise }: ListOption,
  given: unknown,
): readonly number[] {
  if (given === undefined) return otherwise;
  const words = texts(given)
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) {
    throw usage(`The list --${option} is empty.`, `write for example --${option} ${least},${most}`);
  }
  return [...new Set(words.map((word) => wholeNumber(option, word, least, most)))];
}

const jobs = (given: unknown): number =>
  typeof given === 'string'
    ? wholeNumber('jobs', given, 1, MOST_JOBS)
    : Math.min(MOST_JOBS, JOBS_PER_CORE * os.availableParallelism());
