import type { Argv } from 'yargs';
import type { HarnessError } from '../domain/harness-error.ts';
import { nearest } from './nearest.ts';
import { usage } from './values.ts';

const COMMANDS = [
  'verify',
  'kernels',
  'sweep',
  'incident',
  'clients',
  'servers',
  'demo',
  'explain',
  'judge',
  'report',
  'list',
  'doctor',
] as const;

/** yargs says in its own words what it does not know or lacks; we add what to do about it. */
export function explainUsage(message: string, parser: Argv, argv: readonly string[]): HarnessError {
  const unknown = /Unknown arguments?: ([^,\s]+)/.exec(message)?.[1];
  if (unknown === 'watch') return explainWatch(argv);
  if (unknown !== undefined) return explainUnknown(unknown, parser, argv);
  const lacking = /Not enough arguments following: (\S+)/.exec(message)?.[1];
  if (lacking === 'docker-option') {
    return usage(
      'The option --docker-option needs a value.',
      'write both as one word: --docker-option=--runtime=runc',
    );
  }
  if (lacking !== undefined) {
    return usage(`The option --${lacking} needs a value.`, `write --${lacking} VALUE; see --help`);
  }
  if (message.startsWith('Not enough non-option arguments')) {
    return argv[0] === 'explain'
      ? usage('The command explain needs a claim.', 'name one, such as 001-b; see list')
      : usage(`The command ${argv[0]} needs a folder.`, 'name a run folder below runs/');
  }
  return usage(message, 'npm run repro -- --help shows every option');
}

/** It is an option of single runs, and many look for it elsewhere. */
const explainWatch = (argv: readonly string[]): HarnessError =>
  usage(
    `Cannot use --watch with ${argv[0]} because it shows one run at a time.`,
    'leave it out: progress is on stderr; or watch one of its runs: --scenario NAME --watch, see list',
  );

/** Says what was probably meant. */
function explainUnknown(unknown: string, parser: Argv, argv: readonly string[]): HarnessError {
  const options = Object.keys(
    (parser as unknown as { getOptions(): { key: object } }).getOptions().key,
  );
  const isOption = argv.some((word) => word.startsWith(`--${unknown}`) || word === `-${unknown}`);
  const near = isOption
    ? nearest(
        unknown,
        options.filter((option) => option.length > 1),
      )
    : nearest(unknown, COMMANDS);
  const spelled = `${unknown.length > 1 ? '--' : '-'}${unknown}`;
  return usage(
    isOption ? `There is no option ${spelled}.` : `There is no command '${unknown}'.`,
    near === undefined
      ? 'npm run repro -- --help shows every option and command'
      : `did you mean ${isOption ? '--' : ''}${near}?`,
  );
}
