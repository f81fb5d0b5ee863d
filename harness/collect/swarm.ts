import { existsSync, readFileSync } from 'node:fs';
import { swarmEventsFile, swarmLogFile } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import type { Arrivals, SwarmCommand, SwarmEvent } from '../domain/wire.ts';
import { compiledProgram } from '../package-files.ts';
import { hearEvents } from './hear-events.ts';
import { SERVER_ADDRESS, serverAddress } from './host-network.ts';
import type { Program } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { StartProgram } from './site.ts';
import { followWaves, type Wave } from './swarm-waves.ts';
import { within } from './until.ts';

const PROGRAM = compiledProgram('clients/swarm.js');
const DEADLINE_MS = 10_000;
/** Closing many thousands of sockets takes a busy machine a while. */
const RELEASE_DEADLINE_MS = 30_000;
/** Files that a Node process needs besides its sockets. */
const FILES_FOR_NODE = 200;
/** One process drives so many clients without becoming the bottleneck itself. */
const MOST_CLIENTS_PER_PROCESS = 15_000;

export interface Swarm extends AsyncDisposable {
  readonly unexpectedEnd: Promise<never>;
  /** Starts a wave and goes on at once. */
  connect(wave: Wave): void;
  connectedIn(wave: string): number;
  waitingIn(wave: string): number;
  attemptsIn(wave: string): number;
  openIn(wave: string): number;
  receivedIn(wave: string): number;
  /** Every connected client of the wave writes; resolves when all have. */
  send(wave: string, bytes: number): Promise<void>;
  stopReconnecting(): Promise<void>;
  settled(wave: string): Promise<void>;
  release(): Promise<void>;
}

export interface SwarmTarget {
  readonly family: AddressFamily;
  readonly port: number;
  readonly sourceAddresses: readonly string[];
  /** The server's; absent: its own inside the sandbox. */
  readonly address?: string;
}

/** The hard limit on open files; Node raises its own soft limit to it when it starts. */
function openFilesLimit(): number {
  const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return limit?.[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit?.[1]);
}

