import {
  type ApplicationSeen,
  type BlockedSpan,
  type ClientApplicationEvent,
  REQUEST_OUTCOMES,
  type RequestStory,
  type ServerApplicationEvent,
  type TakenConnection,
} from '../domain/application.ts';
import { serverEventsFile, swarmEventsFile } from '../domain/evidence.ts';
import type { Step } from '../domain/plan.ts';
import type { ServerEvent } from '../domain/wire.ts';
import { type EvidenceReader, keepShaped } from './evidence-reader.ts';
import { fieldOf, type Shape } from './json-shape.ts';

type ToMs = (monotonicMs: number) => number;

const AT = { monotonicMs: 'number' } as const;
const CLIENT_SHAPES: Readonly<Record<ClientApplicationEvent['event'], Shape>> = {
  request: { ...AT, request: 'number', wave: 'string', client: 'number?' },
  'request-ended': {
    ...AT,
    request: 'number',
    outcome: REQUEST_OUTCOMES,
    client: 'number?',
    code: 'string?',
  },
  'channel-replaced': { ...AT, closed: 'number', created: 'number' },
  health: { ...AT, client: 'number', healthy: 'boolean', up: 'boolean' },
  resting: AT,
};
const SERVER_SHAPES: Readonly<Record<ServerApplicationEvent['event'], Shape>> = {
  saw: { ...AT, request: 'number', remotePort: 'number' },
  blocking: { ...AT, forMs: 'number', why: 'string' },
  unblocked: AT,
  messages: { ...AT, messages: 'number' },
};

type Taken = Extract<ServerEvent, { readonly event: 'accepted' | 'dropped' }>;
const PEER = { ...AT, remoteAddress: 'string', remotePort: 'number' } as const;
const TAKEN_SHAPES: Readonly<Record<Taken['event'], Shape>> = { accepted: PEER, dropped: PEER };

/** How many client programs the run has started: each has a file of its own. */
export const clientProgramsOf = (carriedOut: readonly Step[]): number =>
  carriedOut.filter(({ kind }) => kind === 'start-clients').length;

const serversOf = (carriedOut: readonly Step[]): readonly number[] => [
  ...new Set(carriedOut.flatMap((step) => (step.kind === 'start-server' ? [step.relay ?? 0] : []))),
];

/** The events of a file that have one of these names, and the fields that these need. */
const eventsIn = <Event extends { readonly event: string }>(
  reader: EvidenceReader,
  file: string,
  shapes: Readonly<Record<Event['event'], Shape>>,
): readonly Event[] => {
  const lines = reader.lines(file);
  return Object.entries<Shape>(shapes).flatMap(([name, shape]) =>
    keepShaped<Event>(
      reader,
      file,
      lines.filter((line) => fieldOf(line, 'event') === name),
      shape,
    ),
  );
};

const named = <Event extends { readonly event: string }, Name extends Event['event']>(
  events: readonly Event[],
  name: Name,
): readonly Extract<Event, { readonly event: Name }>[] =>
  events.filter((event): event is Extract<Event, { readonly event: Name }> => event.event === name);

type Begun = Extract<ClientApplicationEvent, { readonly event: 'request' }>;
type Ended = Extract<ClientApplicationEvent, { readonly event: 'request-ended' }>;

const storyOf = (
  begun: Begun,
  ended: Ended | undefined,
  seenAtMs: number | undefined,
  toMs: ToMs,
): RequestStory => {
  const client = ended?.client ?? begun.client;
  return {
    request: begun.request,
    wave: begun.wave,
    ...(client === undefined ? {} : { client }),
    startedAtMs: toMs(begun.monotonicMs),
    outcome: ended?.outcome ?? null,
    ...(ended === undefined ? {} : { endedAtMs: toMs(ended.monotonicMs) }),
    ...(ended?.code === undefined ? {} : { code: ended.code }),
    ...(seenAtMs === undefined ? {} : { seenAtMs }),
  };
};

/** The first time that each request was seen. */
const sightings = (servers: readonly (readonly ServerApplicationEvent[])[], toMs: ToMs) => {
  const seen = new Map<number, number>();
  for (const { request, monotonicMs } of servers.flatMap((events) => named(events, 'saw'))) {
    const atMs = toMs(monotonicMs);
    seen.set(request, Math.min(atMs, seen.get(request) ?? atMs));
  }
  return seen;
};

