import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const DEADLINE_MS = 10_000;

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Program<Command, Event extends { readonly event: string }> {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Every event so far. */
  readonly events: readonly Event[];
  /** Takes the next event of that name that no earlier call has taken. */
  readonly next: <Name extends Event['event']>(
    name: Name,
  ) => Promise<Extract<Event, { readonly event: Name }>>;
  readonly send: (command: Command) => void;
  readonly endInput: () => void;
  /** Waits for the end of the program and of its output. */
  readonly exited: () => Promise<Exit>;
  readonly stderr: () => string;
}

/** Where the compiled form of a source file is, as `clients/swarm.ts`. */
const compiled = (source: string): string =>
  path.join(ROOT, 'dist', source.replace(/\.ts$/, '.js'));

/** Fails with what was seen instead when `promise` takes longer than the deadline. */
const within = async <Value>(promise: Promise<Value>, missing: () => string): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(missing())), DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** A list that can be awaited: `next` takes the first matching item that was not taken yet. */
const createMailbox = <Event extends { readonly event: string }>() => {
  const events: Event[] = [];
  const untaken: Event[] = [];
  let arrived: () => void = () => undefined;
  const take = async (name: string): Promise<Event> => {
    for (;;) {
      const index = untaken.findIndex((event) => event.event === name);
      const [found] = index < 0 ? [] : untaken.splice(index, 1);
      if (found !== undefined) {
        return found;
      }
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
  };
  const put = (event: Event): void => {
    events.push(event);
    untaken.push(event);
    arrived();
  };
  return { events, take, put };
};

/**
 * Starts a compiled program for the test that runs; it is gone when the test is over, however that
 * ends. `prefix` is a command that starts the program in its turn, as `prlimit`.
 */
export const startProgram = <Command, Event extends { readonly event: string }>(
  source: string,
  args: readonly string[],
  prefix: readonly string[] = [],
): Program<Command, Event> => {
  const [file = process.execPath, ...rest] = [
    ...prefix,
    process.execPath,
    compiled(source),
    ...args,
  ];
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const mailbox = createMailbox<Event>();
  const closed = once(child, 'close');
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A program that has ended does not take what is written to it.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    mailbox.put(JSON.parse(line) as Event);
  });
  const seen = (): string => `${JSON.stringify(mailbox.events.slice(-20))} ${stderr}`;
  return {
    pid: child.pid ?? 0,
    child,
    events: mailbox.events,
    next: async (name) =>
      (await within(mailbox.take(name), () => `No event "${name}". Seen: ${seen()}`)) as Extract<
        Event,
        { readonly event: typeof name }
      >,
    send: (command) => child.stdin.write(`${JSON.stringify(command)}\n`),
    endInput: () => child.stdin.end(),
    exited: async () => {
      await within(closed, () => `The program does not end. Seen: ${seen()}`);
      return { code: child.exitCode, signal: child.signalCode };
    },
    stderr: () => stderr,
  };
};
