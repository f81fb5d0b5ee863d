/** `--record FILE.cast`: what a command writes to standard output, with its times. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { HarnessError } from '../domain/harness-error.ts';
import { castEvent, castHeader } from '../live/cast.ts';

const WITHOUT_TERMINAL = { columns: 100, rows: 24 };

/** Nothing is recorded without a file. Each write goes to the file at once: Ctrl-C costs nothing. */
export function startRecording(file: unknown, title: string): Disposable {
  if (typeof file !== 'string') return { [Symbol.dispose]: () => undefined };
  const { stdout } = process;
  const write = stdout.write;
  const startedMs = performance.now();
  const size = {
    widthColumns: stdout.columns || WITHOUT_TERMINAL.columns,
    heightRows: stdout.rows || WITHOUT_TERMINAL.rows,
  };
  const descriptor = begun(file, castHeader(size, title));
  let isFailed = false;
  const keep = (text: string): void => {
    if (isFailed) return;
    try {
      writeSync(descriptor, castEvent(performance.now() - startedMs, asDrawn(text)));
    } catch (cause) {
      // A full disk must not cost what is recorded.
      isFailed = true;
      process.stderr.write(`Cannot record any more: ${messageOf(cause)}.\n`);
    }
  };
  const decoder = new TextDecoder();
  // A cast is replayed on a terminal in raw mode, where a line feed does not return the carriage.
  const asDrawn = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');
  const recorded = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    keep(text);
    return Reflect.apply(write, stdout, [chunk, ...rest]) as boolean;
  };
  stdout.write = recorded as typeof stdout.write;
  return {
    [Symbol.dispose]: () => {
      stdout.write = write;
      closeSync(descriptor);
    },
  };
}

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

function begun(file: string, header: string): number {
  try {
    const descriptor = openSync(file, 'w');
    writeSync(descriptor, header);
    return descriptor;
  } catch (cause) {
    throw new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot record: ${messageOf(cause)}.`, {
      remedy: 'choose another place: --record FILE.cast',
      cause,
    });
  }
}
