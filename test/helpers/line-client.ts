import { once } from 'node:events';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { waitUntil } from './wait-until.ts';

/** A connection of the test's own: it says something and waits for what is said to it. */
export const lineClient = async (port: number, host = '127.0.0.1') => {
  const socket = connect({ port, host, autoSelectFamily: false });
  onTestFinished(() => {
    socket.destroy();
  });
  let heard = '';
  let ended = false;
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended = true;
  });
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  await once(socket, 'connect');
  return {
    localPort: socket.localPort ?? 0,
    say: (text: string) => socket.write(text),
    end: () => socket.end(),
    hears: (text: string) =>
      waitUntil(JSON.stringify(text), () => (heard === text ? true : undefined), {
        seen: () => JSON.stringify(heard),
      }),
    isClosed: () => waitUntil('the end of the connection', () => (ended ? true : undefined)),
  };
};
