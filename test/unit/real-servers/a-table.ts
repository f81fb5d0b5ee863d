import type {
  MeasuredQueue,
  RealServer,
  ServerRow,
  ServersTable,
} from '../../../harness/domain/real-server.ts';

export const aServer = (more: Partial<RealServer> = {}): RealServer => ({
  name: 'rapid',
  title: 'Rapid',
  program: 'rapid',
  version: { words: ['-v'], pattern: /(\d\S*)/ },
  aptPackage: 'rapid-light',
  byDefault: { backlog: 511, words: 'default' },
  setting: 'queue_length N',
  start: (port, backlog) => ({ command: `rapid ${port} ${backlog ?? ''}`.trim() }),
  ...more,
});

export const aQueue = (limit: number, more: Partial<MeasuredQueue> = {}): MeasuredQueue => ({
  limit,
  places: limit + 1,
  somaxconn: 4_096,
  burst: { clients: 200, atOnce: 200, late: 0, timedOut: 0, refusedSyns: 0 },
  frozen: { clients: limit + 5, before: 0, connected: limit + 1, refused: 4 },
  ...more,
});

export const aRow = (more: Partial<ServerRow> = {}): ServerRow => ({
  id: 'rapid',
  server: aServer(),
  version: '1.2',
  backlog: null,
  command: 'rapid 9999',
  found: aQueue(511),
  problem: null,
  runFolder: 'runs/rapid',
  ...more,
});

/** The servers are those of the rows, and one that is not installed. */
export const aTable = (rows: readonly ServerRow[]): ServersTable => ({
  kernel: '6.18.0',
  clients: 200,
  wallMs: 12_000,
  servers: [
    ...new Map(rows.map(({ server, version }) => [server, { server, version }])).values(),
    { server: aServer({ name: 'slow', title: 'Slow', aptPackage: 'slow-server' }), version: null },
  ],
  rows,
});
