import { readFileSync } from 'node:fs';
import os from 'node:os';
import { execa } from 'execa';
import { FILES, type Surroundings } from '../domain/evidence.ts';
import type { RunRecorder } from './run-recorder.ts';

const VERSION_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  tcpdump: ['tcpdump', '--version'],
  iproute2: ['ip', '-V'],
  nftables: ['nft', '--version'],
  'util-linux': ['unshare', '--version'],
};

const VERSION_DEADLINE_MS = 5_000;

/** Records what the run is made on and with. A tool that is not there is left out. */
export async function recordSurroundings(
  recorder: RunRecorder,
  given: Pick<Surroundings, 'sandbox' | 'privilege' | 'harnessVersion' | 'engine' | 'lacks'>,
): Promise<void> {
  const surroundings: Surroundings = {
    schemaVersion: 1,
    sandbox: given.sandbox,
    privilege: given.privilege,
    harnessVersion: given.harnessVersion,
    ...(given.engine === undefined ? {} : { engine: given.engine }),
    ...(given.lacks === undefined || given.lacks.length === 0 ? {} : { lacks: given.lacks }),
    kernelRelease: os.release(),
    kernelVersion: os.version(),
    architecture: os.arch(),
    distribution: distribution(),
    nodeVersion: process.version,
    cpus: os.availableParallelism(),
    tools: await toolVersions(),
    startedAt: new Date().toISOString(),
  };
  recorder.write(FILES.surroundings, JSON.stringify(surroundings, null, 1));
}

function distribution(): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

async function toolVersions(): Promise<Readonly<Record<string, string>>> {
  const versions = await Promise.all(
    Object.entries(VERSION_COMMANDS).map(async ([tool, [command = '', ...args]]) => {
      const { stdout, failed } = await execa(command, args, {
        reject: false,
        stdin: 'ignore',
        timeout: VERSION_DEADLINE_MS,
        killSignal: 'SIGKILL',
      });
      return failed ? [] : [[tool, stdout.split('\n')[0] ?? ''] as const];
    }),
  );
  return Object.fromEntries(versions.flat());
}
