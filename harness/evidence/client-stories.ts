import type { ClientStory, ConnectionEnd, ConnectOutcome } from '../domain/tcp.ts';
import type { SwarmEvent } from '../domain/wire.ts';

type ToMs = (monotonicMs: number) => number;
type EventOfClient = Extract<SwarmEvent, { readonly client: number }>;
type Attempt = Extract<SwarmEvent, { readonly event: 'attempt' }>;

const isOfClient = (event: SwarmEvent): event is EventOfClient => 'client' in event;
const isAttempt = (event: SwarmEvent): event is Attempt => event.event === 'attempt';

const outcomeOf = (event: EventOfClient, afterMs: number): ConnectOutcome | undefined => {
  switch (event.event) {
    case 'connected':
    case 'refused':
      return { kind: event.event, afterMs };
    case 'timed-out':
      return { kind: 'timed-out', afterMs, by: event.by };
    case 'reset':
      return event.stage === 'connecting' ? { kind: 'reset', afterMs } : undefined;
    case 'failed':
      return event.stage === 'connecting'
        ? { kind: 'failed', afterMs, code: event.code }
        : undefined;
    default:
      return undefined;
  }
};

const endOf = (event: EventOfClient, atMs: number): ConnectionEnd | undefined => {
  switch (event.event) {
    case 'read-timed-out':
    case 'closed-by-server':
    case 'closed-by-client':
    case 'timed-out-by-kernel':
      return { kind: event.event, atMs };
    case 'reset':
      return event.stage === 'connecting' ? undefined : { kind: `reset-${event.stage}`, atMs };
    case 'failed':
      return event.stage === 'connected' ? { kind: 'failed', atMs, code: event.code } : undefined;
    default:
      return undefined;
  }
};

/**
 * How a connection ended, the softer first: held, read timed out, and then whatever closed it
 * (reset, closed by the server, timed out by the kernel, failed). A read timeout leaves the socket
 * open, so a harder end may follow and takes its place; of the harder ones the first is the end.
 */
const tellEnd = (events: readonly EventOfClient[], toMs: ToMs): ConnectionEnd => {
  let end: ConnectionEnd = { kind: 'held' };
  for (const event of events) {
    const next = endOf(event, toMs(event.monotonicMs));
    if (next === undefined) continue;
    if (next.kind !== 'read-timed-out') return next;
    if (end.kind === 'held') end = next;
  }
  return end;
};

const tellAddress = (
  events: readonly EventOfClient[],
): Pick<ClientStory, 'localAddress' | 'localPort'> => {
  for (const event of events) {
    if (!('localPort' in event) || event.localPort === undefined) continue;
    const { localAddress, localPort } = event;
    return localAddress === undefined ? { localPort } : { localAddress, localPort };
  }
  return {};
};

const tellOutcome = (
  attempt: Attempt,
  events: readonly EventOfClient[],
): { outcome: ConnectOutcome; later: readonly EventOfClient[] } => {
  for (const [index, event] of events.entries()) {
    const outcome = outcomeOf(event, event.monotonicMs - attempt.monotonicMs);
    if (outcome !== undefined) return { outcome, later: events.slice(index + 1) };
  }
  return { outcome: { kind: 'unsettled' }, later: [] };
};

const bytesOf = (events: readonly EventOfClient[], kind: 'sent' | 'received'): number =>
  events.reduce((sum, event) => sum + (event.event === kind ? event.bytes : 0), 0);

const tellBytes = (
  events: readonly EventOfClient[],
): Pick<ClientStory, 'sentBytes' | 'receivedBytes'> => {
  const sentBytes = bytesOf(events, 'sent');
  const receivedBytes = bytesOf(events, 'received');
  return {
    ...(sentBytes === 0 ? {} : { sentBytes }),
    ...(receivedBytes === 0 ? {} : { receivedBytes }),
  };
};

const tellStory = (attempt: Attempt, events: readonly EventOfClient[], toMs: ToMs): ClientStory => {
  const { outcome, later } = tellOutcome(attempt, events);
  const { client, wave, reconnects } = attempt;
  return {
    client,
    wave,
    ...(reconnects === undefined ? {} : { reconnects }),
    ...tellAddress(events),
    startedAtMs: toMs(attempt.monotonicMs),
    outcome,
    ...(outcome.kind === 'connected' ? { end: tellEnd(later, toMs) } : {}),
    ...tellBytes(later),
  };
};

const describeClients = (clients: readonly number[]): string =>
  clients.length > 5 ? `${clients.slice(0, 5).join(', ')}, ...` : clients.join(', ');

const problemsOf = (clients: readonly number[], what: string): string[] =>
  clients.length === 0
    ? []
    : [`${what}: ${clients.length} of the clients (${describeClients(clients)}).`];

const groupByClient = (events: readonly EventOfClient[]): Map<number, EventOfClient[]> => {
  const byClient = new Map<number, EventOfClient[]>();
  for (const event of events) {
    const group = byClient.get(event.client);
    if (group === undefined) byClient.set(event.client, [event]);
    else group.push(event);
  }
  return byClient;
};

/**
 * One story per client, by number, from the swarm's events in order of time. The outcome is the
 * first of connected, timed-out, refused, reset or failed while connecting; without one the
 * attempt is unsettled. Problems: events of a client that never attempted (it has no story), and a
 * second attempt under the same number (only the first is told).
 */
export const tellClientStories = (
  events: readonly SwarmEvent[],
  toMs: ToMs,
): { clients: ClientStory[]; problems: string[] } => {
  const clients: ClientStory[] = [];
  const withoutAttempt: number[] = [];
  const withSeveral: number[] = [];
  for (const [client, told] of groupByClient(events.filter(isOfClient))) {
    const [attempt, again] = told.filter(isAttempt);
    if (attempt === undefined) withoutAttempt.push(client);
    else clients.push(tellStory(attempt, told, toMs));
    if (again !== undefined) withSeveral.push(client);
  }
  return {
    clients: clients.sort((a, b) => a.client - b.client),
    problems: [
      ...problemsOf(withoutAttempt, 'Events without an attempt'),
      ...problemsOf(withSeveral, 'More than one attempt under one number'),
    ],
  };
};
