import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { afterAll, beforeAll } from 'vitest';
import { asOrdinaryUser } from './as-ordinary-user.ts';
import type { User } from './kernel-available.ts';
import { killMarked, MARK } from './marked-processes.ts';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Runs mostly wait, so a core carries several. */
const MOST_RUNS_AT_ONCE = 2 * os.availableParallelism();
const inTurn = pLimit(MOST_RUNS_AT_ONCE);

export interface CommandOptions {
  readonly user?: User;
  /** Command that starts the harness in its turn, such as `prlimit`; it comes before the user. */
  readonly through?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  /** Value of the environment variable MARK in this command and everything below it. */
  readonly mark: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The project as it is after an installation, in a place that every user can read. */
export interface Installation {
  readonly folder: string;
  /** Makes a folder in which every user may write. */
  readonly newFolder: () => string;
  readonly start: (args: readonly string[], options?: CommandOptions) => Running;
  /** As `start`, but waits for its turn first and for the end then. */
  readonly run: (args: readonly string[], options?: CommandOptions) => Promise<Ended>;
}

/** One installation for the tests of a file; with its run folders it is gone when they are over. */
export function useInstallation(): Installation {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-test-'));
  const marks: string[] = [];
  let node = process.execPath;
  beforeAll(() => {
    install(folder);
    node = nodeForEveryone(folder);
  });
  afterAll(() => {
    // A test that fails may leave its command behind.
    marks.forEach(killMarked);
    fs.rmSync(folder, { recursive: true });
  });
  const newFolder = (): string => {
    const made = fs.mkdtempSync(path.join(folder, 'new-'));
    fs.chmodSync(made, 0o777);
    return made;
  };
  const start: Installation['start'] = (args, options = {}) => {
    const launcher = [node, path.join(folder, 'harness/launcher.mjs'), ...args];
    const running = startMarked(launcher, { cwd: folder, ...options });
    marks.push(running.mark);
    return running;
  };
  return {
    folder,
    newFolder,
    start,
    run: (args, options) => inTurn(() => start(args, options).ended),
  };
}

/** Without sources the launcher compiles nothing, and the programs in dist/ carry all they need. */
function install(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const part of ['package.json', 'harness/launcher.mjs', 'harness/build.mjs', 'dist']) {
    fs.cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
  }
}

/** A version manager may keep Node in a home folder that others cannot enter. */
function nodeForEveryone(folder: string): string {
  const [command = '', ...args] = [...asOrdinaryUser(), process.execPath, '--version'];
  if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) return process.execPath;
  const copy = path.join(folder, 'node');
  fs.copyFileSync(process.execPath, copy);
  return copy;
}

function startMarked(launcher: readonly string[], options: CommandOptions): Running {
  const { user, through = [], env, cwd } = options;
  const mark = randomUUID();
  const [command = '', ...args] = [...through, ...(user?.prefix ?? []), ...launcher];
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1', ...env, [MARK]: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, ...output }));
  });
  return { pid: child.pid ?? 0, mark, child, ended };
}
