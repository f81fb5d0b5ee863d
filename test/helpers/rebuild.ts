import type { Connection } from '../../harness/domain/tcp.ts';
import { rebuildConnections } from '../../harness/evidence/connections.ts';
import type { TcpSegment } from '../../harness/evidence/tcp-segment.ts';
import { SERVER_PORT, talk, toMs } from './tcp-talk.ts';

const { client, server } = talk();

export const HANDSHAKE: readonly TcpSegment[] = [
  client('S', 0),
  server('S.', 0.1),
  client('.', 0.2),
];

export const rebuild = (segments: readonly TcpSegment[]): Connection[] =>
  rebuildConnections(segments, { serverPort: SERVER_PORT, toMs });

/** For segments of a single attempt. */
export function rebuildOne(...segments: readonly TcpSegment[]): Connection {
  const [connection, ...others] = rebuild(segments);
  if (connection === undefined || others.length > 0) throw new Error(`${others.length} others`);
  return connection;
}
