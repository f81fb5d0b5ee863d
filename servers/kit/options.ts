/** Options of a program: strict, and with a remedy in every error. */
import { isIP } from 'node:net';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** How the text of one option becomes a value. */
export interface OptionReader<Value> {
  /** Read in its place when the option is left out; undefined: it must be given. */
  readonly otherwise: string | undefined;
  readonly read: (option: string, text: string) => Value;
}

type Readers = Readonly<Record<string, OptionReader<unknown>>>;
type Read<Wanted extends Readers> = {
  readonly [Option in keyof Wanted]: ReturnType<Wanted[Option]['read']>;
};

/** The longest delay of a Node timer. */
const LONGEST_MS = 2 ** 31 - 1;

export const usageError = (message: string, remedy: string): Error =>
  new Error(`USAGE  ${message}\n  Remedy: ${remedy}`);

/** Number('') is 0 and parseInt reads '2x' as 2: only digits are a number here. */
export const whole = (from: number, to: number, otherwise?: number): OptionReader<number> => ({
  otherwise: otherwise === undefined ? undefined : `${otherwise}`,
  read: (option, text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw usageError(
      `--${option} "${text}" is not a whole number from ${from} to ${to}.`,
      `pass for example --${option} ${otherwise ?? from}.`,
    );
  },
});

/** The same, or the word `none`, which is null. */
export const wholeOrNone = (
  from: number,
  to: number,
  otherwise: string,
): OptionReader<number | null> => ({
  otherwise,
  read: (option, text) => (text === 'none' ? null : whole(from, to).read(option, text)),
});

const DURATION = /^(\d+(?:\.\d+)?)(ms|s)?$/;

/** Milliseconds, from `300ms`, `3s` or plain `300`. */
export const duration = (fromMs: number, otherwise?: string): OptionReader<number> => ({
  otherwise,
  read: (option, text) => {
    const [, amount, unit] = DURATION.exec(text) ?? [];
    const ms = Number(amount) * (unit === 's' ? 1_000 : 1);
    if (ms >= fromMs && ms <= LONGEST_MS) return ms;
    throw usageError(
      `--${option} "${text}" is not a time from ${fromMs}ms to ${LONGEST_MS}ms.`,
      `pass for example --${option} 3s, 3000ms or 3000.`,
    );
  },
});

export const address = (otherwise?: string): OptionReader<string> => ({
  otherwise,
  read: (option, text) => {
    if (isIP(text) !== 0) return text;
    throw usageError(
      `--${option} "${text}" is not a numeric address.`,
      `pass for example --${option} 127.0.0.1.`,
    );
  },
});

/** One or more, separated by commas. */
export const addresses = (otherwise?: string): OptionReader<readonly string[]> => ({
  otherwise,
  read: (option, text) => text.split(',').map((each) => address().read(option, each)),
});

export const word = (otherwise?: string): OptionReader<string> => ({
  otherwise,
  read: (option, text) => {
    if (text !== '') return text;
    throw usageError(`--${option} is empty.`, `pass a word after --${option}.`);
  },
});

/** Undefined when the option is left out. */
export const optional = <Value>(reader: OptionReader<Value>): OptionReader<Value | undefined> => ({
  otherwise: '',
  read: (option, text) => (text === '' ? undefined : reader.read(option, text)),
});

/** `help` when it was asked for. Throws an Error whose message says what is wrong and what to do. */
export const readOptions = <Wanted extends Readers>(
  args: readonly string[],
  readers: Wanted,
): Read<Wanted> | 'help' => {
  const values = parse(args, readers);
  if (values['help'] === true) return 'help';
  const entries = Object.entries(readers).map(([option, reader]) => {
    const text = values[option] === undefined ? reader.otherwise : `${values[option]}`;
    if (text === undefined) {
      throw usageError(`--${option} is missing.`, `pass --${option}; see --help.`);
    }
    return [option, reader.read(option, text)];
  });
  return Object.fromEntries(entries) as Read<Wanted>;
};

const parse = (args: readonly string[], readers: Readers): Readonly<Record<string, unknown>> => {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean' } };
  for (const option of Object.keys(readers)) options[option] = { type: 'string' };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw usageError(message, 'see --help for the options.');
  }
};
