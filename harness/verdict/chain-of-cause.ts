/** From one failure of an application down to the counters of the kernel. */
import type { RequestStory } from '../domain/application.ts';
import type { Chain, ChainLink, Failure } from '../domain/incident.ts';
import type { Observations, QueueSample } from '../domain/observations.ts';
import type { RunPlan } from '../domain/plan.ts';
import type { ClientStory, Connection } from '../domain/tcp.ts';
import { growth } from './figures.ts';

/** Each link rests on another kind of evidence; what cannot be told is left out or says so. */
export function chainOfCause(seen: Observations, failure: Failure): Chain {
  const story = seen.clients.find(({ client }) => client === failure.client);
  const connection = story && connectionOf(seen, story);
  const request = seen.application?.requests.find((each) => each.request === failure.request);
  const links = [
    { level: 'application', atMs: failure.atMs, says: failure.says } as const,
    ...(story === undefined ? [] : [connectionLink(story)]),
    ...(connection === undefined ? [noPackets()] : packetLinks(connection)),
    ...(story === undefined ? [] : [serverLink(seen, story, request)]),
    ...(connection === undefined ? [] : queueLinks(seen, connection)),
    ...(connection === undefined ? [] : forgottenLinks(seen, connection)),
    counterLink(seen),
  ];
  return { failure, links };
}

/** Ports may be used again, so that the moment decides too. */
export const connectionOf = (
  { connections }: Observations,
  { localAddress, localPort, startedAtMs }: ClientStory,
): Connection | undefined =>
  connections.findLast(
    ({ clientAddress, clientPort, syns: [first] }) =>
      clientPort === localPort &&
      (localAddress === undefined || clientAddress === localAddress) &&
      first !== undefined &&
      first.atMs >= startedAtMs - CLOCKS_DIFFER_MS &&
      first.atMs <= startedAtMs + SYN_LEAVES_WITHIN_MS,
  );

/** Packets and programs are stamped by two clocks. */
const CLOCKS_DIFFER_MS = 50;
/** connect(2) sends its SYN at once; a program that is not scheduled says so late. */
const SYN_LEAVES_WITHIN_MS = 500;

const ms = (value: number): string =>
  value < 10 ? `${Number(value.toFixed(1))} ms` : `${Math.round(value)} ms`;

function connectionLink(story: ClientStory): ChainLink {
  const { client, localAddress, localPort, outcome, end, startedAtMs, wave } = story;
  const from = localPort === undefined ? '' : ` from ${localAddress ?? ''} port ${localPort}`;
  const begun = `connection ${client} (${wave})${from}`;
  switch (outcome.kind) {
    case 'connected':
      return {
        level: 'connection',
        atMs: startedAtMs,
        says: `${begun}: connected after ${ms(outcome.afterMs)}${endWords(end, startedAtMs)}`,
      };
    case 'timed-out':
      return {
        level: 'connection',
        atMs: startedAtMs,
        says: `${begun}: given up after ${ms(outcome.afterMs)} by ${outcome.by === 'kernel' ? 'the kernel' : 'the client’s own timer'}`,
      };
    case 'unsettled':
      return { level: 'connection', atMs: startedAtMs, says: `${begun}: no outcome` };
    default:
      return {
        level: 'connection',
        atMs: startedAtMs,
        says: `${begun}: ${outcome.kind} after ${ms(outcome.afterMs)}`,
      };
  }
}

function endWords(end: ClientStory['end'], startedAtMs: number): string {
  if (end === undefined || end.kind === 'held') return ', and held';
  return `, ${end.kind.replaceAll('-', ' ')} after ${ms(end.atMs - startedAtMs)}`;
}

const noPackets = (): ChainLink => ({
  level: 'packets',
  atMs: null,
  says: 'no packet of it is in the capture',
});

