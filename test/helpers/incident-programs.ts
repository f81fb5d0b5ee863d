/** Starts the programs of the incidents, with the types of what they are told and tell. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type {
  ClientApplicationEvent,
  ClientProgram,
  ClientProgramCommand,
  ServerApplicationEvent,
  ServerProgram,
} from '../../harness/domain/application.ts';
import type { ServerEvent, SwarmEvent } from '../../harness/domain/wire.ts';
import { type Program, startProgram } from './program.ts';
import { waitUntil } from './wait-until.ts';

type ServerTold =
  | ServerEvent
  | ServerApplicationEvent
  | { readonly event: 'reported'; readonly monotonicMs: number };
type ServerCommand =
  | { readonly command: 'listen'; readonly backlog: number }
  | { readonly command: 'report' | 'close' };

type ClientTold =
  | SwarmEvent
  | ClientApplicationEvent
  | {
      readonly event: 'sent-messages';
      readonly relay: number;
      readonly messages: number;
      readonly wave: string;
      readonly monotonicMs: number;
    };

export type RunningServer = Program<ServerCommand, ServerTold>;
export type RunningClient = Program<ClientProgramCommand, ClientTold>;

export const startServerProgram = (name: ServerProgram, args: readonly string[]): RunningServer =>
  startProgram(`servers/${name}.ts`, args);

export const startClientProgram = (name: ClientProgram, args: readonly string[]): RunningClient =>
  startProgram(`clients/${name}.ts`, args);

export const toldOf = <Event extends { readonly event: string }, const Name extends Event['event']>(
  { events }: { readonly events: readonly Event[] },
  name: Name,
) =>
  events.filter((event): event is Extract<Event, { readonly event: Name }> => event.event === name);

/** Waits until the program has told that event so often. */
export const untilTold = <Event extends { readonly event: string }>(
  program: { readonly events: readonly Event[] },
  name: Event['event'],
  times: number,
) =>
  waitUntil(
    `${times} events '${name}'`,
    () => (toldOf(program, name).length >= times ? true : undefined),
    { seen: () => JSON.stringify(program.events.slice(-10)) },
  );

/** Runs a program that ends by itself. */
export const runToEnd = (program: string, ...args: readonly string[]) => {
  const file = path.join(import.meta.dirname, '../../dist', program);
  return spawnSync(process.execPath, [file, ...args], { encoding: 'utf8', input: '' });
};

/** A server in this process; `onConnection` is what it does to its clients. */
export const startOwnServer = async (onConnection: (socket: Socket) => void) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It has no port.');
  return { port: address.port, sockets, server };
};

/** A port that nobody listens on. */
export const closedPort = async (): Promise<number> => {
  const { server, port } = await startOwnServer(() => undefined);
  server.close();
  await once(server, 'close');
  return port;
};
