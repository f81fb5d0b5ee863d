import type { Connection } from '../../domain/tcp.ts';
import type { ClientView } from '../client-views.ts';
import { isUnanswered } from '../ladder.ts';
import { arrivalOrder } from './arrival-order.ts';
import { pack } from './packed.ts';
import {
  CLIENT_STATUSES,
  type ClientColumns,
  type ClientStatus,
  NO_PACKETS,
} from './page-model.ts';

/** What became of a client, in one word. */
export function statusOf(view: ClientView): ClientStatus {
  const { outcome } = view.story;
  if (outcome.kind === 'connected') return statusOfConnected(view);
  if (outcome.kind !== 'timed-out') return outcome.kind;
  return outcome.by === 'kernel' ? 'kernel-gave-up' : 'gave-up';
}

function statusOfConnected({ story, fooled, rejected, place }: ClientView): ClientStatus {
  if (fooled) return 'fooled';
  if (rejected) return 'rejected';
  if (place !== undefined) return 'waiting';
  switch (story.end?.kind) {
    case 'closed-by-server':
      return 'closed';
    case 'reset-before-data':
    case 'reset-after-data':
      return 'reset';
    default:
      return 'connected';
  }
}

/** More than a byte can tell is told as the most that it can. */
const u8 = (value: number): number => Math.min(value, NO_PACKETS - 1);

export function clientColumns(views: readonly ClientView[]): ClientColumns {
  const column = (of: (view: ClientView) => number): readonly number[] => views.map(of);
  const order = arrivalOrder(views);
  return {
    count: views.length,
    number: pack(
      'u32',
      column(({ story }) => story.client),
    ),
    port: pack(
      'u16',
      column(({ story }) => story.localPort ?? 0),
    ),
    status: pack(
      'u8',
      column((view) => CLIENT_STATUSES.indexOf(statusOf(view))),
    ),
    startedAtMs: pack(
      'f32',
      column(({ story }) => story.startedAtMs),
    ),
    arrived: pack(
      'u32',
      column(({ story }) => order.get(story.client) ?? 0),
    ),
    afterMs: pack(
      'f32',
      column(({ story: { outcome } }) => ('afterMs' in outcome ? outcome.afterMs : Number.NaN)),
    ),
    syns: pack(
      'u8',
      column(({ connection }) =>
        connection === undefined ? NO_PACKETS : u8(connection.syns.length),
      ),
    ),
    refusedSyns: pack(
      'u8',
      column(({ connection }) =>
        connection === undefined ? NO_PACKETS : u8(refusedOf(connection)),
      ),
    ),
    place: pack(
      'u32',
      column(({ place }) => place ?? 0),
    ),
  };
}

const refusedOf = (connection: Connection): number =>
  connection.syns.filter((syn) => isUnanswered(connection, syn)).length;
