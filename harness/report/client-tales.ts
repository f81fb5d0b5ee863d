import type { Observations } from '../domain/observations.ts';
import type { Connection, ConnectOutcome } from '../domain/tcp.ts';
import { growth } from '../verdict/figures.ts';
import { admittedAtMs, type ClientView, clientSegments, limitAt } from './client-views.ts';
import { count, duration, numberRanges, seconds, span, times } from './words.ts';

/** What became of one client, or of several to whom the same happened. */
export interface Tale {
  readonly clients: readonly number[];
  readonly who: string;
  readonly outcome: string;
  readonly why: string;
}

const MOST_SINGLE_CLIENTS = 12;

/** One tale a client; clients with equal tales share one when there are many. */
export function tellTales(views: readonly ClientView[], seen: Observations): readonly Tale[] {
  if (views.length <= MOST_SINGLE_CLIENTS) return views.map((view) => tellTale([view], seen));
  const groups = new Map<string, ClientView[]>();
  for (const view of views) {
    const fate = fateOf(view);
    const group = groups.get(fate);
    if (group === undefined) groups.set(fate, [view]);
    else group.push(view);
  }
  return [...groups.values()].map((group) => tellTale(group, seen));
}

/** Equal for clients whose tales differ in times and places only. */
function fateOf({ story, connection, fooled, place }: ClientView): string {
  const { outcome, end } = story;
  return JSON.stringify([
    outcome.kind,
    outcome.kind === 'timed-out' ? outcome.by : '',
    outcome.kind === 'failed' ? outcome.code : '',
    end?.kind,
    fooled,
    place !== undefined,
    connection?.syns.map(({ answeredAtMs }) => answeredAtMs !== undefined),
    connection?.synAcks.length,
  ]);
}

function tellTale(group: readonly ClientView[], seen: Observations): Tale {
  const [first] = group;
  const clients = group.map(({ story }) => story.client);
  if (first === undefined) return { clients, who: '', outcome: '', why: '' };
  return {
    clients,
    who: whoOf(first, clients),
    outcome: outcomeWords(group, first.story.outcome),
    why: whyWords(group, first, seen),
  };
}

function whoOf({ story }: ClientView, clients: readonly number[]): string {
  if (clients.length > 1) return `clients ${numberRanges(clients)} (${clients.length})`;
  const port = story.localPort === undefined ? '' : `  :${story.localPort}`;
  return `client ${story.client}${port}`;
}

function outcomeWords(group: readonly ClientView[], outcome: ConnectOutcome): string {
  const after = afterWords(group);
  switch (outcome.kind) {
    case 'connected':
      return `connected after ${after}`;
    case 'timed-out':
      return `timed out after ${after}`;
    case 'refused':
      return `refused after ${after}`;
    case 'reset':
      return `reset after ${after}`;
    case 'failed':
      return `failed after ${after} (${outcome.code})`;
    case 'unsettled':
      return 'undecided when the run ended';
  }
}

const afterWords = (group: readonly ClientView[]): string =>
  span(
    group.flatMap(({ story: { outcome } }) => ('afterMs' in outcome ? [outcome.afterMs] : [])),
    duration,
  );

function whyWords(group: readonly ClientView[], first: ClientView, seen: Observations): string {
  const { outcome } = first.story;
  switch (outcome.kind) {
    case 'connected':
      return connectedWords(group, first, seen);
    case 'timed-out': {
      const who = outcome.by === 'kernel' ? 'its kernel gave up' : 'by its own timer';
      return `${who}; ${refusalWords(group, seen)}`;
    }
    case 'refused':
      return 'the server answered its SYN with RST: nobody listens there';
    case 'reset':
      return 'the server sent RST before connect(2) was done';
    case 'failed':
      return 'on its own machine: this says nothing about the server';
    case 'unsettled':
      return refusalWords(group, seen);
  }
}

