/** Other people's servers that `servers` measures: how each is started, and what is told of it. */

/** How one of them is started; its files lie in the folder where the command is carried out. */
export interface ServerStart {
  /** As `sh -c` takes it, in one word list: it stays in the foreground. */
  readonly command: string;
  /** Content by file name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What it gives to listen(2); `somaxconn`: it reads the kernel's bound and asks for that. */
export type AskedBacklog = number | 'somaxconn';

export interface RealServer {
  /** What an option calls it. */
  readonly name: string;
  readonly title: string;
  /** Must be on the PATH, or where a system keeps its servers. */
  readonly program: string;
  readonly version: { readonly words: readonly string[]; readonly pattern: RegExp };
  readonly aptPackage: string;
  /** As its documentation or its source has it, and in which words. */
  readonly byDefault: { readonly backlog: AskedBacklog; readonly words: string };
  /** Where its user sets the backlog, with `N` for the number; null: it has no such setting. */
  readonly setting: string | null;
  /** `backlog` null: without the setting. */
  readonly start: (port: number, backlog: number | null) => ServerStart;
}

/** What a row of the table is about: one server with one backlog. */
export interface ServerCase {
  /** Unique, and good as the name of a folder. */
  readonly id: string;
  readonly server: RealServer;
  /** Given to its setting; null: its default. */
  readonly backlog: number | null;
  readonly port: number;
}

/** A server, and its version where it is installed. */
export interface FoundServer {
  readonly server: RealServer;
  readonly version: string | null;
}

/** What the storm showed of one listener. */
export interface MeasuredQueue {
  /** Send-Q of its listener. */
  readonly limit: number;
  /** Most connections that waited while it was frozen. */
  readonly places: number;
  readonly somaxconn: number;
  readonly burst: {
    readonly clients: number;
    readonly atOnce: number;
    /** Connected only when their SYN was repeated. */
    readonly late: number;
    readonly timedOut: number;
    readonly refusedSyns: number;
  };
  readonly frozen: {
    readonly clients: number;
    /** Waited already when it was frozen. */
    readonly before: number;
    readonly connected: number;
    readonly refused: number;
  };
}

export interface ServerRow {
  readonly id: string;
  readonly server: RealServer;
  readonly version: string;
  readonly backlog: number | null;
  readonly command: string;
  /** Null: nothing was decided, or nothing was to be run. */
  readonly found: MeasuredQueue | null;
  /** Why nothing was decided; else null. */
  readonly problem: string | null;
  /** As it is to be printed; null: the run came to none. */
  readonly runFolder: string | null;
}

export interface ServersTable {
  readonly kernel: string;
  /** Of each storm. */
  readonly clients: number;
  readonly wallMs: number;
  /** In the order of the table. */
  readonly servers: readonly FoundServer[];
  readonly rows: readonly ServerRow[];
}

/** What a row asks for. */
export const askedBacklog = ({
  server,
  backlog,
}: Pick<ServerRow, 'server' | 'backlog'>): AskedBacklog => backlog ?? server.byDefault.backlog;

/** The accept-queue limit that comes of it. */
export function limitFor(asked: AskedBacklog, somaxconn: number): number {
  return asked === 'somaxconn' ? somaxconn : Math.min(asked, somaxconn);
}
