/** A terminal of a given size that a test can type into and look at: a tmux server of its own. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { displayWidth } from '../../harness/report/display-width.ts';
import { waitUntil } from './wait-until.ts';

export const isTmuxInstalled = (): boolean =>
  spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status === 0;

export interface Terminal extends Disposable {
  /** Keys by tmux's names, such as `n`, `C-c` or `Enter`. */
  readonly press: (...keys: readonly string[]) => void;
  /** Text and Enter. */
  readonly type: (text: string) => void;
  readonly lines: () => readonly string[];
  readonly resize: (columns: number, rows: number) => void;
  /** A format of tmux, such as `#{alternate_on}`. */
  readonly ask: (format: string) => string;
  /** Waits until the screen shows it; returns its lines. */
  readonly shows: (what: string | RegExp, deadlineMs?: number) => Promise<readonly string[]>;
  /**
   * The lines, once the cursor rests at the end of the last row, where the drawing of a frame ends;
   * undefined while a frame is half drawn.
   */
  readonly frame: () => readonly string[] | undefined;
}

const DEADLINE_MS = 30_000;

/** A shell in a terminal; `env` is set in it. */
export function openTerminal(
  columns: number,
  rows: number,
  env: Readonly<Record<string, string>>,
): Terminal {
  const name = `backlog-lab-${randomUUID()}`;
  const tmux = (...args: readonly string[]): string => {
    const ended = spawnSync('tmux', ['-L', name, '-u', '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...process.env, TMUX: undefined, LC_ALL: 'C.UTF-8' },
    });
    if (ended.status !== 0) throw new Error(`tmux ${args.join(' ')}: ${ended.stderr}`);
    return ended.stdout;
  };
  const settings = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  tmux(
    ...['new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, ...settings],
    // Without a status line the shell has all rows; without a profile its prompt is short.
    ...['env', '-u', 'PS1', 'PS1=$ ', 'sh', ';', 'set-option', '-g', 'status', 'off'],
  );
  const lines = (): readonly string[] => tmux('capture-pane', '-p').replace(/\n$/, '').split('\n');
  const frame = (): readonly string[] | undefined => {
    // Commands of one list run without a look at what the pane has written meanwhile.
    const cursor = ['display-message', '-p', '#{cursor_y} #{cursor_x}'];
    const shown = tmux('capture-pane', '-p', ';', ...cursor)
      .trimEnd()
      .split('\n');
    const at = shown.pop();
    const end = `${shown.length - 1} ${displayWidth(shown.at(-1) ?? '')}`;
    return at === end ? shown : undefined;
  };
  const screen = (): string => lines().join('\n');
  return {
    press: (...keys) => void tmux('send-keys', ...keys),
    type: (text) => {
      tmux('send-keys', '-l', text);
      tmux('send-keys', 'Enter');
    },
    lines,
    frame,
    resize: (width, height) => void tmux('resize-window', '-x', `${width}`, '-y', `${height}`),
    ask: (format) => tmux('display-message', '-p', format).trimEnd(),
    shows: (what, deadlineMs = DEADLINE_MS) =>
      waitUntil(
        `the terminal to show ${what}`,
        () => {
          const text = screen();
          const found = typeof what === 'string' ? text.includes(what) : what.test(text);
          return found ? text.split('\n') : undefined;
        },
        { seen: screen, deadlineMs },
      ),
    [Symbol.dispose]: () => void tmux('kill-server'),
  };
}
