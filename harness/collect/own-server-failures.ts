/** Why an own server cannot be put under the storm, and what its owner can do about it. */

import { HarnessError } from '../domain/harness-error.ts';
import type { OwnServer } from '../domain/parameters.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import { SERVER_ADDRESS } from './host-network.ts';
import type { OwnListener } from './own-listener.ts';

/** Where it was to listen, and what was seen when time was up. */
export interface NotReady {
  readonly server: OwnServer;
  readonly port: number;
  readonly family: AddressFamily;
  readonly listeners: readonly OwnListener[];
  /** The end of what it has printed; empty: nothing. */
  readonly lastWords: string;
}

export const ENDED_REMEDY =
  'start it by hand to see why; if it goes into the background, keep it in the foreground, as nginx -g "daemon off;" does';

const failed = (message: string, remedy: string): HarnessError =>
  new HarnessError('SERVER_FAILED', message, { remedy });

export function notReady(seen: NotReady): HarnessError {
  const { server, port, listeners, lastWords } = seen;
  const onPort = listeners.filter((listener) => listener.port === port);
  const words = lastWords === '' ? '' : ` Its last words: ${lastWords}`;
  const begin = `Your server was not ready after ${server.readyWithinMs} ms:`;
  if (onPort.length > 0) {
    return failed(`${begin} ${notReachable(onPort, seen)}`, whereToListen(seen));
  }
  if (listeners.length > 0) {
    const ports = [...new Set(listeners.map((listener) => listener.port))];
    return failed(
      `${begin} nothing listens on port ${port}, but it listens on ${where(listeners)}.${words}`,
      `pass --port ${ports[0]}, or make it listen on port ${port}`,
    );
  }
  return failed(
    `${begin} it runs, but listens nowhere; port ${port} was waited for.${words}`,
    'give it more time with --ready-within 30s, or look into server.log of the run folder',
  );
}

const where = (listeners: readonly OwnListener[]): string =>
  listeners.map(({ address, port }) => `${bracketed(address)}:${port}`).join(', ');

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

const isLoopback = ({ address }: OwnListener): boolean =>
  address.startsWith('127.') || address === '::1';

function notReachable(onPort: readonly OwnListener[], { family }: NotReady): string {
  const places = where(onPort);
  if (onPort.every(isLoopback)) {
    return `it listens on ${places} only, where nobody but its own host can reach it; the clients are on another host.`;
  }
  return onPort.every(({ address }) => address.includes(':') === (family === 4))
    ? `it listens on ${places}, which takes no IPv${family}, and the clients come over IPv${family}.`
    : `it listens on ${places}, which is none of its host's addresses that the clients know.`;
}

function whereToListen({ family, listeners, port }: NotReady): string {
  const every = family === 4 ? '0.0.0.0' : '::';
  const other =
    family === 4 && listeners.some((one) => one.port === port && one.address === '::')
      ? '; or pass --ipv6'
      : '';
  return `make it listen on all addresses (${every}) or on ${SERVER_ADDRESS[family]}${other}`;
}

/** Each of them has an accept queue of its own, and the kernel spreads clients over them by a hash. */
export const severalListeners = (listeners: readonly OwnListener[]): HarnessError =>
  failed(
    `Your server has ${listeners.length} listening sockets on the same port (${where(listeners)}, SO_REUSEPORT), and each has an accept queue of its own, so there is no one backlog to measure.`,
    'start it with one worker, or without SO_REUSEPORT (nginx: without `reuseport`)',
  );
