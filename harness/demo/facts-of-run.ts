/** What a page says of a run, drawn from its evidence. */
import type { Observations } from '../domain/observations.ts';
import { type ClientView, viewClients } from '../report/client-views.ts';
import { type LadderRow, ladderOf } from '../report/ladder.ts';
import { closing, synQueueLengthAt } from '../verdict/figures.ts';
import type { QueueLengths } from './queues-picture.ts';
import type { DemoStep } from './step.ts';
import type { Tally } from './texts/texts.ts';

export function tallyOf({ clients }: Observations, views: readonly ClientView[]): Tally {
  const outcomes = (kind: string): number =>
    clients.filter(({ outcome }) => outcome.kind === kind).length;
  return {
    connected: outcomes('connected'),
    timedOut: outcomes('timed-out'),
    refused: outcomes('refused') + outcomes('reset'),
    reset: clients.filter(({ end }) => end?.kind.startsWith('reset-') === true).length,
    fooled: views.filter(({ fooled }) => fooled).length,
    closedByServer: clients.filter(({ end }) => end?.kind === 'closed-by-server').length,
  };
}

/** The queues at the closing snapshot; undefined where nothing listened then. */
export function queuesAtEnd(seen: Observations): QueueLengths | undefined {
  const listener = closing(seen)?.listener;
  return listener === undefined
    ? undefined
    : {
        synQueue: synQueueLengthAt(closing(seen)),
        acceptQueue: listener.acceptQueueLength,
        places: listener.acceptQueueLimit + 1,
      };
}

export interface ClientLadder {
  readonly client: number;
  readonly rows: readonly LadderRow[];
}

/** The packets of the first client that the step is about, or of the first at all. */
export function ladderFor(
  { interest }: DemoStep,
  seen: Observations,
  views: readonly ClientView[] = viewClients(seen),
): ClientLadder | undefined {
  const captured = views.filter(({ connection }) => connection !== undefined);
  const view = captured.find(interest) ?? captured[0];
  if (view?.connection === undefined) return undefined;
  const { story, connection, fooled, forgottenByMs } = view;
  const rows = ladderOf(connection, {
    story,
    fooled,
    gated: seen.plan.steps.some((step) => step.kind === 'gate' && step.closed),
    ...(forgottenByMs === undefined ? {} : { forgottenByMs }),
  });
  return { client: story.client, rows };
}
