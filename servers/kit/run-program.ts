/** The frame of every program: its options, its log, its commands, and how it ends. */
import { createInterface } from 'node:readline';
import { openLog, type ProgramLog } from './program-log.ts';

export const EXIT_CODES = { ended: 0, wrongUsage: 2, failed: 4 } as const;

/** What a program does with what comes on its standard input, until that ends. */
export interface Work {
  /**
   * One line of standard input, which is one JSON object; the commands `close` and `release` do not
   * come here, for they end the program. Throws an Error that quotes what is no command.
   */
  readonly obey: (command: unknown) => void;
  /** Standard input has ended, or SIGINT or SIGTERM has come: let go of everything. */
  readonly end: () => Promise<void> | void;
}

export interface ProgramFrame<Options> {
  readonly name: string;
  readonly help: string;
  readonly readOptions: (args: readonly string[]) => Options | 'help';
  /** Begins to work. An error thrown here is told as the event `failed`, with its code. */
  readonly begin: (options: Options, log: ProgramLog) => Promise<Work> | Work;
}

export const runProgram = async <Options>(frame: ProgramFrame<Options>): Promise<void> => {
  const options = readOrComplain(frame);
  if (options === 'wrong') process.exitCode = EXIT_CODES.wrongUsage;
  else if (options === 'help') process.stdout.write(frame.help);
  else await work(frame, options);
};

const readOrComplain = <Options>({
  readOptions,
}: ProgramFrame<Options>): Options | 'help' | 'wrong' => {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 'wrong';
  }
};

const work = async <Options>(frame: ProgramFrame<Options>, options: Options): Promise<void> => {
  // Nobody reads any more: there is nobody to work for.
  process.stdout.on('error', () => process.exit(EXIT_CODES.failed));
  const log = openLog(frame.name, process.stdout);
  const leave = (exitCode: number): void => log.end(() => process.exit(exitCode));
  const interruption = new AbortController();
  process.once('SIGTERM', () => interruption.abort());
  process.once('SIGINT', () => interruption.abort());
  try {
    const begun = await frame.begin(options, log);
    await obeyStandardInput(begun, interruption.signal);
    await begun.end();
    leave(EXIT_CODES.ended);
  } catch (error) {
    const { code = 'ERR', message } = error as NodeJS.ErrnoException;
    log.warn({ event: 'failed', code, message }, message);
    leave(code === WRONG_COMMAND ? EXIT_CODES.wrongUsage : EXIT_CODES.failed);
  }
};

const WRONG_COMMAND = 'USAGE';

const obeyStandardInput = async ({ obey }: Work, signal: AbortSignal): Promise<void> => {
  for await (const line of createInterface({ input: process.stdin, signal })) {
    const command = commandOf(line);
    if (ENDINGS.has(wordOf(command))) return;
    obey(command);
  }
};

/** What a server and a client are told to end by; both mean what the end of standard input means. */
const ENDINGS: ReadonlySet<unknown> = new Set(['close', 'release']);

const commandOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    throw notACommand(line);
  }
};

/** What `obey` throws. */
export const notACommand = (command: unknown): Error =>
  Object.assign(
    new Error(
      `Not a command of this program: ${typeof command === 'string' ? command : JSON.stringify(command)}`,
    ),
    { code: WRONG_COMMAND },
  );

/** The word of a command, if it is one. */
export const wordOf = (command: unknown): unknown =>
  typeof command === 'object' && command !== null && 'command' in command
    ? command.command
    : undefined;
