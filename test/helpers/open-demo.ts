/** A demo at a terminal, as tests meet it. */
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { STEPS } from '../../harness/demo/steps.ts';
import { type Language, TEXTS } from '../../harness/demo/texts/texts.ts';
import type { useInstallation } from './installation.ts';
import { MARK, processesMarked } from './marked-processes.ts';
import { openTerminal, type Terminal } from './tmux.ts';
import { waitUntil } from './wait-until.ts';

type Installation = ReturnType<typeof useInstallation>;

export const COLUMNS = 80;
export const ROWS = 24;
/** A step's run takes up to 20 s on a loaded machine. */
const FRAME_DEADLINE_MS = 40_000;

export interface Demo extends Disposable {
  readonly terminal: Terminal;
  /** Where temporary folders are made. */
  readonly temporary: string;
  readonly mark: string;
  readonly start: (options: string) => void;
}

export function openDemo(installation: Installation): Demo {
  const temporary = installation.newFolder();
  const mark = randomUUID();
  const terminal = openTerminal(COLUMNS, ROWS, { TMPDIR: temporary, NO_COLOR: '' });
  const launcher = path.join(installation.folder, 'harness/launcher.mjs');
  return {
    terminal,
    temporary,
    mark,
    start: (options) => {
      terminal.type('clear');
      terminal.type(
        `${MARK}=${mark} ${process.execPath} ${launcher} demo ${options}; echo ended:$?`,
      );
    },
    [Symbol.dispose]: () => terminal[Symbol.dispose](),
  };
}

export const titleOf = (language: Language, step: number): string => {
  const { page, steps } = TEXTS[language];
  const id = STEPS[step]?.id ?? 'two-queues';
  return page.stepOf(step + 1, STEPS.length, steps[id].title);
};

/** Waits until the demo has drawn a whole frame that is looked for; returns its lines. */
export const frameThat = (
  what: string,
  { terminal }: Pick<Demo, 'terminal'>,
  isIt: (lines: readonly string[]) => boolean,
): Promise<readonly string[]> =>
  waitUntil(
    what,
    () => {
      const lines = terminal.frame();
      return lines !== undefined && isIt(lines) ? lines : undefined;
    },
    { seen: () => terminal.lines().join('\n'), deadlineMs: FRAME_DEADLINE_MS },
  );

/** The terminal reads lines again, shows what it showed before, and nothing is left of the demo. */
export async function expectNothingLeft({ terminal, mark, temporary }: Demo, exitCode: number) {
  await terminal.shows(`ended:${exitCode}\n`);
  expect(terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('0 1');
  terminal.type('clear; stty -a | tr " ;" "\\n\\n" | grep -xE "icanon|echo" | sort | tr "\\n" " "');
  await terminal.shows('echo icanon');
  await waitUntil(
    'every process of the demo to end',
    () => (processesMarked(mark).length === 0 ? true : undefined),
    { seen: () => JSON.stringify(processesMarked(mark)) },
  );
  expect(readdirSync(temporary)).toEqual([]);
}
