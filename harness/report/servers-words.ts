/** What was measured of other people's servers, as words of a table. */
import {
  askedBacklog,
  type FoundServer,
  limitFor,
  type RealServer,
  type ServerRow,
  type ServersTable,
} from '../domain/real-server.ts';
import { count } from './words.ts';

export const TITLE = 'The accept queues of real servers';

/** The setting as it is written to have that backlog. */
export const settingWords = (setting: string, backlog: number | 'N'): string =>
  setting.replace(/\bN\b/, String(backlog));

/** `511 (default)`, `16 (tcp-backlog 16)`. */
export function askedWords({ server, backlog }: Pick<ServerRow, 'server' | 'backlog'>): string {
  const { byDefault, setting } = server;
  if (backlog !== null && setting !== null) {
    return `${backlog} (${settingWords(setting, backlog)})`;
  }
  return byDefault.backlog === 'somaxconn'
    ? byDefault.words
    : `${byDefault.backlog} (${byDefault.words})`;
}

/** Where its user changes the backlog. */
export const changeWords = ({ setting }: RealServer): string =>
  setting === null ? 'net.core.somaxconn, before it starts' : settingWords(setting, 'N');

/** Whether the limit is what the server is known to ask for, cut to somaxconn; null: not measured. */
export function isAsKnown(row: ServerRow): boolean | null {
  const { found } = row;
  return found === null ? null : found.limit === limitFor(askedBacklog(row), found.somaxconn);
}

export function limitWords(row: ServerRow): string {
  if (row.found === null) return row.problem === null ? '' : 'not measured';
  return isAsKnown(row) === true ? `${row.found.limit}` : `${row.found.limit}, not as known`;
}

export const placesWords = ({ found }: ServerRow): string => `${found?.places ?? ''}`;

/** The first client that finds no place while the server does not accept. */
export const refusedFrom = ({ found }: ServerRow): number | null =>
  found === null ? null : found.places + 1;

/** `client 7 (4 of 10 got no answer)`, as seen while it was frozen. */
export function refusedWords(row: ServerRow): string {
  if (row.found === null) return '';
  const { before, clients, refused } = row.found.frozen;
  return `client ${refusedFrom(row)} (${refused} of ${before + clients} got no answer)`;
}

/** Whether clients that came all at once outran the server while it accepted. */
export function burstWords({ found }: ServerRow): string {
  if (found === null) return '';
  const { refusedSyns } = found.burst;
  return refusedSyns === 0 ? 'no overflow' : `overflow: ${count(refusedSyns, 'SYN')} refused`;
}

/** `nginx 1.22.1`. */
export const serverWords = ({ server, version }: Pick<ServerRow, 'server' | 'version'>): string =>
  `${server.title} ${version}`;

export const missingWords = ({ server }: FoundServer): string =>
  `not installed (apt-get install ${server.aptPackage})`;

/** The bound of every backlog, where a run has read it. */
export const somaxconnOf = ({ rows }: ServersTable): number | null =>
  rows.find(({ found }) => found !== null)?.found?.somaxconn ?? null;

/** `Linux 6.18.44, somaxconn 4096, 200 clients at once`. */
export function setupWords(table: ServersTable): string {
  const somaxconn = somaxconnOf(table);
  const bound = somaxconn === null ? '' : `, somaxconn ${somaxconn}`;
  return `Linux ${table.kernel}${bound}, ${count(table.clients, 'client')} at once`;
}

/** The rows of each server, or that it is not there. */
export const byServer = ({
  servers,
  rows,
}: ServersTable): readonly (FoundServer & { readonly rows: readonly ServerRow[] })[] =>
  servers.map((each) => ({ ...each, rows: rows.filter(({ server }) => server === each.server) }));
