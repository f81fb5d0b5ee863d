/** Connections that somebody has closed: where the kernel still has them, and where not. */
import type { Observations } from '../domain/observations.ts';
import type { Connection, Host } from '../domain/tcp.ts';
import { clientRows, closing, serverRows } from './figures.ts';
import { speaks } from './plan-facts.ts';

/**
 * Who closed a connection first that both sides closed; that side keeps it in TIME-WAIT. Nobody, if
 * their FINs cross: then both keep it (RFC 9293, 3.6).
 */
export function closedFirstBy({ finishes, resets }: Connection): Host | undefined {
  if (resets.length > 0) return undefined;
  const [first] = finishes;
  const answer = finishes.find(({ from }) => from !== first?.from);
  return answer === undefined || answer.crosses === true ? undefined : first?.from;
}

/**
 * Connections that are gone from the server's table and that EstabResets does not count: both sides
 * closed them, the client first; or a RST ended them when the server had closed its own side.
 */
export const endedAtServer = (seen: Observations): number =>
  seen.connections.filter(
    (connection) => closedFirstBy(connection) === 'client' || resetAfterServersFin(connection),
  ).length;

/** EstabResets counts only what is reset in ESTABLISHED or CLOSE-WAIT; see tcp_set_state(). */
const resetAfterServersFin = ({ finishes, resets }: Connection): boolean =>
  finishes.some(
    (finish) => finish.from === 'server' && resets.some(({ atMs }) => atMs >= finish.atMs),
  );

/**
 * Connections that are gone from the client's socket table before the closing snapshot: a RST or the
 * client's kernel ended them, or the server closed them first and the client after it. A program
 * hears of a RST a little later than its kernel, so the packets of the window tell which.
 */
export function endedConnections(seen: Observations): number {
  const closedAtMs = closing(seen)?.atMs ?? Number.POSITIVE_INFINITY;
  const byPackets = seen.connections.filter(
    (connection) =>
      (connection.state !== 'unanswered' && connection.resets.length > 0) ||
      closedFirstBy(connection) === 'server',
  );
  const told = new Set(
    byPackets.map(({ clientAddress, clientPort }) => `${clientAddress} ${clientPort}`),
  );
  const byKernel = seen.clients.filter(
    ({ end, localAddress, localPort }) =>
      end?.kind === 'timed-out-by-kernel' &&
      end.atMs <= closedAtMs &&
      !told.has(`${localAddress} ${localPort}`),
  );
  return byPackets.length + byKernel.length;
}

/**
 * Fooled clients by both socket tables: connections of the client's that the server lacks. What the
 * client closed first is left to it alone, in TIME-WAIT. Undefined where clients that are not silent
 * lost connections, because a RST also ends a fooled client whose request the server has forgotten.
 */
export function fooledBySockets(seen: Observations): number | undefined {
  const atClients = clientRows(seen);
  const atServer = serverRows(seen);
  if (atClients === undefined || atServer === undefined) return undefined;
  if (speaks(seen.plan) && endedConnections(seen) > 0) return undefined;
  const known = new Set(
    atServer.map((row) => `${row.localAddress} ${row.remoteAddress} ${row.remotePort}`),
  );
  return atClients.filter(
    (row) =>
      row.state !== 'TIME-WAIT' &&
      !known.has(`${row.remoteAddress} ${row.localAddress} ${row.localPort}`),
  ).length;
}
