/** What every server program of the incidents is told and tells: where it listens, whom it accepts. */
import type { Server, Socket } from 'node:net';
import { readAcceptQueueLimit } from './accept-queue-limit.ts';
import { address, whole, wholeOrNone } from './kit/options.ts';
import type { ProgramLog } from './kit/program-log.ts';
import { LARGEST_BACKLOG } from './server-options.ts';

export const listenOptions = (backlog: string) => ({
  host: address('127.0.0.1'),
  port: whole(0, 65_535, 0),
  backlog: wholeOrNone(1, LARGEST_BACKLOG, backlog),
});

/** Their lines of --help. */
export const LISTEN_HELP = `  --host ADDRESS       numeric IPv4 or IPv6 address to listen on (default 127.0.0.1)
  --port PORT          0 lets the kernel choose one (default 0)
  --backlog N          argument of listen(2), at least 1; none: leave it to Node, which takes 511
  --help               this text
`;

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly backlog: number | null;
}

/** Resolves when the server listens and has said so (`listening`, the ready line). */
export const listen = (
  server: Server,
  { host, port, backlog }: ListenOptions,
  log: ProgramLog,
): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ...(backlog === null ? {} : { backlog }) }, () => {
      tellListening(server, { host, backlog }, log);
      resolve();
    });
  });

/** In the same turn as listen(2), before the loop can accept anybody. */
export const tellListening = (
  server: Pick<Server, 'address'>,
  { host, backlog }: Pick<ListenOptions, 'host' | 'backlog'>,
  log: ProgramLog,
): void => {
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const acceptQueueLimit = readAcceptQueueLimit(host, port);
  log.tell(
    { event: 'listening', address: host, port, backlog, acceptQueueLimit },
    `listening on ${host} port ${port}, accept queue limited to ${acceptQueueLimit ?? 'unknown'}`,
  );
  log.flush();
};

/** Who is at the other end, in the words of an event. */
export const peerOf = ({ remoteAddress, remotePort }: Partial<Socket>) => ({
  remoteAddress: remoteAddress ?? '',
  remotePort: remotePort ?? 0,
});
