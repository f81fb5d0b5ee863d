/** Every server that `servers` knows, in the order of its table, and what is measured of each. */
import { REAL_RUNTIMES } from './real-runtimes.ts';
import type { RealServer, ServerCase } from './real-server.ts';
import { REAL_WEB_SERVERS } from './real-web-servers.ts';

export const REAL_SERVERS: readonly RealServer[] = [...REAL_WEB_SERVERS, ...REAL_RUNTIMES];

/** Small, so that a storm outruns it, and nobody's default. */
const SET_BACKLOG = 16;

/** Each server with its default and, where it has a setting, with that; every case has a port. */
export const casesOf = (servers: readonly RealServer[], firstPort: number): readonly ServerCase[] =>
  servers
    .flatMap((server) => [
      { id: server.name, server, backlog: null },
      ...(server.setting === null
        ? []
        : [{ id: `${server.name}-backlog-${SET_BACKLOG}`, server, backlog: SET_BACKLOG }]),
    ])
    .map((each, index) => ({ ...each, port: firstPort + index }));
