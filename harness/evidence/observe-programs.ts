import { serverEventsFile, swarmEventsFile } from '../domain/evidence.ts';
import type { ServerSeen } from '../domain/observations.ts';
import type { Step } from '../domain/plan.ts';
import type { ClientStory } from '../domain/tcp.ts';
import type { SwarmEvent } from '../domain/wire.ts';
import { tellClientStories } from './client-stories.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import { fieldOf } from './json-shape.ts';
import type { ClusterSeen } from './observe-cluster.ts';
import { readSwarmEvents } from './swarm-events.ts';

const SWARM_FILE = /^swarm-(\d+)\.jsonl$/;

/** Those that must be there are looked for, so that a run without them says so. */
const swarmProcesses = (files: Iterable<string>, atLeast: number): number[] => {
  const found = [...files].flatMap((file) => SWARM_FILE.exec(file)?.[1] ?? []).map(Number);
  const expected = Array.from({ length: atLeast }, (_, process) => process);
  return [...new Set([...expected, ...found])].sort((a, b) => a - b);
};

/** One problem stands for many of the same file: a damaged file of a large swarm has thousands. */
const noteFirst = (reader: EvidenceReader, file: string, problems: readonly string[]): void => {
  const [first] = problems;
  if (first === undefined) return;
  reader.note(file, problems.length === 1 ? first : `${first} (and ${problems.length - 1} more)`);
};

const readSwarmFile = (reader: EvidenceReader, file: string): SwarmEvent[] => {
  const { events, problems } = readSwarmEvents(reader.lines(file));
  noteFirst(reader, file, problems);
  return events;
};

/** How many processes there must be at least, and what the clock of each says. */
export type SwarmClocks = Pick<ClusterSeen, 'clockOf'> & { readonly processes: number };

/** So many processes, and more if a folder has more, all on the run's own clock. */
export const onOneClock = (processes: number): SwarmClocks => ({
  processes,
  clockOf: () => (monotonicMs) => monotonicMs,
});

/** The stories of all clients, whichever process they lived in. `files` are those of the run folder. */
export const observeClients = (
  reader: EvidenceReader,
  files: Iterable<string>,
  toMs: (monotonicMs: number) => number,
  { processes, clockOf } = onOneClock(1),
): ClientStory[] => {
  const events = swarmProcesses(files, processes)
    .flatMap((process) => {
      const onRunClock = clockOf(process);
      return readSwarmFile(reader, swarmEventsFile(process)).map((event) => ({
        ...event,
        monotonicMs: onRunClock(event.monotonicMs),
      }));
    })
    .sort((a, b) => a.monotonicMs - b.monotonicMs);
  const { clients, problems } = tellClientStories(events, toMs);
  for (const problem of problems) reader.note('swarm-*.jsonl', problem);
  return clients;
};

const LISTEN_EVENTS: ReadonlySet<unknown> = new Set(['listening', 'listening-again']);

const isLimit = (limit: unknown): limit is number => typeof limit === 'number';

/** Steps of the plan after which this server program says that it listens. */
const listens = (step: Step, relay: number): boolean =>
  (step.kind === 'start-server' ||
    (step.kind === 'server-command' && step.command.command === 'listen')) &&
  (step.relay ?? 0) === relay;

/** The first is always looked for, so that a run without any says so. */
const relaysOf = (steps: readonly Step[]): readonly number[] => [
  ...new Set([
    0,
    ...steps.flatMap((step) => (step.kind === 'start-server' ? [step.relay ?? 0] : [])),
  ]),
];

interface SaidByServer extends ServerSeen {
  readonly announcedLimits: readonly number[];
  /** Kept or dropped as long as they are counted. */
  readonly taken: number;
}

/**
 * What the server program said. Where it had no `ss` it printed null for a limit. `carriedOut` are
 * the steps of the plan that the run came to. `accepted` leaves out what was taken later than
 * `countUntilMonotonicMs`, when the books of the run are closed.
 */
export const observeServers = (
  reader: EvidenceReader,
  carriedOut: readonly Step[],
  countUntilMonotonicMs = Infinity,
): { announcedLimits: readonly number[]; accepted: number; servers: readonly ServerSeen[] } => {
  const said = relaysOf(carriedOut).map((relay) =>
    observeServer(reader, carriedOut, relay, countUntilMonotonicMs),
  );
  return {
    announcedLimits: said[0]?.announcedLimits ?? [],
    accepted: said.reduce((sum, { taken }) => sum + taken, 0),
    servers: said.map(({ announcedLimits: _limits, taken: _taken, ...server }) => server),
  };
};

const observeServer = (
  reader: EvidenceReader,
  carriedOut: readonly Step[],
  relay: number,
  countUntilMonotonicMs: number,
): SaidByServer => {
  const file = serverEventsFile(relay);
  const events = reader.lines(file);
  const named = (name: string): readonly unknown[] =>
    events.filter((event) => fieldOf(event, 'event') === name);
  const listened = events.filter((event) => LISTEN_EVENTS.has(fieldOf(event, 'event')));
  const expected = carriedOut.filter((step) => listens(step, relay)).length;
  if (listened.length < expected) {
    const said = `The server says ${listened.length} times that it listens`;
    reader.note(file, `${said}, and the plan lets it listen ${expected} times.`);
  }
  return {
    announcedLimits: listened.map((event) => fieldOf(event, 'acceptQueueLimit')).filter(isLimit),
    taken: [...named('accepted'), ...named('dropped')].filter(
      (event) => Number(fieldOf(event, 'monotonicMs')) <= countUntilMonotonicMs,
    ).length,
    kept: named('accepted').length,
    dropped: named('dropped').length,
    receivedBytes: named('received')
      .map((event) => fieldOf(event, 'bytes'))
      .reduce<number>((sum, bytes) => sum + (typeof bytes === 'number' ? bytes : 0), 0),
  };
};
