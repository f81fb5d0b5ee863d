import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type {
  ClientApplicationEvent,
  ClientProgramCommand,
  ServerApplicationEvent,
} from '../../harness/domain/application.ts';
import type { ServerCommand, ServerEvent, SwarmEvent } from '../../harness/domain/wire.ts';
import { encodeFrame, type Frame, readFrames } from '../../servers/kit/frames.ts';
import { type Program, startProgram } from './program.ts';
import { waitUntil } from './wait-until.ts';

/** For people who read the log: the harness judges nothing by it. */
interface ConnectionError {
  readonly event: 'connection-error';
  readonly code: string;
}
export type RpcProvider = Program<
  ServerCommand,
  ServerEvent | ServerApplicationEvent | ConnectionError
>;
/** For plans that wait until every channel works. */
interface ChannelServes {
  readonly event: 'channel-serves';
  readonly client: number;
}
export type RpcConsumers = Program<
  ClientProgramCommand,
  SwarmEvent | ClientApplicationEvent | ChannelServes
>;

export const startProvider = (...args: readonly string[]): RpcProvider =>
  startProgram('servers/rpc-provider.ts', args);

export const startConsumers = (port: number, ...args: readonly string[]): RpcConsumers =>
  startProgram('clients/rpc-consumers.ts', [`--port=${port}`, '--host=127.0.0.1', ...args]);

/** The provider, and the port that it listens on. */
export const startReadyProvider = async (...args: readonly string[]) => {
  const provider = startProvider(...args);
  const { port } = await provider.next('listening');
  return { provider, port };
};

/** One consumer whose timers do nothing in the time of a test, unless it is told otherwise. */
export const ONE = [
  '--clients=1',
  '--check-every=60s',
  '--request-every=60s',
  '--request-timeout=9s',
];

/** One end of a connection, as the test holds it. */
export interface RpcEnd {
  readonly socket: Socket;
  /** What the other end has sent, the first first. */
  readonly frames: readonly Frame[];
  /** Waits for a further frame of that kind, which no earlier call has waited for. */
  readonly next: <Kind extends Frame['kind']>(
    kind: Kind,
  ) => Promise<Extract<Frame, { readonly kind: Kind }>>;
  readonly send: (frame: Frame) => void;
}

const talkOver = (socket: Socket): RpcEnd => {
  const frames: Frame[] = [];
  const unread: Frame[] = [];
  socket.on('error', () => undefined);
  readFrames(socket, (frame) => {
    frames.push(frame);
    unread.push(frame);
  });
  onTestFinished(() => {
    socket.destroy();
  });
  return {
    socket,
    frames,
    next: (kind) =>
      waitUntil(`a ${kind}`, () => {
        const index = unread.findIndex((frame) => frame.kind === kind);
        const [found] = index < 0 ? [] : unread.splice(index, 1);
        return found as Extract<Frame, { readonly kind: typeof kind }> | undefined;
      }),
    send: (frame) => socket.write(encodeFrame(frame)),
  };
};

/** A consumer that the test itself is. */
export const consumeFrom = async (port: number): Promise<RpcEnd> => {
  const socket = connect({ host: '127.0.0.1', port, autoSelectFamily: false, noDelay: true });
  const end = talkOver(socket);
  await once(socket, 'connect');
  return end;
};

/** A provider that the test itself is: it answers nothing by itself. */
export const listenForConsumers = async () => {
  const ends: RpcEnd[] = [];
  const server = createServer({ noDelay: true }, (socket) => ends.push(talkOver(socket)));
  onTestFinished(() => {
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  /** The connection with this index, counted from 0. */
  const end = (index: number) => waitUntil(`connection ${index}`, () => ends[index]);
  return { server, port, end };
};

export const eventsOf = <Name extends RpcConsumers['events'][number]['event']>(
  { events }: RpcConsumers,
  name: Name,
) =>
  events.filter(
    (event): event is Extract<(typeof events)[number], { readonly event: Name }> =>
      event.event === name,
  );

/** In the order of their numbers: events of one instant come in any order. */
export const numbersOf = (events: readonly { readonly request: number }[]): number[] =>
  events.map(({ request }) => request).sort((left, right) => left - right);
