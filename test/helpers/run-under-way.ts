import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandOptions, Installation, Running } from './installation.ts';
import { waitUntil } from './wait-until.ts';

export interface RunUnderWay {
  readonly running: Running;
  readonly folder: string;
}

/** Long enough that no test comes too late for a run that is under way. */
const LASTING = ['--connect-timeout', '20s'];

/** Starts a long run and returns as soon as the clients have made their attempts. */
export async function startLongRun(
  installation: Installation,
  args: readonly string[] = [],
  options: CommandOptions = {},
): Promise<RunUnderWay> {
  const runsDir = installation.newFolder();
  const running = installation.start(['--runs-dir', runsDir, ...LASTING, ...args], options);
  const folder = await waitUntil('clients to connect', () => folderWithAttempts(runsDir), {
    deadlineMs: 30_000,
  });
  return { running, folder };
}

function folderWithAttempts(runsDir: string): string | undefined {
  const [name] = readdirSync(runsDir);
  const folder = path.join(runsDir, name ?? '');
  return textIfThere(path.join(folder, 'swarm-0.jsonl')).includes('"attempt"') ? folder : undefined;
}

function textIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
