import type { Step } from '../domain/plan.ts';
import type { ConnectCommand, SwarmEvent } from '../domain/wire.ts';

export type Wave = Extract<Step, { kind: 'connect' }>;

/** Follows waves of clients over all processes of the swarm by their events. */
export interface Waves {
  /** Numbers the wave's clients and returns what each process has to do. */
  begin(wave: Wave, processes: number): readonly ConnectCommand[];
  take(event: SwarmEvent): void;
  connectedIn(wave: string): number;
  /** Resolves when every attempt of the wave has an outcome. */
  settled(wave: string): Promise<void>;
}

interface WaveProgress {
  connected: number;
  processesLeft: number;
  readonly settled: Promise<void>;
  readonly settle: () => void;
}

export function followWaves(): Waves {
  const waves = new Map<string, WaveProgress>();
  const waveOfClient = new Map<number, WaveProgress>();
  let nextClient = 1;

  const onSettled = (progress: WaveProgress | undefined): void => {
    if (!progress) return;
    progress.processesLeft -= 1;
    if (progress.processesLeft === 0) progress.settle();
  };
  const onConnected = (progress: WaveProgress | undefined): void => {
    if (progress) progress.connected += 1;
  };
  return {
    begin: (wave, processes) => {
      const shares = sharesOf(wave, nextClient, processes);
      const progress = newProgress(shares.length);
      waves.set(wave.wave, progress);
      for (let client = nextClient; client < nextClient + wave.clients; client += 1) {
        waveOfClient.set(client, progress);
      }
      nextClient += wave.clients;
      return shares;
    },
    take: (event) => {
      if (event.event === 'connected') onConnected(waveOfClient.get(event.client));
      if (event.event === 'wave-settled') onSettled(waves.get(event.wave));
    },
    connectedIn: (wave) => waves.get(wave)?.connected ?? 0,
    settled: (wave) => waves.get(wave)?.settled ?? Promise.resolve(),
  };
}

function newProgress(processes: number): WaveProgress {
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { connected: 0, processesLeft: processes, settled, settle };
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
