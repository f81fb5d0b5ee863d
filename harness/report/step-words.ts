import type { Condition, ProgramOptions, Step } from '../domain/plan.ts';
import type { Arrivals, ClientBehaviour, ServerCommand } from '../domain/wire.ts';
import { count, duration } from './words.ts';

/** What a step does, for somebody who has not read the plan's format. */
export function stepWords(step: Step): string {
  switch (step.kind) {
    case 'start-server':
      return serverWords(step);
    case 'server-command':
      return `${serverName(step.relay)} ${commandWords(step.command)}`;
    case 'freeze':
      return step.frozen
        ? 'your server is frozen (SIGSTOP to every process of it)'
        : 'your server goes on (SIGCONT)';
    case 'snapshot':
      return `take snapshot '${step.name}': counters, sockets and listener of both hosts`;
    case 'gate':
      return gateWords(step);
    case 'connect':
      return connectWords(step);
    case 'await':
      return `wait until ${conditionWords(step.condition)}`;
    case 'set-sysctl':
      return `set ${step.key} to ${step.value} on the ${step.host}`;
    case 'send':
      return `every connected client of wave '${step.wave}' sends ${count(step.bytes, 'byte')}`;
    case 'stop-reconnecting':
      return 'the clients do not connect again any more';
    case 'load-libraries':
      return `load ${count(step.clients.length, 'client library', 'client libraries')}`;
    case 'connect-libraries':
      return `the client libraries connect, all at once; each is given ${duration(step.stopWaitingAfterMs)}`;
    case 'start-clients':
      return `start ${step.program} (wave '${step.wave}')${optionWords(step.options)}`;
    case 'clients-command':
      return step.command.command === 'rest'
        ? `clients '${step.wave}' begin nothing new and finish what is under way`
        : `clients '${step.wave}' let go of their connections`;
    case 'release':
      return 'the clients let go of their sockets';
  }
}

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

const serverName = (relay: number | undefined): string =>
  relay === undefined ? 'the server' : `server ${relay + 1}`;

function connectWords({ clients, beyondPlaces, arrivals, relay }: StepOf<'connect'>): string {
  if (beyondPlaces === true) {
    return `${count(clients, 'client')} more than its accept queue has places connect, ${arrivalWords(arrivals)}`;
  }
  const to = relay === undefined ? '' : ` to ${serverName(relay)}`;
  return `${count(clients, 'client')} connect${clients === 1 ? 's' : ''}${to}, ${arrivalWords(arrivals)}`;
}

function serverWords(step: StepOf<'start-server'>): string {
  if (step.own) return `start your server (${step.own.command}) and wait until it listens`;
  const backlog = step.backlog === null ? 'without a backlog' : `with backlog ${step.backlog}`;
  const cap =
    step.maxConnections === undefined ? '' : `, capped at ${step.maxConnections} connections,`;
  if (step.program) {
    const { name, options } = step.program;
    return `${serverName(step.relay)} (${name}) listens ${backlog}${optionWords(options)}`;
  }
  return `${serverName(step.relay)}${cap} listens ${backlog} and does not accept`;
}

/** Names speak for themselves. */
export const optionWords = (options: ProgramOptions): string =>
  Object.entries(options)
    .map(([name, value]) => `, ${name.replaceAll('-', ' ')}${value === true ? '' : ` ${value}`}`)
    .join('');

function gateWords({ closed, holds, address }: StepOf<'gate'>): string {
  if (!closed) return 'open the gate';
  return holds === 'syn-acks'
    ? 'close the gate: nothing that the server sends reaches the clients'
    : `close the gate: of ${address === undefined ? 'the clients' : `the clients at address ${address + 1}`} only SYNs still reach the server`;
}

function commandWords(command: ServerCommand): string {
  switch (command.command) {
    case 'accept':
      return 'accepts what waits and what comes';
    case 'serve':
      return `accepts, but its loop is blocked ${duration(command.blockedMs)} out of every ${duration(command.blockedMs + command.openMs)}`;
    case 'pause':
      return 'stops accepting';
    case 'listen':
      return `calls listen(2) again with backlog ${command.backlog}`;
    case 'close':
      return 'closes its listening socket';
  }
}

export function arrivalWords(arrivals: Arrivals): string {
  switch (arrivals.kind) {
    case 'burst':
      return 'all at once';
    case 'sequential':
      return 'one after another';
    case 'rate':
      return `${arrivals.perSecond} a second`;
  }
}

function conditionWords(condition: Condition): string {
  switch (condition.kind) {
    case 'wave-settled':
      return `every client of wave '${condition.wave}' is connected or has given up`;
    case 'wave-ended':
      return `every client of wave '${condition.wave}' has failed to connect or stopped waiting`;
    case 'clients-connected':
      return `${condition.atLeast} clients of wave '${condition.wave}' are connected`;
    case 'first-syns-met':
      return `${condition.atLeast} SYNs of wave '${condition.wave}' are answered or dropped`;
    case 'attempts-made':
      return `clients of wave '${condition.wave}' have tried ${condition.atLeast} times`;
    case 'clients-open':
      return `${condition.equals} clients of wave '${condition.wave}' are left`;
    case 'bytes-answered':
      return `wave '${condition.wave}' has received ${count(condition.atLeast, 'byte')}`;
    case 'connections-taken':
      return `the server has accepted ${count(condition.atLeast, 'connection')}`;
    case 'bytes-received':
      return `the server has received ${count(condition.atLeast, 'byte')}`;
    case 'libraries-ended':
      return 'every client library has reported its end, or has been waited for long enough';
    case 'clients-told':
      return `clients '${condition.wave}' have said '${condition.event}' ${condition.atLeast} times`;
    case 'server-told':
      return `${serverName(condition.relay)} has said '${condition.event}' ${condition.atLeast} times`;
    case 'accept-queue-length':
      return `the accept queue holds ${condition.equals}`;
    case 'syn-queue-length':
      return `the SYN queue holds ${condition.equals}`;
    case 'syn-acks-repeated':
      return 'the SYN-ACK of every half-open handshake has been repeated';
    case 'queues-at-rest':
      return `both queues are empty, or have not changed for ${duration(condition.forMs)}`;
    case 'counter-grown':
      return `${condition.counter} has grown by ${condition.atLeast} since snapshot '${condition.sinceSnapshot}'`;
  }
}

export function behaviourWords(behaviour: ClientBehaviour): string {
  const patience = `each gives up connecting after ${duration(behaviour.connectTimeoutMs)} (its own connect timeout)`;
  return [patience, ...habitWords(behaviour)].join(', ');
}

/** What a client does once it is connected. */
export function habitWords(behaviour: ClientBehaviour): readonly string[] {
  const { readTimeoutMs, sendBytes, keepAliveMs } = behaviour;
  return [
    ...(sendBytes > 0 ? [`then sends ${count(sendBytes, 'byte')}`] : []),
    ...(readTimeoutMs === null ? [] : [`then waits ${duration(readTimeoutMs)} for a byte`]),
    ...(behaviour.closesAtOnce === true ? ['then closes'] : []),
    ...(behaviour.reconnectAfterMs === undefined
      ? []
      : [`connects again ${duration(behaviour.reconnectAfterMs)} after it lost its connection`]),
    ...(keepAliveMs === null ? [] : [`probes after ${duration(keepAliveMs)} of silence`]),
  ];
}
