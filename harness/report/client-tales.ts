import type { Observations } from '../domain/observations.ts';
import type { Connection, ConnectOutcome } from '../domain/tcp.ts';
import { attemptsWords, nameOf, peopleOf } from './client-names.ts';
import { admittedAtMs, type ClientView, clientSegments, limitAt } from './client-views.ts';
import { drewReset } from './ladder.ts';
import { arrivalWords, isRefused, refusalWords, repeatTimes } from './refusal-words.ts';
import { duration, numberRanges, seconds, span, times } from './words.ts';

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
function fateOf({ story, connection, fooled, rejected, place }: ClientView): string {
  const { outcome, end } = story;
  return JSON.stringify([
    outcome.kind,
    outcome.kind === 'timed-out' ? outcome.by : '',
    outcome.kind === 'failed' ? outcome.code : '',
    end?.kind,
    fooled,
    rejected,
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
    who: whoOf(first, group),
    outcome: outcomeWords(group, first.story.outcome),
    why: whyWords(group, first, seen),
  };
}

function whoOf(first: ClientView, group: readonly ClientView[]): string {
  if (group.length > 1)
    return `${whoAre(peopleOf(group))}${attemptsWords(group) || ` (${group.length})`}`;
  const { localPort } = first.story;
  return `client ${nameOf(first)}${localPort === undefined ? '' : `  :${localPort}`}`;
}

const whoAre = (people: readonly number[]): string =>
  `client${people.length === 1 ? '' : 's'} ${numberRanges(people)}`;

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
      const who = outcome.by === 'kernel' ? 'given up by the kernel' : 'by its own connect timeout';
      return [who, ...arrivalWords(group, seen), refusalWords(group, seen)].join('; ');
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
  if (first.rejected) {
    const at = span(group.flatMap(endedAt), seconds);
    return `but no place was left: the server answered the ACK with RST at ${at} s (tcp_abort_on_overflow is 1)`;
  }
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
  return [`the ACK was taken only at ${admitted} s, after a repeated SYN-ACK`];
}

const answerMs = ({ syns }: Connection): number | undefined =>
  syns.find(({ answeredAtMs }) => answeredAtMs !== undefined)?.atMs;

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
  return [`${groupVerb(group, 'waits')} in the accept queue, ${place}${of}`];
}

const groupVerb = (group: readonly unknown[], verb: string): string =>
  group.length === 1 ? verb : verb.replace(/s$/, '');

const ascending = (left: number, right: number): number => left - right;

function fooledWords(group: readonly ClientView[]): readonly string[] {
  const [first] = group;
  if (first?.connection === undefined) return [];
  const { connection } = first;
  const repeats = connection.synAcks.filter(({ retransmission }) => retransmission);
  const acks = droppedWords(connection);
  if (repeats.length === 0) return [`it had answered with a SYN cookie and kept nothing; ${acks}`];
  const at = repeatTimes(group, ({ synAcks }) => synAcks.map(({ atMs }) => atMs)).slice(1);
  return [
    `${acks}, the SYN-ACK repeated at ${at.join(', ')} s`,
    ...probeWords(group),
    ...forgottenWords(group),
  ];
}

/** The segment that drew a RST was not dropped: the server had forgotten the request by then. */
function droppedWords(connection: Connection): string {
  const dropped = clientSegments(connection).filter((atMs) => !drewReset(connection, atMs));
  if (dropped.length === 0) return 'the ACK never came';
  const what = connection.data.length === 0 ? 'the ACK was' : 'ACK and data were';
  return `${what} dropped ${times(dropped.length)}`;
}

/** Probes that the server acknowledged although it had no connection. */
function probeWords(group: readonly ClientView[]): readonly string[] {
  const [first] = group;
  const acknowledged = first?.connection?.bareAcks.some(({ from }) => from === 'server') ?? false;
  if (!acknowledged) return [];
  const at = repeatTimes(group, ({ synAcks, bareAcks }) => [
    ...synAcks.slice(0, 1).map(({ atMs }) => atMs),
    ...bareAcks.filter(({ from }) => from === 'server').map(({ atMs }) => atMs),
  ]).slice(1);
  return [`keepalive was acknowledged all the same at ${at.join(', ')} s`];
}

function forgottenWords(group: readonly ClientView[]): readonly string[] {
  const after = group.flatMap(({ forgottenByMs, connection }) => {
    const firstMs = connection?.synAcks[0]?.atMs;
    return forgottenByMs === undefined || firstMs === undefined ? [] : [forgottenByMs - firstMs];
  });
  return after.length === 0 ? [] : [`forgotten by ${span(after, seconds)} s, without a word`];
}

const endedAt = ({ story: { end } }: ClientView): readonly number[] =>
  end !== undefined && 'atMs' in end ? [end.atMs] : [];

function endWords(group: readonly ClientView[]): readonly string[] {
  const end = group[0]?.story.end;
  const at = `${span(group.flatMap(endedAt), seconds)} s`;
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
    case 'closed-by-client':
      return [`closed it itself at ${at}`];
    case 'timed-out-by-kernel':
      return [`given up by the kernel at ${at}`];
    case 'failed':
      return [`it failed at ${at} (${end.code})`];
  }
}