/** One line for each kind of segment, in order of its first. */
function packetLinks(connection: Connection): readonly ChainLink[] {
  const { syns, synAcks, data, resets, finishes } = connection;
  const fromClient = data.filter(({ from }) => from === 'client');
  const fromServer = data.filter(({ from }) => from === 'server');
  const answered = syns.some(({ answeredAtMs }) => answeredAtMs !== undefined);
  const lines: readonly (readonly [string, readonly { readonly atMs: number }[]])[] = [
    [answered ? 'SYN' : 'SYN, never answered', syns],
    ['SYN-ACK', synAcks],
    ['payload of the client', fromClient],
    ['payload of the server', fromServer],
    ['RST of the server', resets.filter(({ from }) => from === 'server')],
    ['RST of the client', resets.filter(({ from }) => from === 'client')],
    ['FIN of the server', finishes.filter(({ from }) => from === 'server')],
    ['FIN of the client', finishes.filter(({ from }) => from === 'client')],
  ];
  return lines
    .filter(([, segments]) => segments.length > 0)
    .map(([what, segments]) => ({
      level: 'packets' as const,
      atMs: segments[0]?.atMs ?? null,
      says: `${what}${repetition(segments)}`,
    }))
    .sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
}

const MOST_TIMES = 7;

/** When the further ones left, counted from the first. */
function repetition(segments: readonly { readonly atMs: number }[]): string {
  const [first, ...others] = segments;
  if (first === undefined || others.length === 0) return '';
  const shown = others
    .slice(0, MOST_TIMES)
    .map(({ atMs }) => `+${((atMs - first.atMs) / 1_000).toFixed(2)}`);
  const more = others.length > MOST_TIMES ? `, and ${others.length - MOST_TIMES} more` : '';
  return `, again at ${shown.join(', ')} s${more}`;
}

/** What the server program knows of this connection and this request. */
function serverLink(
  { application, plan }: Observations,
  { localAddress, localPort }: ClientStory,
  request: RequestStory | undefined,
): ChainLink {
  const isThis = (peer: { readonly remoteAddress: string; readonly remotePort: number }): boolean =>
    peer.remotePort === localPort &&
    (localAddress === undefined || peer.remoteAddress.endsWith(localAddress));
  const taken = application?.taken.filter(isThis) ?? [];
  const last = taken.at(-1);
  const had =
    last === undefined
      ? 'the server program never had this connection'
      : `the server program ${last.kept ? 'accepted it' : `accepted it and closed it at once: it was at its cap${capWords(plan, last.relay)}`}`;
  const saw =
    request === undefined
      ? ''
      : request.seenAtMs === undefined
        ? `, and never saw request ${request.request}`
        : `, and saw request ${request.request} ${ms(request.seenAtMs - request.startedAtMs)} after it was begun`;
  return { level: 'server', atMs: last?.atMs ?? null, says: `${had}${saw}` };
}

function capWords({ steps }: RunPlan, relay: number): string {
  const started = steps.find(
    (step) => step.kind === 'start-server' && (step.relay ?? 0) === relay && step.program,
  );
  const cap = started?.kind === 'start-server' ? started.program?.options['cap'] : undefined;
  return cap === undefined ? '' : ` of ${cap} connections`;
}

/** The moments at which the kernel decided against it: a refused SYN, or a dropped final ACK. */
function decisiveMoments(connection: Connection): readonly (readonly [string, number])[] {
  const refused = connection.syns.find(({ answeredAtMs }) => answeredAtMs === undefined);
  const again = connection.synAcks.find(({ retransmission }) => retransmission);
  return [
    ...(refused === undefined ? [] : [['when its SYN was refused', refused.atMs] as const]),
    ...(again === undefined ? [] : [['when its SYN-ACK had to be repeated', again.atMs] as const]),
  ];
}

