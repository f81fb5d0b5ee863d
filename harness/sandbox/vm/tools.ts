/** Commands of this machine that prepare a virtual one. */
import { execa } from 'execa';
import { HarnessError } from '../../domain/harness-error.ts';
import { findCommand } from '../command-path.ts';
import { sandboxEnvironment } from '../environment.ts';

/** By command: the Debian package that brings it. */
const PACKAGES: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  zstd: 'zstd',
  'dpkg-deb': 'dpkg',
  flock: 'util-linux',
  setpriv: 'util-linux',
  'apt-get': 'apt',
  'apt-cache': 'apt',
};

/** Throws `TOOL_MISSING`, with all packages that are missing. */
export function assertTools(commands: readonly string[], purpose: string): void {
  const missing = commands.filter((command) => findCommand(command) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map((command) => PACKAGES[command] ?? command);
  throw new HarnessError(
    'TOOL_MISSING',
    `Cannot ${purpose} because this machine has no ${missing.join(', no ')}.`,
    { remedy: `apt-get install --no-install-recommends ${packages.join(' ')}` },
  );
}

export interface ToolResult {
  readonly failed: boolean;
  readonly stdout: string;
  /** The last lines of what it complained about. */
  readonly complaint: string;
}

export interface ToolOptions {
  readonly signal?: AbortSignal;
  readonly environment?: NodeJS.ProcessEnv;
  readonly folder?: string;
  /** For its standard input. */
  readonly input?: string;
  readonly stdoutFile?: string;
}

/** Runs a command to its end. Throws only if it was interrupted. */
export async function runTool(
  [command = '', ...args]: readonly string[],
  { signal, environment = {}, folder, input, stdoutFile }: ToolOptions = {},
): Promise<ToolResult> {
  const result = await execa(command, args, {
    env: { ...sandboxEnvironment(), ...environment },
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(folder === undefined ? {} : { cwd: folder }),
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    ...(stdoutFile === undefined ? {} : { stdout: { file: stdoutFile } }),
  });
  signal?.throwIfAborted();
  const words = (result.stderr || (result.shortMessage ?? '')).trim();
  return {
    failed: result.failed,
    stdout: typeof result.stdout === 'string' ? result.stdout : '',
    complaint: words.split('\n').slice(-3).join(' '),
  };
}
