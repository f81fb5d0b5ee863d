import type { Observations } from '../domain/observations.ts';
import type { ClientView } from './client-views.ts';
import { type LadderRow, ladderOf } from './ladder.ts';
import { onlyAcceptQueueOverflowed } from './refusal-words.ts';

/** The packets of one client, and whose they are. */
export interface ChosenLadder {
  readonly client: number;
  /** As it stands in the capture. */
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly rows: readonly LadderRow[];
  /** What refused SYNs met, as far as the server's counters tell. */
  readonly acceptQueueFull: boolean;
}

/**
 * The packets of that client, or of the one from whom there is most to learn. Undefined when the
 * capture has none of them.
 */
export function chooseLadder(
  views: readonly ClientView[],
  seen: Observations,
  client?: number,
): ChosenLadder | undefined {
  const view =
    client === undefined
      ? mostInteresting(views)
      : views.find(({ story }) => story.client === client);
  if (view?.connection === undefined) return undefined;
  const { story, connection, fooled, forgottenByMs } = view;
  const { clientAddress, clientPort, serverAddress } = connection;
  const rows = ladderOf(connection, {
    story,
    fooled,
    gated: seen.plan.steps.some((step) => step.kind === 'gate' && step.closed),
    ...(forgottenByMs === undefined ? {} : { forgottenByMs }),
  });
  const serverPort = seen.plan.network.port;
  return {
    client: story.client,
    ...{ clientAddress, clientPort, serverAddress, serverPort, rows },
    acceptQueueFull: onlyAcceptQueueOverflowed(seen),
  };
}

/** Most interesting first. */
const INTERESTS: readonly ((view: ClientView) => boolean)[] = [
  ({ fooled }) => fooled,
  ({ story }) => story.outcome.kind === 'timed-out',
  ({ story }) => story.outcome.kind !== 'connected',
  ({ story }) => story.end?.kind !== 'held' && story.end?.kind !== 'read-timed-out',
  ({ connection }) => (connection?.syns.length ?? 0) > 1,
  () => true,
];

/** Of the most interesting kind the one with the longest handshake, so that there is much to see. */
function mostInteresting(views: readonly ClientView[]): ClientView | undefined {
  const captured = views.filter(({ connection }) => connection !== undefined);
  const kind = INTERESTS.find((interesting) => captured.some(interesting));
  if (kind === undefined) return undefined;
  return captured
    .filter(kind)
    .reduce((best, view) => (handshakeSegments(view) > handshakeSegments(best) ? view : best));
}

const handshakeSegments = ({ connection }: ClientView): number =>
  (connection?.syns.length ?? 0) + (connection?.synAcks.length ?? 0);
