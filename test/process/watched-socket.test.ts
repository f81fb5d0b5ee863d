import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { watchedSocket } from '../../clients/watched-socket.ts';
import type { ServerCommand, ServerEvent } from '../../harness/domain/wire.ts';
import type { ProgramLog, Told } from '../../servers/kit/program-log.ts';
import { startProgram } from '../helpers/program.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const HOST = '127.0.0.1';
const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const blockFor = (ms: number): void => {
  Atomics.wait(never, 0, 0, ms);
};

const collect = (told: Told[]): ProgramLog => ({
  tell: (event) => told.push(event),
  warn: (event) => told.push(event),
  flush: () => undefined,
  end: (onWritten) => onWritten(),
});

/** Its two places are taken. */
const startFullServer = async () => {
  const server = startProgram<ServerCommand, ServerEvent>('servers/never-accepts.ts', [
    '--backlog=1',
  ]);
  const { port } = await server.next('listening');
  const waiting = [0, 1].map(() => connect({ host: HOST, port }));
  onTestFinished(() => {
    for (const socket of waiting) socket.destroy();
  });
  await waitUntil('two connections', () =>
    waiting.every((socket) => !socket.connecting) ? true : undefined,
  );
  return { server, port };
};

const watch = (port: number, told: Told[], onEnd: () => void = () => undefined): void => {
  const connection = { client: 1, wave: 'all', connectTimeoutMs: 500 };
  const socket = watchedSocket({ host: HOST, port }, connection, collect(told), { onEnd });
  onTestFinished(() => {
    socket.destroy();
  });
};

test('gives up a connection that is refused', async () => {
  const { port } = await startFullServer();
  const told: Told[] = [];
  watch(port, told);
  await waitUntil('an outcome', () => told[1]);
  expect(told).toMatchObject([{ event: 'attempt' }, { event: 'timed-out', by: 'own-timer' }]);
});

test('is connected when the kernel is, although the timer is over and nobody has heard', async () => {
  const { server, port } = await startFullServer();
  const told: Told[] = [];
  // The timer is over when the loop turns again, and it asks the kernel when nothing has come yet.
  // Before the timer's own immediate the SYN is repeated, after 1 s, and answered.
  setTimeout(() => {
    blockFor(300);
    setImmediate(() => {
      server.send({ command: 'accept' });
      blockFor(1_000);
    });
  }, 400);
  watch(port, told);
  await waitUntil('an outcome', () => told[1]);
  expect(told).toMatchObject([{ event: 'attempt' }, { event: 'connected' }]);
});