function queueLinks(seen: Observations, connection: Connection): readonly ChainLink[] {
  const limit = seen.announcedLimits.at(-1);
  return decisiveMoments(connection).flatMap(([when, atMs]) => {
    const looks = looksAround(seen.samples, atMs).map(
      (sample) => `${sample.acceptQueueLength} (${lookedWhen(sample.atMs - atMs)})`,
    );
    if (looks.length === 0) return [];
    const of = limit === undefined ? '' : ` of ${limit + 1}`;
    const says = `${when}: places taken in the accept queue${of}: ${looks.join(', ')}`;
    return [
      ...standstill(seen, atMs, when),
      { level: 'queue' as const, atMs, says },
      ...counted(seen, atMs, when),
    ];
  });
}

/** A RST to a client of whom the server knows nothing: its request, if there was one, is forgotten. */
function forgottenLinks(
  { samples }: Observations,
  { synAcks, data, bareAcks, finishes, resets }: Connection,
): readonly ChainLink[] {
  const reset = resets.find(({ from }) => from === 'server');
  const had = [...data, ...bareAcks, ...finishes].some(({ from }) => from === 'server');
  if (reset === undefined || had || synAcks.length === 0) return [];
  const look = lastBefore(samples, reset.atMs, 'synQueueLength');
  if (look === undefined) return [];
  const says = `when it was reset: requests in the SYN queue: ${look.synQueueLength} (${lookedWhen(look.atMs - reset.atMs)})`;
  return [{ level: 'queue', atMs: reset.atMs, says }];
}

/** Why nobody accepted: of several servers nobody knows which one it was. */
function standstill(
  { application }: Observations,
  atMs: number,
  when: string,
): readonly ChainLink[] {
  const [only = [], ...others] = application?.blocked ?? [];
  const span = only.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs <= (untilMs ?? Infinity));
  if (span === undefined || others.length > 0) return [];
  const { fromMs, untilMs, why } = span;
  const until = untilMs === null ? 'the end' : `${ms(untilMs - atMs)} after`;
  const says = `${when}: its event loop stood still (${why}), from ${ms(atMs - fromMs)} before until ${until}`;
  return [{ level: 'server', atMs: fromMs, says }];
}

/** The last look before that moment and the first after it: between them the queue may have filled. */
const looksAround = (samples: readonly QueueSample[], atMs: number): readonly QueueSample[] =>
  [
    lastBefore(samples, atMs, 'acceptQueueLength'),
    samples.find((sample) => sample.atMs > atMs && sample.acceptQueueLength !== undefined),
  ].flatMap((sample) => sample ?? []);

const lookedWhen = (laterMs: number): string =>
  laterMs > 0 ? `${ms(laterMs)} after` : `${ms(-laterMs)} before`;

/** By how much the server's counters moved in between the samples before and after that moment. */
function counted(seen: Observations, atMs: number, when: string): readonly ChainLink[] {
  const before = lastBefore(seen.samples, atMs, 'listenOverflows');
  const after = seen.samples.find(
    (sample) => sample.atMs >= atMs && sample.listenOverflows !== undefined,
  );
  if (before?.listenOverflows === undefined || after?.listenOverflows === undefined) return [];
  const grown = after.listenOverflows - before.listenOverflows;
  const says = `${when}: ListenOverflows rose by ${grown} within ${ms(after.atMs - before.atMs)}`;
  return [{ level: 'counters', atMs: after.atMs, says }];
}

const lastBefore = (
  samples: readonly QueueSample[],
  atMs: number,
  field: 'acceptQueueLength' | 'synQueueLength' | 'listenOverflows',
): QueueSample | undefined =>
  samples.findLast((sample) => sample.atMs <= atMs && sample[field] !== undefined);

function counterLink(seen: Observations): ChainLink {
  const overflows = growth(seen, 'server', 'ListenOverflows');
  const drops = growth(seen, 'server', 'ListenDrops');
  return {
    level: 'counters',
    atMs: null,
    says: `in the whole run ListenOverflows rose by ${overflows ?? 'an unknown number'} and ListenDrops by ${drops ?? 'an unknown number'}`,
  };
}
