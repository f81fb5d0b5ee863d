import type { Condition } from '../domain/plan.ts';
import type { ClientPrograms } from './client-programs.ts';
import { monotonicMs } from './clock.ts';
import { countersNow } from './counters.ts';
import type { HostNamespace } from './hosts.ts';
import type { Libraries } from './libraries.ts';
import { sentSynAckOnce, synQueueLength } from './queue-lengths.ts';
import type { Server } from './server.ts';
import type { Swarm } from './swarm.ts';

/** What conditions look at. */
export interface Watched {
  readonly server: HostNamespace;
  readonly servers: ReadonlyMap<number, Server>;
  readonly swarm: Swarm;
  readonly libraries: Libraries | undefined;
  readonly clientPrograms: ClientPrograms;
  /** /proc/<pid>/net/tcp or tcp6 of the server, or both. */
  readonly tableFiles: readonly string[];
  readonly port: number;
  readonly acceptQueueLength: () => number | undefined;
  readonly countersAt: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** A condition as something to look at again and again: whether it holds, and what is seen. */
export interface Looked {
  readonly reached: boolean;
  readonly seen: string;
}

/** A look at a condition. Looks that need to remember the ones before share a function. */
export function lookerFor(condition: Condition, watched: Watched): () => Looked {
  return condition.kind === 'queues-at-rest'
    ? lookForRest(condition.forMs, watched)
    : () => lookAt(condition, watched);
}

function lookForRest(forMs: number, watched: Watched): () => Looked {
  let last = '';
  let sinceMs = monotonicMs();
  return () => {
    const [waiting, requests] = [
      watched.acceptQueueLength() ?? 0,
      synQueueLength(watched.tableFiles, watched.port),
    ];
    const seen = `accept-queue length ${waiting}, SYN-queue length ${requests}`;
    if (seen !== last) sinceMs = monotonicMs();
    last = seen;
    const empty = waiting === 0 && requests === 0;
    return { reached: empty || monotonicMs() - sinceMs >= forMs, seen };
  };
}

type Momentary = Exclude<Condition, { readonly kind: 'queues-at-rest' }>;

function lookAt(condition: Momentary, watched: Watched): Looked {
  switch (condition.kind) {
    case 'wave-settled':
      return { reached: false, seen: 'attempts without an outcome' };
    case 'wave-ended': {
      const waiting = watched.swarm.waitingIn(condition.wave);
      return { reached: waiting === 0, seen: `clients that still wait ${waiting}` };
    }
    case 'clients-connected':
      return atLeast('clients connected', watched.swarm.connectedIn(condition.wave), condition);
    case 'attempts-made':
      return atLeast('attempts', watched.swarm.attemptsIn(condition.wave), condition);
    case 'clients-open':
      return equals('clients open', watched.swarm.openIn(condition.wave), condition);
    case 'bytes-answered':
      return atLeast('bytes', watched.swarm.receivedIn(condition.wave), condition);
    case 'connections-taken': {
      const taken = watched.servers.get(condition.relay ?? 0)?.taken() ?? 0;
      return atLeast('connections taken', taken, condition);
    }
    case 'bytes-received': {
      const bytes = watched.servers.get(condition.relay ?? 0)?.receivedBytes() ?? 0;
      return atLeast('bytes received', bytes, condition);
    }
    case 'libraries-ended': {
      const waiting = watched.libraries?.waiting() ?? 0;
      return { reached: waiting === 0, seen: `client libraries that still wait ${waiting}` };
    }
    case 'clients-told': {
      const told = watched.clientPrograms.told(condition.wave, condition.event);
      return atLeast(`events '${condition.event}'`, told, condition);
    }
    case 'server-told': {
      const told = watched.servers.get(condition.relay ?? 0)?.told(condition.event) ?? 0;
      return atLeast(`events '${condition.event}'`, told, condition);
    }
    case 'accept-queue-length':
      return equals('accept-queue length', watched.acceptQueueLength() ?? -1, condition);
    case 'syn-queue-length':
      return equals(
        'SYN-queue length',
        synQueueLength(watched.tableFiles, watched.port),
        condition,
      );
    case 'syn-acks-repeated': {
      const sentOnce = sentSynAckOnce(watched.tableFiles, watched.port);
      return { reached: sentOnce === 0, seen: `SYN-ACKs that were sent once ${sentOnce}` };
    }
    case 'first-syns-met': {
      const refused = growthOf('ListenDrops', condition.sinceSnapshot, watched);
      const met = watched.swarm.connectedIn(condition.wave) + refused;
      return atLeast('SYNs answered or dropped', met, condition);
    }
    case 'counter-grown': {
      const grown = growthOf(condition.counter, condition.sinceSnapshot, watched);
      return atLeast(`growth of ${condition.counter}`, grown, condition);
    }
  }
}

const growthOf = (counter: string, sinceSnapshot: string, watched: Watched): number =>
  (countersNow(watched.server).get(counter) ?? 0) -
  (watched.countersAt.get(sinceSnapshot)?.get(counter) ?? 0);

export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'wave-settled':
      return `every attempt of wave '${condition.wave}' to have an outcome`;
    case 'wave-ended':
      return `every client of wave '${condition.wave}' to stop waiting`;
    case 'clients-connected':
      return `${condition.atLeast} clients of wave '${condition.wave}' to be connected`;
    case 'first-syns-met':
      return `${condition.atLeast} SYNs of wave '${condition.wave}' to be answered or dropped`;
    case 'attempts-made':
      return `${condition.atLeast} attempts of wave '${condition.wave}'`;
    case 'clients-open':
      return `${condition.equals} clients of wave '${condition.wave}' to be left`;
    case 'bytes-answered':
      return `wave '${condition.wave}' to receive ${condition.atLeast} bytes`;
    case 'connections-taken':
      return `the server to accept ${condition.atLeast} connections`;
    case 'bytes-received':
      return `the server to receive ${condition.atLeast} bytes`;
    case 'libraries-ended':
      return 'every client library to end';
    case 'clients-told':
      return `clients '${condition.wave}' to say '${condition.event}' ${condition.atLeast} times`;
    case 'server-told':
      return `the server to say '${condition.event}' ${condition.atLeast} times`;
    case 'accept-queue-length':
      return `the accept queue to hold ${condition.equals}`;
    case 'syn-queue-length':
      return `the SYN queue to hold ${condition.equals}`;
    case 'syn-acks-repeated':
      return 'the SYN-ACK of every half-open handshake to be repeated';
    case 'queues-at-rest':
      return 'both queues to be empty or at rest';
    case 'counter-grown':
      return `${condition.counter} to grow by ${condition.atLeast} since '${condition.sinceSnapshot}'`;
  }
}

const atLeast = (what: string, value: number, wanted: { readonly atLeast: number }): Looked => ({
  reached: value >= wanted.atLeast,
  seen: `${what} ${value}`,
});

const equals = (what: string, value: number, wanted: { readonly equals: number }): Looked => ({
  reached: value === wanted.equals,
  seen: `${what} ${value}`,
});
