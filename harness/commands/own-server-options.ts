/** The options that put a program of the user's in the place of our server. */
import path from 'node:path';
import type { Argv } from 'yargs';
import type { OwnServer, Parameters } from '../domain/parameters.ts';
import type { SandboxSettings } from '../sandbox/choose.ts';
import { OWN_SERVER } from '../scenarios/own-server.ts';
import type { RunArguments } from './run-options.ts';
import { durationMs, usage } from './values.ts';

const READY_WITHIN_MS = 10_000;
const DEFAULT_SCENARIO = 'accept-queue-overflow';

export const describeOwnServerOptions = (parser: Argv): Argv =>
  parser
    .option('server-command', {
      type: 'string',
      requiresArg: true,
      describe: "your own server instead of ours, such as 'node my-server.js'; needs --port",
      group: 'Your own server:',
    })
    .option('ready-within', {
      type: 'string',
      requiresArg: true,
      describe: 'how long your server may take until it listens (10s)',
      group: 'Your own server:',
    });

/** The scenario that was named, or else the one that the other options mean. Throws `USAGE`. */
export function scenarioFrom(given: RunArguments): string {
  const named = typeof given['scenario'] === 'string' ? given['scenario'] : undefined;
  if (typeof given['server-command'] !== 'string') return named ?? DEFAULT_SCENARIO;
  if (named === undefined || named === OWN_SERVER) return OWN_SERVER;
  throw usage(
    `Cannot use --server-command with --scenario ${named} because its claims are about our own server, which does what it is told.`,
    `leave out --scenario ${named}`,
  );
}

/** What sets these options' runs apart; nothing without them. Throws `USAGE`. */
export function ownServerFrom(given: RunArguments): Pick<Parameters, 'ownServer'> {
  const command = given['server-command'];
  if (typeof command !== 'string') {
    refuse(given, 'ready-within', 'it says something about --server-command only', 'leave it out');
    return {};
  }
  if (command.trim() === '') {
    throw usage('The option --server-command is empty.', "write --server-command 'node server.js'");
  }
  if (typeof given['port'] !== 'string') {
    throw usage(
      'The option --server-command needs --port, because your server decides where it listens.',
      'pass the port that it listens on, such as --port 3000',
    );
  }
  const whose = 'your server decides that itself';
  refuse(given, 'backlog', whose, 'leave it out, and set the backlog where your server listens');
  refuse(given, 'cap', whose, 'leave it out, and set the cap in your server');
  return { ownServer: ownServerOf(command, given) };
}

function refuse(given: RunArguments, option: string, because: string, remedy: string): void {
  if (typeof given[option] !== 'string') return;
  throw usage(`Cannot use --${option} ${given[option]} because ${because}.`, remedy);
}

const ownServerOf = (command: string, given: RunArguments): OwnServer => ({
  command,
  folder: callersFolder(),
  readyWithinMs:
    typeof given['ready-within'] === 'string'
      ? durationMs('ready-within', given['ready-within'])
      : READY_WITHIN_MS,
});

/** `npm run repro` goes to this package's folder first, and says where it came from. */
function callersFolder(): string {
  const { INIT_CWD: before, npm_lifecycle_event: script, npm_package_name: whose } = process.env;
  const here = process.cwd();
  return script === 'repro' && whose === 'backlog-lab' ? path.resolve(before ?? here) : here;
}

/** A container holds nothing of this machine, so the program is not there. Throws `USAGE`. */
export function sandboxForOwnServer(
  settings: SandboxSettings,
  { ownServer }: Pick<Parameters, 'ownServer'>,
): SandboxSettings {
  if (ownServer === undefined) return settings;
  const { kind } = settings;
  if (kind === 'auto' || kind === 'netns') return { ...settings, kind: 'netns' };
  if (kind === 'vm') {
    throw usage(
      'Cannot use --server-command with --kernel because your program is not in the virtual machine.',
      'leave out --kernel: your program then meets the kernel of this computer',
    );
  }
  throw usage(
    `Cannot use --server-command with --sandbox ${kind} because your program is not in its containers.`,
    'leave out --sandbox; or run backlog-lab, with your program, in a container of your own (see README.md)',
  );
}
