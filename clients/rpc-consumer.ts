import type { ClientApplicationEvent } from '../harness/domain/application.ts';
import type { ProgramLog, Telling } from '../servers/kit/program-log.ts';
import type { Numbering } from './program-options.ts';
import { type ChannelSurroundings, openChannel, type RpcChannel } from './rpc-channel.ts';
import type { Ending } from './watched-socket.ts';

/** One consumer of the service: it has one channel at a time and connects again when that is lost. */
export interface RpcConsumer {
  /** Not before the first attempt to connect has had its outcome. */
  readonly request: () => void;
  /** Replaces a channel that is broken. */
  readonly check: () => void;
  /** Resolves when its connection is closed. */
  readonly close: () => Promise<void>;
}

export interface ConsumerSurroundings extends ChannelSurroundings {
  readonly numbering: Numbering;
  readonly wave: string;
  readonly connectTimeoutMs: number;
}

/** Connects at once. */
export const startConsumer = (surroundings: ConsumerSurroundings): RpcConsumer => {
  const { numbering, wave, connectTimeoutMs, log, stopped } = surroundings;
  /** Undefined: broken, for the next check to replace. */
  let channel: RpcChannel | undefined;
  let lastAttempt: number | undefined;
  let lastConnected: number | undefined;
  let ready = false;

  const connect = (): void => {
    const client = numbering.nextClient();
    const connection = { client, wave, connectTimeoutMs, reconnects: lastAttempt };
    lastAttempt = client;
    channel = openChannel(numbering.nextTarget(), connection, surroundings, {
      onConnected: () => {
        ready = true;
        if (lastConnected !== undefined) tellReplaced(lastConnected, client, log);
        lastConnected = client;
      },
      onEnd,
    });
  };
  // At once, but only once: whether the server is there at all is for the check to find out.
  const onEnd = ({ stage }: Ending): void => {
    ready = true;
    channel = undefined;
    if (stage === 'connected' && !stopped.aborted) connect();
  };

  connect();
  return {
    request: () => {
      if (ready) tellAndSend(channel, surroundings);
    },
    check: () => {
      if (channel === undefined) connect();
    },
    close: async () => channel?.close(),
  };
};

const tellReplaced = (closed: number, created: number, log: ProgramLog): void =>
  log.tell(
    { event: 'channel-replaced', closed, created } satisfies Telling<ClientApplicationEvent>,
    `close old channel ${closed}, create new channel ${created}`,
  );

const tellAndSend = (
  channel: RpcChannel | undefined,
  { numbering, wave, log }: ConsumerSurroundings,
): void => {
  const request = numbering.nextRequest();
  if (channel?.isOpen() === true) {
    const { client } = channel;
    log.tell({ event: 'request', request, client, wave } satisfies Telling<ClientApplicationEvent>);
    channel.send(request);
    return;
  }
  log.tell({ event: 'request', request, wave } satisfies Telling<ClientApplicationEvent>);
  log.warn({
    event: 'request-ended',
    request,
    outcome: 'not-sent',
  } satisfies Telling<ClientApplicationEvent>);
};
