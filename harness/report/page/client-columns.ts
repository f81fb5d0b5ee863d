import type { ClientView } from '../client-views.ts';
import { pack } from './packed.ts';
import { CLIENT_STATUSES, type ClientColumns, type ClientStatus } from './page-model.ts';

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
  return story.end?.kind === 'closed-by-server' ? 'closed' : 'connected';
}

/** More than a byte or two bytes can tell is told as the most that they can. */
const atMost =
  (most: number) =>
  (value: number): number =>
    Math.min(value, most);
const u8 = atMost(0xff);

export function clientColumns(views: readonly ClientView[]): ClientColumns {
  const column = (of: (view: ClientView) => number): readonly number[] => views.map(of);
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
    afterMs: pack(
      'f32',
      column(({ story: { outcome } }) => ('afterMs' in outcome ? outcome.afterMs : Number.NaN)),
    ),
    syns: pack(
      'u8',
      column(({ connection }) => u8(connection?.syns.length ?? 0)),
    ),
    refusedSyns: pack(
      'u8',
      column(({ connection }) => u8(refusedOf(connection))),
    ),
    place: pack(
      'u32',
      column(({ place }) => place ?? 0),
    ),
  };
}

const refusedOf = (connection: ClientView['connection']): number =>
  connection?.syns.filter(({ answeredAtMs }) => answeredAtMs === undefined).length ?? 0;
