import { libraryEventsFile } from '../domain/evidence.ts';
import type { Step } from '../domain/plan.ts';
import type { Connection } from '../domain/tcp.ts';
import type { LibraryClient, LibraryEvent, LibraryStory } from '../domain/usual-clients.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import { fieldOf, type Shape, shapeProblem } from './json-shape.ts';

const TOLD = { monotonicMs: 'number' } as const;

const SHAPES: Readonly<Record<LibraryEvent['event'], Shape>> = {
  ready: TOLD,
  begun: TOLD,
  socket: { ...TOLD, localPort: 'number' },
  said: { ...TOLD, what: 'string', error: 'object|null' },
  failed: { ...TOLD, error: 'object' },
  closed: TOLD,
  answered: TOLD,
  'stopped-waiting': TOLD,
};

const ERROR: Shape = {
  name: 'string',
  code: 'string|null',
  message: 'string',
  errno: 'number|null',
  cause: 'object?',
};

const SHAPE_BY_NAME: ReadonlyMap<unknown, Shape> = new Map(Object.entries(SHAPES));

/** One problem stands for all of a file. A name that is not known is a newer program's. */
function readEvents(reader: EvidenceReader, file: string): readonly LibraryEvent[] {
  const events: LibraryEvent[] = [];
  let problem: string | undefined;
  for (const value of reader.lines(file)) {
    const shape = SHAPE_BY_NAME.get(fieldOf(value, 'event'));
    if (shape === undefined) continue;
    const wrong = shapeProblem(value, shape) ?? errorProblem(fieldOf(value, 'error'));
    if (wrong === undefined) events.push(value as LibraryEvent);
    else problem ??= wrong;
  }
  if (problem !== undefined) reader.note(file, problem);
  return events;
}

function errorProblem(error: unknown): string | undefined {
  if (error === undefined || error === null) return undefined;
  return shapeProblem(error, ERROR) ?? errorProblem(fieldOf(error, 'cause'));
}

/** What each client library came to. `connections` are those of the time after the ledger's window. */
export function observeLibraries(
  reader: EvidenceReader,
  carriedOut: readonly Step[],
  connections: readonly Connection[],
): readonly LibraryStory[] {
  const clients = carriedOut.flatMap((step) =>
    step.kind === 'load-libraries' ? step.clients : [],
  );
  return clients.map((client, index) =>
    tellStory(client, readEvents(reader, libraryEventsFile(index)), connections),
  );
}

function tellStory(
  client: LibraryClient,
  events: readonly LibraryEvent[],
  connections: readonly Connection[],
): LibraryStory {
  const begunMs = events.find(({ event }) => event === 'begun')?.monotonicMs ?? 0;
  const ports = new Set(
    events.flatMap((event) => (event.event === 'socket' ? [event.localPort] : [])),
  );
  const ends = events.flatMap((event) => endOf(event, event.monotonicMs - begunMs));
  return {
    client,
    said: events.flatMap((event) =>
      event.event === 'said'
        ? [{ afterMs: event.monotonicMs - begunMs, what: event.what, error: event.error }]
        : [],
    ),
    end: ends[0] ?? { kind: 'unsettled' },
    connections: connections.filter(({ clientPort }) => ports.has(clientPort)),
  };
}

function endOf(event: LibraryEvent, afterMs: number): readonly LibraryStory['end'][] {
  switch (event.event) {
    case 'failed':
      return [{ kind: 'failed', afterMs, error: event.error }];
    case 'closed':
    case 'answered':
      return [{ kind: event.event, afterMs }];
    case 'stopped-waiting':
      return [{ kind: 'still-waiting', afterMs }];
    default:
      return [];
  }
}
