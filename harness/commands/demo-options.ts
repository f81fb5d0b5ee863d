/** The options of `demo`: their names and help for yargs, and what they mean. */
import type { Argv } from 'yargs';
import { STEPS } from '../demo/steps.ts';
import { LANGUAGES, type Language, languageOf } from '../demo/texts/texts.ts';
import type { SandboxSettings } from '../sandbox/choose.ts';
import { sandboxSettings } from './sandbox-options.ts';
import { durationMs, usage, wholeNumber } from './values.ts';

export interface DemoSettings {
  readonly sandbox: SandboxSettings;
  readonly language: Language;
  /** Index of the first step. */
  readonly step: number;
  /** Plays only that one, where it plays by itself. */
  readonly only: boolean;
  readonly auto: boolean;
  /** How long a page stays where it plays by itself; null: as long as there is a reader. */
  readonly paceMs: number | null;
  readonly plain: boolean;
  /** A file for an asciicast of what is shown; undefined: none. */
  readonly record: string | undefined;
}

export function describeDemoOptions<Given>(parser: Argv<Given>): Argv<Given> {
  const group = 'Demo:';
  parser
    .option('auto', {
      type: 'boolean',
      default: false,
      describe: 'plays by itself, without keys: for recordings and CI',
      group,
    })
    .option('pace', {
      type: 'string',
      requiresArg: true,
      describe: 'with --auto: how long each screen stays (6s; 0 without a terminal)',
      group,
    })
    .option('step', {
      type: 'string',
      requiresArg: true,
      describe: `begins at this step, 1 to ${STEPS.length}; with --auto plays it alone`,
      group,
    })
    .option('lang', {
      type: 'string',
      requiresArg: true,
      describe: `${LANGUAGES.join(' or ')} (that of LC_ALL, LC_MESSAGES or LANG)`,
      group,
    })
    .option('record', {
      type: 'string',
      requiresArg: true,
      describe: 'FILE.cast: keeps what is shown as an asciicast',
      group,
    })
    .option('plain', {
      type: 'boolean',
      default: false,
      describe: 'sentences instead of drawings, for screen readers',
      group,
    });
  return parser;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What was asked for. Throws `USAGE`. */
export function demoSettings(
  given: Readonly<Record<string, unknown>>,
  environment: Environment,
): DemoSettings {
  const { step, pace } = given;
  const other = ['json', 'quiet', 'verbose', 'dry-run'].find((name) => given[name] === true);
  if (other !== undefined) {
    throw usage(
      `The option --${other} is about single runs, and the demo shows pages.`,
      'leave it out; each page names the command that makes its run alone, for which it works',
    );
  }
  const auto = given['auto'] === true;
  if (typeof pace === 'string' && !auto) {
    throw usage('The option --pace says something about --auto only.', 'pass --auto, too');
  }
  return {
    sandbox: sandboxSettings(given),
    language: languageFrom(given['lang'], environment),
    step: typeof step === 'string' ? wholeNumber('step', step, 1, STEPS.length) - 1 : 0,
    only: typeof step === 'string',
    auto,
    paceMs: typeof pace === 'string' ? paceFrom(pace) : null,
    plain: given['plain'] === true,
    record: typeof given['record'] === 'string' ? given['record'] : undefined,
  };
}

/** A duration, or 0 for no pause at all. */
const paceFrom = (text: string): number => (/^0(ms|s)?$/.test(text) ? 0 : durationMs('pace', text));

function languageFrom(asked: unknown, environment: Environment): Language {
  if (typeof asked !== 'string') {
    const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'];
    return languageOf(locale);
  }
  const language = LANGUAGES.find((each) => each === asked);
  if (language !== undefined) return language;
  throw usage(`The demo does not speak '${asked}'.`, `choose ${LANGUAGES.join(' or ')}`);
}
