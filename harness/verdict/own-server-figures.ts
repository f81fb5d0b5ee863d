/** What a storm did to a server that is not ours, in numbers; the claims and the report share them. */
import type { Observations } from '../domain/observations.ts';
import { CLOSING_SNAPSHOT } from '../domain/plan.ts';
import type { ClientStory, Connection } from '../domain/tcp.ts';
import { fooledClients, foundOnServer } from './figures.ts';
import { clientsOf, connectionsOf, growthBetween } from './waves.ts';

export const IDLE = 'idle';
export const BURST = 'burst';
export const FILL = 'fill';
export const FROZEN_SNAPSHOT = 'frozen';
export const THAWED_SNAPSHOT = 'thawed';

/** A client that had to repeat its SYN is later than this; the first repetition is due after 1 s. */
export const REPEATED_AFTER_MS = 900;

export interface StormFigures {
  /** Send-Q of its listener: what it asked for, cut to somaxconn. */
  readonly limit: number | undefined;
  /** Most connections that waited while it was frozen. */
  readonly places: number | undefined;
  readonly somaxconn: number | undefined;
  /** Whether a client that came alone was accepted; undefined: nobody looked. */
  readonly acceptsOne: boolean | undefined;
  readonly burst: {
    readonly clients: number;
    readonly atOnce: number;
    /** Connected only when their SYN was repeated. */
    readonly late: number;
    readonly timedOut: number;
    /** Refused, reset, or closed by the server as soon as connected. */
    readonly rejected: number;
    /** Connected, by their own account, to a server that has no such connection. */
    readonly fooled: number;
    readonly refusedSyns: number;
    /** Undefined: nobody looked. */
    readonly mostWaiting: number | undefined;
  };
  readonly frozen: {
    readonly clients: number;
    /** Connections that waited already when it was frozen. */
    readonly before: number | undefined;
    readonly connected: number;
    readonly refused: number;
  };
  readonly thawed: {
    /** Connections that nobody had accepted when the queues were at rest. */
    readonly left: number | undefined;
    /** Undefined: the queue was not seen empty. */
    readonly emptyAfterMs: number | undefined;
  };
}

const waitingAt = ({ snapshots }: Observations, name: string): number | undefined =>
  snapshots.get(name)?.listener?.acceptQueueLength;

export function stormFigures(seen: Observations): StormFigures {
  const idle = waitingAt(seen, IDLE);
  const fill = clientsOf(seen, FILL);
  const somaxconn = foundOnServer(seen, 'net.core.somaxconn');
  return {
    limit: seen.announcedLimits[0],
    places: waitingAt(seen, CLOSING_SNAPSHOT),
    somaxconn: somaxconn === undefined ? undefined : Number(somaxconn),
    acceptsOne: idle === undefined ? undefined : idle === 0,
    burst: burstFigures(seen),
    frozen: {
      clients: fill.length,
      before: waitingAt(seen, FROZEN_SNAPSHOT),
      connected: fill.filter(({ outcome }) => outcome.kind === 'connected').length,
      refused: fill.filter(({ outcome }) => outcome.kind === 'timed-out').length,
    },
    thawed: { left: waitingAt(seen, THAWED_SNAPSHOT), emptyAfterMs: emptyAfterMs(seen) },
  };
}

function burstFigures(seen: Observations): StormFigures['burst'] {
  const burst = clientsOf(seen, BURST);
  const connected = burst.filter((story) => story.outcome.kind === 'connected');
  const rejected = burst.filter(isRejected);
  const late = connected.filter((story) => isLate(story) && !isRejected(story));
  return {
    clients: burst.length,
    atOnce: connected.filter((story) => !isLate(story) && !isRejected(story)).length,
    late: late.length,
    timedOut: burst.filter(({ outcome }) => outcome.kind === 'timed-out').length,
    rejected: rejected.length,
    // Of the other waves nobody can be: one client came alone, and the others sent a single SYN.
    fooled: Math.max(0, fooledClients(seen) ?? 0),
    refusedSyns: connectionsOf(seen, BURST)
      .flatMap(({ syns }) => syns)
      .filter(({ answeredAtMs }) => answeredAtMs === undefined).length,
    mostWaiting: mostWaiting(seen),
  };
}

const isLate = ({ outcome }: ClientStory): boolean =>
  outcome.kind === 'connected' && outcome.afterMs >= REPEATED_AFTER_MS;

const isRejected = ({ outcome, end }: ClientStory): boolean =>
  outcome.kind === 'refused' ||
  outcome.kind === 'reset' ||
  end?.kind === 'closed-by-server' ||
  end?.kind === 'reset-before-data' ||
  end?.kind === 'reset-after-data';

/** By the samples taken while the burst came; a refused SYN says that all places were taken. */
function mostWaiting({ samples, snapshots }: Observations): number | undefined {
  const fromMs = snapshots.get(IDLE)?.atMs ?? -Infinity;
  const untilMs = snapshots.get(FROZEN_SNAPSHOT)?.atMs ?? Infinity;
  const lengths = samples.flatMap(({ atMs, acceptQueueLength }) =>
    acceptQueueLength !== undefined && fromMs < atMs && atMs < untilMs ? [acceptQueueLength] : [],
  );
  return lengths.length === 0 ? undefined : lengths.reduce((most, one) => Math.max(most, one));
}

/** From the step that let it go on until a sample saw the queue empty. */
function emptyAfterMs({ plan, steps, samples }: Observations): number | undefined {
  const thaw = plan.steps.findIndex((step) => step.kind === 'freeze' && !step.frozen);
  const startedAtMs = steps[thaw]?.startedAtMs;
  if (startedAtMs === undefined) return undefined;
  const empty = samples.find(
    ({ atMs, acceptQueueLength }) => atMs >= startedAtMs && acceptQueueLength === 0,
  );
  return empty === undefined ? undefined : empty.atMs - startedAtMs;
}

/** Clients whose first SYN met a full queue, by their own account: late, or never connected. */
export const refusedByClients = ({ clients }: Observations): number =>
  clients.filter((story) => story.outcome.kind === 'timed-out' || isLate(story)).length;

export const refusedByPackets = ({ connections }: Observations): number =>
  connections.filter(wasRefused).length;

const wasRefused = ({ syns: [first] }: Connection): boolean =>
  first !== undefined && first.answeredAtMs === undefined;

/** Clients of the fill that came in vain, by packets. */
export const fillRefusedByPackets = (seen: Observations): number =>
  connectionsOf(seen, FILL).filter(({ state }) => state === 'unanswered').length;

/** Each of them sends one SYN. */
export const fillRefusedByCounters = (seen: Observations): number | undefined =>
  growthBetween(seen, [FROZEN_SNAPSHOT, CLOSING_SNAPSHOT], 'server', 'ListenOverflows');

/** What waited when the server was frozen, and what was opened since then. */
export function placesByCounters(seen: Observations): number | undefined {
  const before = waitingAt(seen, FROZEN_SNAPSHOT);
  const opened = growthBetween(seen, [FROZEN_SNAPSHOT, CLOSING_SNAPSHOT], 'server', 'PassiveOpens');
  return before === undefined || opened === undefined ? undefined : before + opened;
}
