import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { swarmEventsFile, swarmLogFile } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { Step } from '../domain/plan.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import type { ConnectCommand, SwarmEvent } from '../domain/wire.ts';
import { type HostNamespace, SERVER_ADDRESS } from './hosts.ts';
import { type Program, startProgram } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import { type Wait, within } from './until.ts';

const PROGRAM = fileURLToPath(new URL('../../clients/swarm.js', import.meta.url));
const DEADLINE_MS = 10_000;
/** Files that a Node process needs besides its sockets. */
const FILES_FOR_NODE = 200;
/** One process drives so many clients without becoming the bottleneck itself. */
const MOST_CLIENTS_PER_PROCESS = 15_000;

type Wave = Extract<Step, { kind: 'connect' }>;

export interface Swarm extends AsyncDisposable {
  readonly unexpectedEnd: Promise<never>;
  /** Starts a wave and goes on at once. */
  connect(wave: Wave): void;
  connectedIn(wave: string): number;
  /** Resolves when every attempt of the wave has an outcome. */
  settled(wave: string): Promise<void>;
  release(): Promise<void>;
}

interface WaveProgress {
  connected: number;
  processesLeft: number;
  readonly settled: Promise<void>;
  readonly settle: () => void;
}

/** The hard limit on open files; Node raises its own soft limit to it when it starts. */
function openFilesLimit(): number {
  const words = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return words?.[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(words?.[1]);
}

export function processesFor(clients: number): number {
  const perProcess = Math.min(openFilesLimit() - FILES_FOR_NODE, MOST_CLIENTS_PER_PROCESS);
  if (perProcess < 1) {
    throw new HarnessError(
      'NOT_ENOUGH_FILES',
      `Cannot open sockets because a process may open only ${openFilesLimit()} files.`,
      { remedy: 'raise the limit: ulimit -n 4096' },
    );
  }
  return Math.max(1, Math.ceil(clients / perProcess));
}

/** Starts the swarm's processes; resolves when all are ready for commands. */
export async function startSwarm(
  host: HostNamespace,
  options: {
    readonly family: AddressFamily;
    readonly port: number;
    readonly sourceAddresses: readonly string[];
    readonly processes: number;
  },
  recorder: RunRecorder,
  signal: AbortSignal,
): Promise<Swarm> {
  const waves = new Map<string, WaveProgress>();
  const waveOfClient = new Map<number, string>();
  let readyLeft = options.processes;
  let firstClient = 1;
  let allReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    allReady = resolve;
  });

  const onEvent = (event: SwarmEvent): void => {
    if (event.event === 'ready') {
      readyLeft -= 1;
      if (readyLeft === 0) allReady();
    } else if (event.event === 'attempt') {
      waveOfClient.set(event.client, event.wave);
    } else if (event.event === 'connected') {
      const wave = waves.get(waveOfClient.get(event.client) ?? '');
      if (wave) wave.connected += 1;
    } else if (event.event === 'wave-settled') {
      const wave = waves.get(event.wave);
      if (wave) wave.processesLeft -= 1;
      if (wave?.processesLeft === 0) wave.settle();
    }
  };
  const programs = Array.from({ length: options.processes }, (_, index) =>
    startSwarmProcess(host, { ...options, index, onEvent }, recorder, signal),
  );
  const unexpectedEnd = Promise.race(programs.map((program) => program.unexpectedEnd));
  unexpectedEnd.catch(() => undefined);
  const wait: Omit<Wait, 'for'> = {
    deadlineMs: DEADLINE_MS,
    signal,
    seen: () => `${readyLeft} processes are not ready`,
  };
  await within(Promise.race([ready, unexpectedEnd]), { ...wait, for: 'the swarm to be ready' });

  return {
    unexpectedEnd,
    connect: (wave) => {
      const parts = sharesOf(wave, firstClient, programs.length);
      waves.set(wave.wave, newProgress(parts.length));
      firstClient += wave.clients;
      parts.forEach((part, index) => {
        programs[index]?.say(part);
      });
    },
    connectedIn: (wave) => waves.get(wave)?.connected ?? 0,
    settled: (wave) => waves.get(wave)?.settled ?? Promise.resolve(),
    release: async () => {
      await Promise.all(programs.map((program) => program.finish('end-of-input', DEADLINE_MS)));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(programs.map((program) => program.finish('end-of-input', DEADLINE_MS)));
    },
  };
}

function startSwarmProcess(
  host: HostNamespace,
  options: {
    readonly family: AddressFamily;
    readonly port: number;
    readonly sourceAddresses: readonly string[];
    readonly index: number;
    readonly onEvent: (event: SwarmEvent) => void;
  },
  recorder: RunRecorder,
  signal: AbortSignal,
): Program {
  const eventsFile = swarmEventsFile(options.index);
  // A single address is left to the kernel: bind(2) before connect(2) would only cost time.
  const addresses = options.sourceAddresses.length > 1 ? options.sourceAddresses : [];
  return startProgram({
    name: 'the client swarm',
    argv: host.inside([
      ...[process.execPath, PROGRAM, '--host', SERVER_ADDRESS[options.family]],
      ...['--port', `${options.port}`],
      ...addresses.flatMap((address) => ['--source-address', address]),
    ]),
    failure: 'SWARM_FAILED',
    signal,
    onLine: (line) => {
      recorder.append(eventsFile, `${line}\n`);
      options.onEvent(JSON.parse(line) as SwarmEvent);
    },
    onStderr: (text) => recorder.append(swarmLogFile(options.index), text),
  });
}

/**
 * Divides a wave among processes. They take turns client by client, so a rate stays even; one after
 * another needs a single process, because only it knows when an attempt has settled.
 */
function sharesOf(wave: Wave, firstClient: number, processes: number): readonly ConnectCommand[] {
  const sharers = wave.arrivals.kind === 'sequential' ? 1 : Math.min(processes, wave.clients);
  return Array.from({ length: sharers }, (_, index) => ({
    command: 'connect' as const,
    wave: wave.wave,
    firstClient: firstClient + index,
    clientStep: sharers,
    clients: Math.floor((wave.clients - index - 1) / sharers) + 1,
    ...shareOfRate(wave.arrivals, index, sharers),
    behaviour: wave.behaviour,
  }));
}

function shareOfRate(
  arrivals: Wave['arrivals'],
  index: number,
  sharers: number,
): Pick<ConnectCommand, 'arrivals' | 'startDelayMs'> {
  if (arrivals.kind !== 'rate') return { arrivals, startDelayMs: 0 };
  return {
    arrivals: { kind: 'rate', perSecond: arrivals.perSecond / sharers },
    startDelayMs: (index * 1_000) / arrivals.perSecond,
  };
}

function newProgress(processes: number): WaveProgress {
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { connected: 0, processesLeft: processes, settled, settle };
}
