/**
 * Why some clients of a run timed out and the others did not, in figures: a page makes sentences of
 * them. There is an explanation only where the evidence bears out each of these sentences.
 */
import type { Observations } from '../../domain/observations.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { closing, growth, refusedSyns } from '../../verdict/figures.ts';
import { admittedAtMs, type ClientView } from '../client-views.ts';
import { numberRanges } from '../words.ts';
import { arrivalOrder } from './arrival-order.ts';

/** Some clients, as a reader names them. */
export interface SomeClients {
  readonly count: number;
  /** `1-3` */
  readonly numbers: string;
}

export type Span = readonly [least: number, most: number];

export interface OverflowExplanation {
  readonly backlog: number;
  readonly somaxconn: number;
  /** The accept queue counts as full above it. */
  readonly limit: number;
  readonly places: number;
  readonly clients: number;
  /** Those who have the places. */
  readonly waiting: SomeClients;
  /** Those of whose SYNs the server answered none. */
  readonly refused: SomeClients;
  /** As which ones, of all clients, the first SYNs of these arrived: `4`. */
  readonly arrivedAs: string;
  /** How many SYNs each of them sent. */
  readonly syns: Span;
  /** When they sent them again, since the first; empty when they did so at different times. */
  readonly repeatedAfterMs: readonly Span[];
  readonly gaveUpAfterMs: Span;
  readonly gaveUpBy: 'own-timer' | 'kernel';
  /** Growth of ListenOverflows: one for each of their SYNs. */
  readonly overflows: number;
  /** The clients one by one, those who wait in the order of their places; null: too many to draw. */
  readonly drawn: {
    readonly waiting: readonly number[];
    readonly refused: readonly number[];
  } | null;
}

/** So many clients fit into a drawing. */
const MOST_DRAWN = 12;

/** Null where this run is another story, or the evidence leaves a doubt. */
export function explainOverflow(
  views: readonly ClientView[],
  seen: Observations,
  { kind, ledger }: Pick<Verdict, 'kind' | 'ledger'>,
): OverflowExplanation | null {
  const limits = limitsOf(seen);
  const waiting = views.filter(({ place }) => place !== undefined).sort(byPlace);
  const refused = views.filter(isNeverAnswered);
  const gaveUp = givenUp(refused);
  const isSure = (kind === 'confirmed' || kind === 'outdated') && ledger.balanced;
  if (!isSure || limits === undefined || gaveUp === undefined) return null;
  const { places } = limits;
  const isAll = waiting.length === places && places + refused.length === views.length;
  if (!isAll || !isCounted(seen) || !cameLate(waiting, refused)) return null;
  const order = arrivalOrder(views);
  const ranks = refused.map(({ story }) => order.get(story.client) ?? 0).sort(ascending);
  const syns = refused.map(({ connection }) => connection?.syns.length ?? 0);
  return {
    ...limits,
    clients: views.length,
    waiting: named(waiting),
    refused: named(refused),
    arrivedAs: numberRanges(ranks),
    syns: spanOf(syns),
    repeatedAfterMs: repetitions(refused),
    ...gaveUp,
    overflows: refusedSyns(seen),
    drawn:
      views.length > MOST_DRAWN
        ? null
        : { waiting: waiting.map(numberOf), refused: refused.map(numberOf) },
  };
}

const SOMAXCONN = 'net.core.somaxconn';

/** Of the one listener that never accepted: full in the end, and its limit the same all the time. */
function limitsOf(
  seen: Observations,
): Pick<OverflowExplanation, 'backlog' | 'somaxconn' | 'limit' | 'places'> | undefined {
  const { plan, accepted, servers, ownServer, announcedLimits } = seen;
  const listener = closing(seen)?.listener;
  const { backlog } = plan.parameters;
  const somaxconn = Number(
    seen.sysctls.find(({ host, key }) => host === 'server' && key === SOMAXCONN)?.found ??
      Number.NaN,
  );
  if (accepted > 0 || servers.length > 1 || ownServer !== undefined) return undefined;
  if (listener === undefined) return undefined;
  const { acceptQueueLimit: limit, acceptQueueLength } = listener;
  const isAsAsked = [...announcedLimits, Math.min(backlog, somaxconn)].every(
    (each) => each === limit,
  );
  const places = limit + 1;
  return isAsAsked && acceptQueueLength === places
    ? { backlog, somaxconn, limit, places }
    : undefined;
}

/** No SYN-ACK and no RST: it timed out, and never tried anew. */
const isNeverAnswered = ({ story, connection }: ClientView): boolean =>
  story.outcome.kind === 'timed-out' &&
  story.reconnects === undefined &&
  connection?.state === 'unanswered' &&
  connection.resets.length === 0;

function givenUp(
  refused: readonly ClientView[],
): Pick<OverflowExplanation, 'gaveUpAfterMs' | 'gaveUpBy'> | undefined {
  const ends = refused.flatMap(({ story: { outcome } }) =>
    outcome.kind === 'timed-out' ? [outcome] : [],
  );
  const gaveUpBy = ends[0]?.by;
  return gaveUpBy === undefined || ends.some(({ by }) => by !== gaveUpBy)
    ? undefined
    : { gaveUpBy, gaveUpAfterMs: spanOf(ends.map(({ afterMs }) => afterMs)) };
}

/** The server's kernel says itself that each of these SYNs met a full accept queue. */
function isCounted(seen: Observations): boolean {
  const overflows = growth(seen, 'server', 'ListenOverflows');
  return overflows === refusedSyns(seen) && overflows === growth(seen, 'server', 'ListenDrops');
}

/** All places were taken before the first of them came. */
function cameLate(waiting: readonly ClientView[], refused: readonly ClientView[]): boolean {
  const [, fullMs] = spanOf(waiting.map(({ connection }) => admittedAtMs(connection) ?? Infinity));
  return refused.every(({ connection }) => (connection?.syns[0]?.atMs ?? -Infinity) >= fullMs);
}

function repetitions(refused: readonly ClientView[]): readonly Span[] {
  const sent = refused.map(({ connection }) => (connection?.syns ?? []).map(({ atMs }) => atMs));
  const [first = []] = sent;
  if (sent.some(({ length }) => length !== first.length)) return [];
  return first
    .slice(1)
    .map((_, index) => spanOf(sent.map((times) => (times[index + 1] ?? 0) - (times[0] ?? 0))));
}

const spanOf = (values: readonly number[]): Span => [
  values.reduce((one, other) => Math.min(one, other), Infinity),
  values.reduce((one, other) => Math.max(one, other), -Infinity),
];

const byPlace = (one: ClientView, other: ClientView): number =>
  (one.place ?? 0) - (other.place ?? 0);

const ascending = (one: number, other: number): number => one - other;

const numberOf = ({ story }: ClientView): number => story.client;

const named = (views: readonly ClientView[]): SomeClients => ({
  count: views.length,
  numbers: numberRanges(views.map(numberOf).sort(ascending)),
});