/** The processors that this process may use, from a list such as `0-3,8`. */
export function allowedCpus(status: string): readonly number[] {
  const list = /^Cpus_allowed_list:\s+(\S+)/m.exec(status)?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Runs side by side have ports of their own, and so spread over the processors. */
function cpuFor(port: number): number {
  const status = '/proc/self/status';
  // --dry-run shows the command on other systems too.
  const cpus = existsSync(status) ? allowedCpus(readFileSync(status, 'utf8')) : [0];
  return cpus[port % cpus.length] ?? 0;
}

/** Below 1 where not even one client finds a file. */
export const mostClientsPerProcess = (): number =>
  Math.min(openFilesLimit() - FILES_FOR_NODE, MOST_CLIENTS_PER_PROCESS);

/** How many processes so many clients need here. Throws `NOT_ENOUGH_FILES`. */
export function processesFor(clients: number, arrivals: Arrivals): number {
  const limit = openFilesLimit();
  const perProcess = mostClientsPerProcess();
  const processes = perProcess < 1 ? Number.POSITIVE_INFINITY : Math.ceil(clients / perProcess);
  if (processes === Number.POSITIVE_INFINITY) {
    throw notEnoughFiles(`a process may open only ${limit} files`, 'raise it: ulimit -n 4096');
  }
  if (processes > 1 && arrivals.kind === 'sequential') {
    throw notEnoughFiles(
      `clients that come one after another live in one process, which holds ${perProcess}`,
      `pass --clients ${perProcess} or fewer, or --arrivals burst`,
    );
  }
  return processes;
}

const notEnoughFiles = (why: string, remedy: string): HarnessError =>
  new HarnessError('NOT_ENOUGH_FILES', `Cannot hold so many clients because ${why}.`, { remedy });

/** Starts the swarm's processes; resolves when all are ready for commands. */
export async function startSwarm(
  starts: readonly StartProgram[],
  family: AddressFamily,
  recorder: RunRecorder,
  signal: AbortSignal,
): Promise<Swarm> {
  const processes = starts.length;
  const waves = followWaves();
  let notReady = processes;
  let allReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    allReady = resolve;
  });
  let onAnswer: (event: SwarmEvent['event']) => void = () => undefined;
  const onEvent = (event: SwarmEvent): void => {
    waves.take(event);
    onAnswer(event.event);
    if (event.event === 'ready') notReady -= 1;
    if (notReady === 0) allReady();
  };
  const programs = starts.map((start, index) =>
    startSwarmProcess(index, start, onEvent, recorder, signal),
  );
  if (processes === 0) allReady();
  const unexpectedEnd = Promise.race(programs.map((program) => program.unexpectedEnd));
  unexpectedEnd.catch(() => undefined);
  await within(Promise.race([ready, unexpectedEnd]), {
    for: 'the swarm to be ready',
    deadlineMs: DEADLINE_MS,
    signal,
    seen: () => `${notReady} processes are not ready`,
  });
  /** Every process answers once. */
  const answeredByAll = (command: SwarmCommand, answer: SwarmEvent['event']): Promise<void> => {
    let missing = processes;
    const answered = new Promise<void>((resolve) => {
      onAnswer = (event) => {
        if (event === answer) missing -= 1;
        if (missing === 0) resolve();
      };
    });
    for (const program of programs) program.say(command);
    return within(Promise.race([answered, unexpectedEnd]), {
      for: `the swarm to say '${answer}'`,
      deadlineMs: DEADLINE_MS,
      signal,
      seen: () => `${missing} processes have not`,
    });
  };
  const release = async (): Promise<void> => {
    await Promise.all(
      programs.map((program) => program.finish('end-of-input', RELEASE_DEADLINE_MS)),
    );
  };
  return {
    unexpectedEnd,
    connect: (wave) => {
      for (const [index, share] of waves.begin(wave, processes).entries()) {
        const { relay } = wave;
        const host = relay === undefined ? {} : { host: serverAddress(family, relay) };
        programs[index]?.say({ ...share, ...host });
      }
    },
    attemptsIn: waves.attemptsIn,
    openIn: waves.openIn,
    receivedIn: waves.receivedIn,
    send: (wave, bytes) => answeredByAll({ command: 'send', wave, bytes }, 'wave-sent'),
    stopReconnecting: () => answeredByAll({ command: 'stop-reconnecting' }, 'reconnecting-stopped'),
    connectedIn: waves.connectedIn,
    waitingIn: waves.waitingIn,
    settled: waves.settled,
    release,
    [Symbol.asyncDispose]: release,
  };
}

/**
 * One processor for all clients. On a wire inside one machine a client's segment is processed, and
 * the server's timers run, on the processor that sent the SYN. The kernel tests the accept queue
 * and adds to it in two steps, so two processors may each take the last place, and the queue holds
 * one more than it should (seen on 6.18 with two busy processors).
 */
export const onClientsProcessor = (port: number): readonly string[] => [
  ...['taskset', '--cpu-list', `${cpuFor(port)}`],
];

/** A single address is left to the kernel: bind(2) before connect(2) would only cost time. */
export const swarmCommand = ({
  family,
  port,
  sourceAddresses,
  address = SERVER_ADDRESS[family],
}: SwarmTarget): readonly string[] => [
  ...onClientsProcessor(port),
  ...[process.execPath, PROGRAM, '--host', address, '--port', `${port}`],
  ...(sourceAddresses.length > 1 ? ['--source-address', sourceAddresses.join(',')] : []),
];

function startSwarmProcess(
  index: number,
  start: StartProgram,
  onEvent: (event: SwarmEvent) => void,
  recorder: RunRecorder,
  signal: AbortSignal,
): Program {
  return start({
    name: 'the client swarm',
    failure: 'SWARM_FAILED',
    signal,
    ...hearEvents(recorder, { events: swarmEventsFile(index), log: swarmLogFile(index) }, onEvent),
  });
}