function connectedWords(
  group: readonly ClientView[],
  first: ClientView,
  seen: Observations,
): string {
  const parts = first.fooled
    ? ['but the server has no such connection', ...fooledWords(group)]
    : [...lateWords(group, seen), ...placeWords(group, seen)];
  return [...parts, ...endWords(group)].join('; ');
}

/** Why it took a client so long: refused SYNs, or an ACK that came late. */
function lateWords(group: readonly ClientView[], seen: Observations): readonly string[] {
  const connection = group[0]?.connection;
  if (connection === undefined) return [];
  if (connection.syns.some(isRefused)) {
    const answered = span(group.flatMap(sinceFirstSyn(answerMs)), seconds);
    return [`${refusalWords(group, seen)}; the SYN at ${answered} s was answered`];
  }
  if (connection.synAcks.length < 2) return [];
  const admitted = span(group.flatMap(sinceFirstSyn(admittedAtMs)), seconds);
  return [`the server took its ACK only at ${admitted} s, after it had repeated the SYN-ACK`];
}

const answerMs = ({ syns }: Connection): number | undefined =>
  syns.find(({ answeredAtMs }) => answeredAtMs !== undefined)?.atMs;

const isRefused = ({ answeredAtMs }: { readonly answeredAtMs?: number }): boolean =>
  answeredAtMs === undefined;

const sinceFirstSyn =
  (pick: (connection: Connection) => number | undefined) =>
  ({ connection }: ClientView): readonly number[] => {
    const atMs = connection && pick(connection);
    return connection === undefined || atMs === undefined
      ? []
      : [atMs - (connection.syns[0]?.atMs ?? connection.synAcks[0]?.atMs ?? atMs)];
  };

function placeWords(group: readonly ClientView[], seen: Observations): readonly string[] {
  const places = group.flatMap(({ place }) => (place === undefined ? [] : [place]));
  if (places.length === 0) return [];
  const limit = limitAt(seen, Infinity);
  const of = limit === undefined ? '' : ` of ${limit + 1}`;
  const place = `${places.length === 1 ? 'place' : 'places'} ${numberRanges(places.sort(ascending))}`;
  return [`waits in the accept queue (${place}${of}), since the server never accepts`];
}

const ascending = (left: number, right: number): number => left - right;

function fooledWords(group: readonly ClientView[]): readonly string[] {
  const [first] = group;
  if (first?.connection === undefined) return [];
  const { connection } = first;
  const repeats = connection.synAcks.filter(({ retransmission }) => retransmission);
  if (repeats.length === 0) return ['it answered with a SYN cookie and kept nothing'];
  const dropped = clientSegments(connection).length;
  const at = repeatTimes(group, ({ synAcks }) => synAcks.map(({ atMs }) => atMs)).slice(1);
  return [
    `its ACK was dropped ${times(dropped)}, the SYN-ACK repeated at ${at.join(', ')} s`,
    ...forgottenWords(group),
  ];
}

function forgottenWords(group: readonly ClientView[]): readonly string[] {
  const after = group.flatMap(({ forgottenByMs, connection }) => {
    const firstMs = connection?.synAcks[0]?.atMs;
    return forgottenByMs === undefined || firstMs === undefined ? [] : [forgottenByMs - firstMs];
  });
  return after.length === 0 ? [] : [`forgotten by ${span(after, seconds)} s, without a word`];
}

/** The same segment of each client as a span of seconds since the client's first one. */
function repeatTimes(
  group: readonly ClientView[],
  pick: (connection: Connection) => readonly number[],
): readonly string[] {
  const all = group.flatMap(({ connection }) =>
    connection === undefined ? [] : [pick(connection)],
  );
  return (all[0] ?? []).map((_, index) =>
    span(
      all.map((sent) => (sent[index] ?? 0) - (sent[0] ?? 0)),
      seconds,
    ),
  );
}

