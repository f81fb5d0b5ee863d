/** `--reporter NAME[=FILE]`: which reports are made, and where they go. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { HarnessError } from '../domain/harness-error.ts';
import { makeFolders } from '../make-folders.ts';
import { plainStyle, type Style } from '../report/style.ts';
import { nearest } from './nearest.ts';
import { print, terminalStyle } from './terminal.ts';
import { usage } from './values.ts';

export interface Destination<Name extends string> {
  readonly name: Name;
  /** Null: standard output. */
  readonly file: string | null;
}

/**
 * Exactly one of them is for stdout: the first of the known names, unless another was asked for.
 * Throws `USAGE`.
 */
export function destinations<Name extends string>(
  known: readonly [Name, ...Name[]],
  texts: readonly string[],
): readonly Destination<Name>[] {
  const asked = texts.map((text) => destination(known, text));
  const onStdout = asked.filter(({ file }) => file === null);
  if (onStdout.length > 1) {
    throw usage(
      `Cannot print ${onStdout.map(({ name }) => name).join(' and ')} to stdout at once.`,
      `give all but one a file: --reporter ${onStdout[0]?.name ?? ''}=FILE`,
    );
  }
  return onStdout.length === 1 ? asked : [...asked, { name: known[0], file: null }];
}

function destination<Name extends string>(known: readonly Name[], text: string): Destination<Name> {
  const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const found = known.find((each) => each === name);
  if (found === undefined) {
    const near = nearest(name, known);
    throw usage(
      `There is no reporter '${name}'.`,
      near === undefined ? `choose one of ${known.join(', ')}` : `did you mean ${near}?`,
    );
  }
  if (file === '') {
    throw usage(`The reporter ${name}= has no file.`, `write --reporter ${name}=FILE`);
  }
  return { name: found, file: file === undefined ? null : path.resolve(file) };
}

/** Finds out before the runs whether their reports can be written: afterwards it would be too late. */
export function prepareFiles(all: readonly Destination<string>[]): void {
  for (const { file } of all) {
    if (file === null) continue;
    writing(file, () => {
      makeFolders(path.dirname(file));
      writeFileSync(file, '', { flag: 'a' });
    });
  }
}

/** Only a terminal gets colours. */
export function writeReports<Name extends string>(
  all: readonly Destination<Name>[],
  make: (destination: Destination<Name>, style: Style) => string,
): void {
  for (const each of all) {
    const { file } = each;
    if (file === null) print(make(each, terminalStyle()));
    else writing(file, () => writeFileSync(file, make(each, plainStyle)));
  }
}

function writing(file: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot write the report ${file}: ${why}.`, {
      remedy: 'choose another place: --reporter NAME=FILE',
      cause,
    });
  }
}