/** `blocking` and `unblocked` alternate; the last may never have ended. */
const blockedSpans = (events: readonly ServerApplicationEvent[], toMs: ToMs): BlockedSpan[] => {
  const ends = named(events, 'unblocked').map(({ monotonicMs }) => monotonicMs);
  return named(events, 'blocking').map(({ monotonicMs, why }) => {
    const end = ends.find((each) => each >= monotonicMs);
    return { fromMs: toMs(monotonicMs), untilMs: end === undefined ? null : toMs(end), why };
  });
};

const takenBy = (reader: EvidenceReader, relay: number, toMs: ToMs): TakenConnection[] =>
  eventsIn<Taken>(reader, serverEventsFile(relay), TAKEN_SHAPES).map(
    ({ event, monotonicMs, remoteAddress, remotePort }) => ({
      atMs: toMs(monotonicMs),
      relay,
      remoteAddress,
      remotePort,
      kept: event === 'accepted',
    }),
  );

const noteStrangers = (
  reader: EvidenceReader,
  requests: ReadonlySet<number>,
  told: Iterable<number>,
  who: string,
): void => {
  const strangers = [...told].filter((request) => !requests.has(request));
  if (strangers.length === 0) return;
  reader.note(who, `It tells of request ${strangers[0]}, which nobody has begun.`);
};

const requestsOf = (events: readonly (Begun | Ended)[]): readonly number[] =>
  events.map(({ request }) => request);

/** A request that ends in two ways has neither outcome. */
const noteRepeated = (reader: EvidenceReader, requests: readonly number[], what: string): void => {
  const once = new Set<number>();
  const again = requests.find((request) => once.size === once.add(request).size);
  if (again !== undefined) reader.note('swarm-*.jsonl', `Request ${again} ${what} twice.`);
};

/**
 * What the programs of an incident say they did, or undefined where the run has none. Requests are in
 * order of their beginning. A request that ended, or was seen, and never began is a problem.
 */
export const observeApplication = (
  reader: EvidenceReader,
  carriedOut: readonly Step[],
  toMs: ToMs,
): ApplicationSeen | undefined => {
  const programs = clientProgramsOf(carriedOut);
  if (programs === 0) return undefined;
  const clients = Array.from({ length: programs }, (_, index) => index).flatMap((index) =>
    eventsIn<ClientApplicationEvent>(reader, swarmEventsFile(index), CLIENT_SHAPES),
  );
  const servers = serversOf(carriedOut).map((relay) =>
    eventsIn<ServerApplicationEvent>(reader, serverEventsFile(relay), SERVER_SHAPES),
  );
  const begun = named(clients, 'request');
  const ends = named(clients, 'request-ended');
  const ended = new Map(ends.map((event) => [event.request, event]));
  const seen = sightings(servers, toMs);
  const known = new Set(requestsOf(begun));
  noteRepeated(reader, requestsOf(begun), 'began');
  noteRepeated(reader, requestsOf(ends), 'ended');
  noteStrangers(reader, known, ended.keys(), 'swarm-*.jsonl');
  noteStrangers(reader, known, seen.keys(), 'server*.jsonl');
  return {
    requests: begun
      .map((event) => storyOf(event, ended.get(event.request), seen.get(event.request), toMs))
      .sort((a, b) => a.startedAtMs - b.startedAtMs),
    health: named(clients, 'health').map(({ monotonicMs, client, healthy, up }) => ({
      atMs: toMs(monotonicMs),
      ...{ client, healthy, up },
    })),
    replaced: named(clients, 'channel-replaced').map(({ monotonicMs, closed, created }) => ({
      atMs: toMs(monotonicMs),
      ...{ closed, created },
    })),
    taken: serversOf(carriedOut)
      .flatMap((relay) => takenBy(reader, relay, toMs))
      .sort((a, b) => a.atMs - b.atMs),
    blocked: servers.map((events) => blockedSpans(events, toMs)),
    messages: servers.map((events) =>
      named(events, 'messages').reduce((sum, { messages }) => sum + messages, 0),
    ),
  };
};
