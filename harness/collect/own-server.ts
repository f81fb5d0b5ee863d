/** A server that is not ours: started, waited for, looked at from outside, frozen and let go on. */
import { readFileSync } from 'node:fs';
import { serverEventsFile, serverLogFile } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { OwnServer } from '../domain/parameters.ts';
import type { RunPlan } from '../domain/plan.ts';
import { callerEnvironment } from './caller-environment.ts';
import { monotonicMs } from './clock.ts';
import type { HostNamespace, RunCommand } from './hosts.ts';
import {
  executableOf,
  isReachable,
  LISTENERS_COMMAND,
  listenerPattern,
  type OwnListener,
  readListeners,
} from './own-listener.ts';
import { ENDED_REMEDY, notReady, severalListeners } from './own-server-failures.ts';
import { type ProcessRow, processTree } from './process-tree.ts';
import { type Program, startProgram } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { Server } from './server.ts';
import { until } from './until.ts';

const LOOK_EVERY_MS = 20;
const FREEZE_DEADLINE_MS = 5_000;
const CLOSING_MS = 2_000;

export const ownServerCommand = ({ command }: OwnServer): readonly string[] => [
  'sh',
  '-c',
  command,
];

interface OwnServerContext {
  readonly host: HostNamespace;
  readonly run: RunCommand;
  readonly recorder: RunRecorder;
  readonly signal: AbortSignal;
}

/** Starts it on the server's host; resolves when clients can reach it. Throws `SERVER_FAILED`. */
export async function startOwnServer(
  own: OwnServer,
  network: RunPlan['network'],
  context: OwnServerContext,
): Promise<Server> {
  const { host, recorder, signal } = context;
  const startedMs = monotonicMs();
  const heard = keepLastWords((text) => recorder.append(serverLogFile(0), text));
  const program = startProgram({
    name: 'your server',
    argv: host.inside(ownServerCommand(own)),
    folder: own.folder,
    environment: callerEnvironment(),
    failure: 'SERVER_FAILED',
    remedy: ENDED_REMEDY,
    talksOnStdout: true,
    signal,
    onLines: (lines) => heard.say(`${lines.join('\n')}\n`),
    onStderr: heard.say,
  });
  const stop = (): Promise<void> => stopAll(program);
  try {
    const listeners = await Promise.race([
      ready(own, network, heard.lastWords, context),
      program.unexpectedEnd,
    ]);
    const listener = theOne(listeners);
    recorder.appendLine(serverEventsFile(0), listeningEvent(listener, startedMs));
    return {
      unexpectedEnd: program.unexpectedEnd,
      obey: ({ command }) => Promise.reject(new Error(`An own server does not obey ${command}.`)),
      told: () => 0,
      taken: () => 0,
      receivedBytes: () => 0,
      own: {
        acceptQueueLimit: listener.acceptQueueLimit,
        freeze: (frozen) => freeze(program, frozen, signal),
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const TAIL_CHARACTERS = 1_000;

/** What it prints goes into its log; the end of it may be needed for a message. */
function keepLastWords(log: (text: string) => void): {
  readonly say: (text: string) => void;
  readonly lastWords: () => string;
} {
  let tail = '';
  return {
    say: (text) => {
      tail = (tail + text).slice(-TAIL_CHARACTERS);
      log(text);
    },
    lastWords: () => tail.trim(),
  };
}

/** Looks into /proc, which is cheap; when a listener shows there, `ss` says more of it. */
async function ready(
  own: OwnServer,
  { family, port }: RunPlan['network'],
  lastWords: () => string,
  { host, run, signal }: OwnServerContext,
): Promise<readonly OwnListener[]> {
  const giveUpAtMs = monotonicMs() + own.readyWithinMs;
  const listenersNow = async (): Promise<readonly OwnListener[]> =>
    readListeners(await run(host.inside(LISTENERS_COMMAND), 'server'));
  let pattern = listenerPattern(port, family, true);
  for (;;) {
    try {
      await until(() => pattern.test(tablesOf(host)), LOOK_EVERY_MS, {
        for: `a listener on port ${port}`,
        deadlineMs: Math.max(1, giveUpAtMs - monotonicMs()),
        signal,
        seen: () => 'none',
      });
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== 'CONDITION_NOT_REACHED') throw error;
      throw notReady({
        server: own,
        port,
        family,
        listeners: await listenersNow(),
        lastWords: lastWords(),
      });
    }
    const found = (await listenersNow()).filter(
      (listener) => listener.port === port && isReachable(listener, family),
    );
    if (found.length > 0) return found;
    // Its IPv6 socket takes no IPv4, so another one is waited for.
    pattern = listenerPattern(port, family, false);
  }
}

const tablesOf = ({ procNet }: HostNamespace): string =>
  ['tcp', 'tcp6'].map((table) => readIfThere(`${procNet}/${table}`)).join('');

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** Of one address each: a socket for IPv4 and one for IPv6 do not share clients. */
function theOne(listeners: readonly OwnListener[]): OwnListener {
  const [first, ...others] = listeners;
  if (first === undefined || others.length > 0) throw severalListeners(listeners);
  return first;
}

function listeningEvent(listener: OwnListener, startedMs: number): object {
  const [holder] = listener.holders;
  return {
    event: 'listening',
    monotonicMs: monotonicMs(),
    address: listener.address,
    port: listener.port,
    acceptQueueLimit: listener.acceptQueueLimit,
    program: holder?.name ?? 'unknown',
    executable: holder === undefined ? 'unknown' : executableOf(holder.pid),
    processes: new Set(listener.holders.map(({ pid }) => pid)).size,
    readyAfterMs: monotonicMs() - startedMs,
  };
}

function signalEach(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended.
    }
  }
}

const processesOf = ({ pid }: Program): readonly ProcessRow[] =>
  pid === undefined ? [] : processTree(pid);

/** A process may start another one before the signal reaches it, so all are looked at again. */
function freeze(program: Program, frozen: boolean, signal: AbortSignal): Promise<void> {
  const others = (): readonly number[] =>
    processesOf(program)
      .filter(({ state }) => (state === 'T') !== frozen)
      .map(({ pid }) => pid);
  const reached = (): boolean => {
    const unlike = others();
    signalEach(unlike, frozen ? 'SIGSTOP' : 'SIGCONT');
    return unlike.length === 0;
  };
  return until(reached, LOOK_EVERY_MS, {
    for: `every process of your server to ${frozen ? 'stop' : 'go on'}`,
    deadlineMs: FREEZE_DEADLINE_MS,
    signal,
    seen: () => `processes that do not: ${others().join(', ')}`,
  });
}

/** Asks all of its processes to end, and ends those that do not; what is left ends with the sandbox. */
async function stopAll(program: Program): Promise<void> {
  const pids = processesOf(program).map(({ pid }) => pid);
  const ended = program.finish('SIGTERM', CLOSING_MS);
  signalEach(pids, 'SIGTERM');
  signalEach(pids, 'SIGCONT');
  await ended;
  signalEach(pids, 'SIGKILL');
}
