import type { Condition, Step } from '../domain/plan.ts';
import type { Arrivals, ClientBehaviour, ServerCommand } from '../domain/wire.ts';
import { count, duration } from './words.ts';

/** What a step does, for somebody who has not read the plan's format. */
export function stepWords(step: Step): string {
  switch (step.kind) {
    case 'start-server':
      return `the server listens with backlog ${step.backlog} and does not accept`;
    case 'server-command':
      return commandWords(step.command);
    case 'snapshot':
      return `take snapshot '${step.name}': counters, sockets and listener of both hosts`;
    case 'gate':
      return step.closed
        ? 'close the gate: of the clients only SYNs still reach the server'
        : 'open the gate';
    case 'connect':
      return `${count(step.clients, 'client')} connect${step.clients === 1 ? 's' : ''}, ${arrivalWords(step.arrivals)}`;
    case 'await':
      return `wait until ${conditionWords(step.condition)}`;
    case 'set-sysctl':
      return `set ${step.key} to ${step.value} on the ${step.host}`;
    case 'release':
      return 'the clients let go of their sockets';
  }
}

function commandWords(command: ServerCommand): string {
  switch (command.command) {
    case 'accept':
      return 'the server accepts what waits and what comes';
    case 'pause':
      return 'the server stops accepting';
    case 'listen':
      return `the server calls listen(2) again with backlog ${command.backlog}`;
    case 'close':
      return 'the server closes its listening socket';
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
    case 'accept-queue-length':
      return `the accept queue holds ${condition.equals}`;
    case 'syn-queue-length':
      return `the SYN queue holds ${condition.equals}`;
    case 'counter-grown':
      return `${condition.counter} has grown by ${condition.atLeast} since snapshot '${condition.sinceSnapshot}'`;
  }
}

export function behaviourWords(behaviour: ClientBehaviour): string {
  const { connectTimeoutMs, readTimeoutMs, sendBytes, keepAliveMs } = behaviour;
  return [
    `each gives up connecting after ${duration(connectTimeoutMs)} (its own timer)`,
    ...(sendBytes > 0 ? [`then sends ${count(sendBytes, 'byte')}`] : []),
    ...(readTimeoutMs === null ? [] : [`then waits ${duration(readTimeoutMs)} for a byte`]),
    ...(keepAliveMs === null ? [] : [`probes after ${duration(keepAliveMs)} of silence`]),
  ].join(', ');
}
