import type { Connection } from '../../../harness/domain/tcp.ts';
import type {
  ClientLibrary,
  ClientsTable,
  LibraryStory,
  ReportedError,
} from '../../../harness/domain/usual-clients.ts';

export const anError = (message: string, more: Partial<ReportedError> = {}): ReportedError => ({
  name: 'Error',
  code: null,
  message,
  errno: null,
  ...more,
});

export const aConnection = (more: Partial<Connection> = {}): Connection => ({
  serverAddress: '10.77.0.1',
  clientAddress: '10.77.0.2',
  clientPort: 40_001,
  state: 'completed',
  syns: [{ atMs: 0, retransmission: false, answeredAtMs: 0.1 }],
  synAcks: [{ atMs: 0.1, retransmission: false }],
  bareAcks: [],
  data: [],
  resets: [],
  finishes: [],
  ...more,
});

/** A client whose SYNs nobody answered. */
export const unanswered = (syns: number): Connection =>
  aConnection({
    state: 'unanswered',
    syns: Array.from({ length: syns }, (_, index) => ({
      atMs: index * 1_000,
      retransmission: index > 0,
    })),
    synAcks: [],
  });

export const aStory = (
  library: ClientLibrary,
  more: Partial<LibraryStory> = {},
  timeoutMs: number | null = null,
): LibraryStory => ({
  client: { library, version: '1.2.3', entry: null, timeoutMs },
  said: [],
  end: { kind: 'still-waiting', afterMs: 15_004 },
  connections: [],
  ...more,
});

export const aTable = (
  stories: readonly LibraryStory[],
  more: Partial<ClientsTable> = {},
): ClientsTable => ({
  kernel: '6.18.0',
  nodeVersion: 'v20.20.2',
  timeoutMs: 2_000,
  waitMs: 15_000,
  wallMs: 20_100,
  libraries: [
    { library: 'fetch', version: 'Node 20.20.2, undici 6.24.1', entry: null },
    { library: 'pg', version: null, entry: null },
  ],
  states: [
    {
      id: 'clients-full-queue',
      title: 'The accept queue is full',
      story: 'No SYN is answered.',
      problem: null,
      runFolder: 'runs/x',
      stories,
    },
  ],
  ...more,
});
