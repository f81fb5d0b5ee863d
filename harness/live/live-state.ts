import { FILES } from '../domain/evidence.ts';
import { fieldOf } from '../evidence/json-shape.ts';
import { type GrowingCapture, NO_CAPTURE, takeLines, takePackets } from './appended.ts';
import { crowdOf, everybody, type LiveClients, takeClientEvents } from './live-clients.ts';

/** A counter of the server since somebody first looked; absent while nobody has. */
export interface LiveCounter {
  readonly first: number;
  readonly last: number;
}

/** What a run folder that still grows says of the run so far. */
export interface LiveState {
  /** By file, the line that is not whole yet. */
  readonly rests: ReadonlyMap<string, Uint8Array>;
  /** Steps of the plan that were carried out. */
  readonly stepsDone: number;
  /** As the server has read it back; absent while it does not listen, or cannot say. */
  readonly acceptQueueLimit?: number;
  readonly acceptQueueLength?: number;
  readonly synQueueLength?: number;
  /** Connections that the server program has taken out of its accept queue. */
  readonly accepted: number;
  readonly counters: ReadonlyMap<string, LiveCounter>;
  /** By what numbers its clients, for the programs of an incident do so each for itself. */
  readonly crowds: ReadonlyMap<string, LiveClients>;
  /** All crowds, one after the other. */
  readonly clients: LiveClients;
  readonly capture: GrowingCapture;
}

export const NOTHING_SEEN: LiveState = {
  rests: new Map(),
  stepsDone: 0,
  accepted: 0,
  counters: new Map(),
  crowds: new Map(),
  clients: new Uint8Array(0),
  capture: NO_CAPTURE,
};

const SWARM_FILE = /^swarm-\d+\.jsonl$/;
/** Of further servers only what they have accepted is told: the queue shown is that of the first. */
const FURTHER_SERVER_FILE = /^server-\d+\.jsonl$/;

/** The files of a run folder that grow while the run goes on, and tell of it. */
export const isWatched = (file: string): boolean =>
  [FILES.capture, FILES.samples, FILES.timeline, FILES.serverEvents].some(
    (watched) => watched === file,
  ) ||
  SWARM_FILE.test(file) ||
  FURTHER_SERVER_FILE.test(file);

/** The state when these bytes have been appended to that file, wherever they are cut. */
export function absorb(before: LiveState, file: string, appended: Uint8Array): LiveState {
  if (file === FILES.capture) {
    return { ...before, capture: takePackets(before.capture, appended) };
  }
  const { values, rest } = takeLines(before.rests.get(file), appended);
  const state = { ...before, rests: new Map(before.rests).set(file, rest) };
  if (file === FILES.samples) return values.reduce<LiveState>(takeSample, state);
  if (file === FILES.serverEvents) return values.reduce<LiveState>(takeServerEvent, state);
  if (file === FILES.timeline) return { ...state, stepsDone: state.stepsDone + values.length };
  if (FURTHER_SERVER_FILE.test(file)) return values.reduce<LiveState>(takeAccepted, state);
  return takeClients(state, file, values);
}

function takeClients(state: LiveState, file: string, events: readonly unknown[]): LiveState {
  const crowd = crowdOf(events, file);
  const before = state.crowds.get(crowd) ?? new Uint8Array(0);
  const crowds = new Map(state.crowds).set(crowd, takeClientEvents(before, events));
  return { ...state, crowds, clients: everybody([...crowds.values()]) };
}

const COUNTERS = ['ListenOverflows', 'ListenDrops'] as const;

const numberOf = (value: unknown, field: string): number | undefined => {
  const found = fieldOf(value, field);
  return typeof found === 'number' ? found : undefined;
};

/** What a sample did not look at stays as it was. */
function takeSample(state: LiveState, sample: unknown): LiveState {
  const acceptQueueLength = numberOf(sample, 'acceptQueueLength');
  const synQueueLength = numberOf(sample, 'synQueueLength');
  return {
    ...state,
    ...(acceptQueueLength === undefined ? {} : { acceptQueueLength }),
    ...(synQueueLength === undefined ? {} : { synQueueLength }),
    counters: countersAfter(state.counters, sample),
  };
}

function countersAfter(before: LiveState['counters'], sample: unknown): LiveState['counters'] {
  const read = COUNTERS.flatMap((name) => {
    const last = numberOf(sample, name);
    if (last === undefined) return [];
    return [[name, { first: before.get(name)?.first ?? last, last }] as const];
  });
  return read.length === 0 ? before : new Map([...before, ...read]);
}

function takeServerEvent(state: LiveState, event: unknown): LiveState {
  switch (fieldOf(event, 'event')) {
    case 'listening':
    case 'listening-again': {
      const { acceptQueueLimit: _before, ...others } = state;
      const acceptQueueLimit = numberOf(event, 'acceptQueueLimit');
      return acceptQueueLimit === undefined ? others : { ...others, acceptQueueLimit };
    }
    default:
      return takeAccepted(state, event);
  }
}

function takeAccepted(state: LiveState, event: unknown): LiveState {
  const name = fieldOf(event, 'event');
  return name === 'accepted' || name === 'dropped'
    ? { ...state, accepted: state.accepted + 1 }
    : state;
}
