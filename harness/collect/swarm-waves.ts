import type { Step } from '../domain/plan.ts';
import { type ConnectCommand, RECONNECTION_STRIDE, type SwarmEvent } from '../domain/wire.ts';

export type Wave = Extract<Step, { kind: 'connect' }>;

/** Follows waves of clients over all processes of the swarm by their events. */
export interface Waves {
  /** Numbers the wave's clients and returns what each process has to do. */
  begin(wave: Wave, processes: number): readonly ConnectCommand[];
  take(event: SwarmEvent): void;
  connectedIn(wave: string): number;
  /** Clients of the wave that still wait: to be connected, or for a word from the server. */
  waitingIn(wave: string): number;
  /** Attempts begun, reconnections included. */
  attemptsIn(wave: string): number;
  /** Attempts that have neither failed nor lost or closed their connection. */
  openIn(wave: string): number;
  /** Bytes that its clients have received. */
  receivedIn(wave: string): number;
  /** Resolves when every attempt of the wave has an outcome. */
  settled(wave: string): Promise<void>;
}

type OfClient = Extract<SwarmEvent, { client: number }>;

interface WaveProgress {
  connected: number;
  attempts: number;
  receivedBytes: number;
  readonly waiting: Set<number>;
  readonly open: Set<number>;
  processesLeft: number;
  readonly settled: Promise<void>;
  readonly settle: () => void;
}

/** After these a client waits for nothing any more. */
const ENDS: ReadonlySet<SwarmEvent['event']> = new Set([
  'timed-out',
  'refused',
  'reset',
  'failed',
  'read-timed-out',
  'closed-by-server',
  'timed-out-by-kernel',
  'closed-by-client',
]);

export function followWaves(): Waves {
  const waves = new Map<string, WaveProgress>();
  const waveOfClient = new Map<number, WaveProgress>();
  let nextClient = 1;

  const onSettled = (progress: WaveProgress | undefined): void => {
    if (!progress) return;
    progress.processesLeft -= 1;
    if (progress.processesLeft === 0) progress.settle();
  };
  return {
    begin: (wave, processes) => {
      const shares = sharesOf(wave, nextClient, processes);
      const progress = newProgress(shares.length);
      waves.set(wave.wave, progress);
      for (let client = nextClient; client < nextClient + wave.clients; client += 1) {
        waveOfClient.set(client, progress);
        progress.waiting.add(client);
      }
      nextClient += wave.clients;
      return shares;
    },
    take: (event) => {
      if (event.event === 'wave-settled') onSettled(waves.get(event.wave));
      else if ('client' in event) {
        follow(event, waveOfClient.get(event.client % RECONNECTION_STRIDE));
      }
    },
    connectedIn: (wave) => waves.get(wave)?.connected ?? 0,
    waitingIn: (wave) => waves.get(wave)?.waiting.size ?? 0,
    attemptsIn: (wave) => waves.get(wave)?.attempts ?? 0,
    openIn: (wave) => waves.get(wave)?.open.size ?? 0,
    receivedIn: (wave) => waves.get(wave)?.receivedBytes ?? 0,
    settled: (wave) => waves.get(wave)?.settled ?? Promise.resolve(),
  };
}

function follow(event: OfClient, progress: WaveProgress | undefined): void {
  if (!progress) return;
  if (event.event === 'connected') progress.connected += 1;
  if (event.event === 'attempt') {
    progress.attempts += 1;
    progress.open.add(event.client);
  }
  if (event.event === 'received') progress.receivedBytes += event.bytes;
  if (ENDS.has(event.event)) {
    progress.waiting.delete(event.client);
    if (event.event !== 'read-timed-out') progress.open.delete(event.client);
  }
}

function newProgress(processes: number): WaveProgress {
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return {
    connected: 0,
    attempts: 0,
    receivedBytes: 0,
    waiting: new Set(),
    open: new Set(),
    processesLeft: processes,
    settled,
    settle,
  };
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
