/** The clients that only open a connection, and wait for the server to say something. */
import net from 'node:net';
import { type LoadLibrary, timeoutOptions, urlOf } from './library-call.ts';
import { loadPackage } from './load-package.ts';

export const loadNodeNet: LoadLibrary =
  async ({ host, port, timeoutMs }) =>
  (say) =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ host, port });
      if (timeoutMs !== null) socket.setTimeout(timeoutMs);
      socket.on('connect', () => say('connect'));
      socket.on('timeout', () => say('timeout'));
      socket.on('error', reject);
      socket.on('data', () => resolve('answered'));
      socket.on('close', () => resolve('closed'));
    });

/** What is used of `ws`, which brings no types. */
type WebSocketClass = new (
  url: string,
  options: { readonly handshakeTimeout?: number },
) => {
  on(event: 'open' | 'close', listener: () => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
};

export const loadWs: LoadLibrary = async (target) => {
  const WebSocket = await loadPackage<WebSocketClass>(target);
  return () =>
    new Promise((resolve, reject) => {
      const options = timeoutOptions(target.timeoutMs, 'handshakeTimeout');
      const socket = new WebSocket(urlOf(target, 'ws'), options);
      socket.on('open', () => resolve('answered'));
      socket.on('error', reject);
      socket.on('close', () => resolve('closed'));
    });
};