function refusalWords(group: readonly ClientView[], seen: Observations): string {
  const connection = group[0]?.connection;
  const refused = connection?.syns.filter(isRefused) ?? [];
  const first = refused[0];
  if (first === undefined) return 'the capture has no SYN of it';
  const at = repeatTimes(group, ({ syns }) => syns.map(({ atMs }) => atMs)).slice(
    0,
    refused.length,
  );
  const moments =
    at.length > MOST_MOMENTS ? [...at.slice(0, MOST_MOMENTS - 1), '...', at.at(-1)] : at;
  return `its SYN was refused ${times(refused.length)} (at ${moments.join(', ')} s), ${causeOfRefusal(seen, first.atMs)}`;
}

const MOST_MOMENTS = 5;

/** As the server's counters tell it; a kernel before 3.8 does not count refused SYNs. */
export function causeOfRefusal(seen: Observations, atMs: number): string {
  const overflows = growth(seen, 'server', 'ListenOverflows') ?? 0;
  const beyond = (growth(seen, 'server', 'ListenDrops') ?? 0) - overflows;
  if (overflows > 0 && beyond > 0) {
    return `because a queue was full (the accept queue ${times(overflows)} in all, the SYN queue ${times(beyond)})`;
  }
  if (overflows > 0) {
    const limit = limitAt(seen, atMs);
    const fill = limit === undefined ? '' : ` (${limit + 1} of ${limit + 1})`;
    return `because the accept queue was full${fill}`;
  }
  return beyond > 0 ? 'because the SYN queue was full' : 'and no counter says why';
}

function endWords(group: readonly ClientView[]): readonly string[] {
  const end = group[0]?.story.end;
  const at = `${span(
    group.flatMap(({ story }) =>
      story.end !== undefined && 'atMs' in story.end ? [story.end.atMs] : [],
    ),
    seconds,
  )} s`;
  switch (end?.kind) {
    case undefined:
    case 'held':
      return [];
    case 'read-timed-out':
      return [`no byte came: read timed out at ${at}`];
    case 'reset-before-data':
    case 'reset-after-data':
      return [`the server reset it at ${at}`];
    case 'closed-by-server':
      return [`the server closed it at ${at}`];
    case 'timed-out-by-kernel':
      return [`its kernel gave it up at ${at}`];
    case 'failed':
      return [`it failed at ${at} (${end.code})`];
  }
}

/** The run in one to three sentences, for the head of a report. */
export function inShort(views: readonly ClientView[], seen: Observations): readonly string[] {
  const waiting = views.filter(({ place }) => place !== undefined);
  const fooled = views.filter((view) => view.fooled);
  const timedOut = views.filter(({ story }) => story.outcome.kind === 'timed-out');
  return [
    ...say(
      waiting,
      (are) =>
        `${are} connected and ${waiting.length === 1 ? 'waits' : 'wait'} in the accept queue.`,
    ),
    ...say(fooled, (are) => `${are} fooled: connected, but the server has no such connection.`),
    ...say(
      timedOut,
      (are) => `${are.replace(/ (is|are)$/, '')} timed out: ${whyTimedOut(timedOut, seen)}.`,
    ),
  ];
}

const say = (
  group: readonly ClientView[],
  sentence: (are: string) => string,
): readonly string[] => {
  if (group.length === 0) return [];
  const numbers = numberRanges(group.map(({ story }) => story.client));
  return [sentence(group.length === 1 ? `Client ${numbers} is` : `Clients ${numbers} are`)];
};

function whyTimedOut(group: readonly ClientView[], seen: Observations): string {
  const syns = group.flatMap(({ connection }) => connection?.syns ?? []);
  const [first] = syns;
  if (first === undefined) return 'no SYN of it was captured';
  const sent = span(
    group.map(({ connection }) => connection?.syns.length ?? 0),
    String,
  );
  const whose = group.length === 1 ? `its ${count(syns.length, 'SYN')}` : `their ${sent} SYNs each`;
  return `the server answered none of ${whose}, ${causeOfRefusal(seen, first.atMs)}`;
}
