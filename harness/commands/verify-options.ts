/** The options of `verify`: their names and help for yargs, and what they mean. */
import os from 'node:os';
import type { Argv } from 'yargs';
import type { StatedClaim } from '../domain/catalogue.ts';
import type { Profile } from '../domain/scenario.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import { nearest } from './nearest.ts';
import { usage, wholeNumber } from './values.ts';
import { type Reporter, reporters } from './verify-reporters.ts';

export interface VerifySettings {
  readonly profile: Profile;
  readonly family: AddressFamily;
  /** Undefined: every claim. */
  readonly isChosen: ((claim: StatedClaim) => boolean) | undefined;
  readonly jobs: number;
  readonly strict: boolean;
  readonly reporters: readonly Reporter[];
  readonly runsDir: string;
}

/** Runs mostly wait for the kernel's timers. */
const JOBS_PER_CORE = 12;
const MOST_JOBS = 64;
const PROFILES = ['default', 'documented'] as const satisfies readonly Profile[];

const LISTS: readonly (readonly [string, string])[] = [
  ['only', 'claims to put to the test, such as 001-a,003-*; repeatable'],
  ['document', 'only claims of this document, such as 001; repeatable'],
  ['reporter', 'terminal, json, junit, tap or markdown; NAME=FILE: into a file; repeatable'],
];

const TEXTS: readonly (readonly [string, string])[] = [
  ['profile', 'default, or documented: waits as long as they did, about two minutes'],
  ['jobs', `how many runs at a time (${JOBS_PER_CORE} for each processor)`],
  ['runs-dir', 'where run folders are made (runs)'],
];

/** The options that may be repeated. */
export const VERIFY_LISTS: readonly string[] = LISTS.map(([name]) => name);

/** What `verify` and `kernels` can be told alike. */
export function describeCatalogueOptions(parser: Argv): Argv {
  const group = 'Verify:';
  for (const [name, describe] of LISTS) {
    parser.option(name, { type: 'string', array: true, nargs: 1, describe, group });
  }
  for (const [name, describe] of TEXTS) {
    parser.option(name, { type: 'string', requiresArg: true, describe, group });
  }
  return parser
    .option('strict', {
      type: 'boolean',
      default: false,
      describe: 'an inconclusive claim fails: exit code 3',
      group,
    })
    .option('quiet', { type: 'boolean', describe: 'totals and one line a claim; no progress' })
    .option('verbose', {
      type: 'boolean',
      describe: 'all findings, with witnesses and run folders',
    })
    .option('dry-run', { type: 'boolean', describe: 'print what would be run; starts nothing' })
    .option('ipv6', { type: 'boolean', describe: 'use IPv6 inside the sandboxes', group });
}

export const describeVerifyOptions = (parser: Argv): Argv =>
  describeCatalogueOptions(parser)
    .usage(
      '$0 verify [options]\n\nRuns every scenario, several at a time, and says of each documented claim whether it holds on this kernel. With --only and --document a claim must meet both.',
    )
    .example('$0 verify', 'every claim')
    .example('$0 verify --only 001-a,003-*', 'some of them; 001-b means 001-b (i) and (ii)')
    .example('$0 verify --document 001 --verbose', 'all that was found about one document')
    .example('$0 verify --strict --reporter junit=verify.xml', 'in continuous integration')
    .example('$0 verify --reporter markdown=$GITHUB_STEP_SUMMARY', 'on GitHub')
    .epilogue(
      'Exit codes: 0 nothing is contradicted; 1 a claim is contradicted; 2 wrong usage; 3 nothing could be decided, or with --strict a claim could not; 4 the harness or its surroundings failed; 130 interrupted.',
    );

/** What was asked for, over the claims there are. Throws `USAGE`. */
export function verifySettings(
  given: Readonly<Record<string, unknown>>,
  claims: readonly StatedClaim[],
): VerifySettings {
  return {
    profile: profile(given['profile']),
    family: given['ipv6'] === true ? 6 : 4,
    isChosen: chosen(list('only', given['only']), list('document', given['document']), claims),
    jobs: jobs(given['jobs']),
    strict: given['strict'] === true,
    reporters: reporters(texts(given['reporter']), given['json'] === true),
    runsDir: String(given['runs-dir'] ?? 'runs'),
  };
}

const texts = (given: unknown): readonly string[] =>
  Array.isArray(given) ? given.map(String) : [];

/** Elements may be given one by one or with commas between them. */
function list(option: string, given: unknown): readonly string[] {
  const words = texts(given)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (given !== undefined && words.length === 0) {
    throw usage(
      `The list --${option} is empty.`,
      `leave --${option} out for everything; npm run repro -- list shows what there is`,
    );
  }
  return words;
}

function profile(given: unknown): Profile {
  const found = PROFILES.find((each) => each === (given ?? 'default'));
  if (found === undefined) {
    throw usage(`There is no profile '${String(given)}'.`, `choose ${PROFILES.join(' or ')}`);
  }
  return found;
}

const jobs = (given: unknown): number =>
  typeof given === 'string'
    ? wholeNumber('jobs', given, 1, MOST_JOBS)
    : Math.min(MOST_JOBS, JOBS_PER_CORE * os.availableParallelism());

/** Every word must find something by itself: a slip of the pen must not go unseen beside others. */
function chosen(
  only: readonly string[],
  documents: readonly string[],
  claims: readonly StatedClaim[],
): VerifySettings['isChosen'] {
  const byId = only.map((pattern) => claimsWith('claim', pattern, claims, ({ id }) => id));
  const byDocument = documents.map((pattern) =>
    claimsWith('document', pattern, claims, ({ document }) => document),
  );
  if (byId.length + byDocument.length === 0) return undefined;
  const ids = new Set(
    claims
      .filter((claim) => [byId, byDocument].every((sets) => isInOne(claim, sets)))
      .map(({ id }) => id),
  );
  if (ids.size === 0) {
    throw usage(
      `No claim meets both --only ${only.join(',')} and --document ${documents.join(',')}.`,
      'leave one of the two out',
    );
  }
  return ({ id }) => ids.has(id);
}

const isInOne = (claim: StatedClaim, sets: readonly (readonly StatedClaim[])[]): boolean =>
  sets.length === 0 || sets.some((claims) => claims.includes(claim));

function claimsWith(
  what: 'claim' | 'document',
  pattern: string,
  claims: readonly StatedClaim[],
  nameOf: (claim: StatedClaim) => string,
): readonly StatedClaim[] {
  const found = claims.filter((claim) => matches(pattern, nameOf(claim)));
  if (found.length > 0) return found;
  const near = nearest(pattern, [...new Set(claims.map(nameOf))]);
  throw usage(
    `There is no ${what} '${pattern}'.`,
    near === undefined ? 'npm run repro -- list shows them all' : `did you mean ${near}?`,
  );
}

/** `*` stands for anything; `001-b` also means `001-b (i)` and `001-b (ii)`. */
export function matches(pattern: string, name: string): boolean {
  const spelled = pattern
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*');
  return new RegExp(`^${spelled}( \\(.*\\))?$`, 'i').test(name);
}
