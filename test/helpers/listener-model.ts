import type { KernelModel } from '../../harness/domain/scenario.ts';

/**
 * A listener and its clients, one segment at a time, after the kernel's own code: an independent
 * second opinion on the closed formulas of harness/kernel/predict.ts.
 */
export interface World {
  readonly kernel: KernelModel;
  readonly backlog: number;
  readonly clients: readonly ClientPlan[];
  /** The gate holds the clients' ACKs back from the first moment to before the second. */
  readonly gateClosedMs?: readonly [number, number];
}

export interface ClientPlan {
  /** When its SYNs leave as long as nobody answers. */
  readonly synsAtMs: readonly number[];
  /** When it is over, whoever ends it. */
  readonly endsAtMs: number;
}

export interface Outcome {
  connected: number;
  reset: number;
  timedOut: number;
  fooled: number;
  refusedSyns: number;
  acceptQueueLength: number;
  /** When the last client settled. */
  synQueueLength: number;
}

interface Request {
  readonly client: number;
  readonly createdAtMs: number;
  timeouts: number;
}

type Fate = 'waiting' | 'connected' | 'accepted' | 'reset-while-connecting' | 'reset';

export function runListener(world: World): Outcome {
  return new Listener(world).run();
}

class Listener {
  readonly #world: World;
  readonly #limit: number;
  readonly #fates: Fate[];
  readonly #requests = new Set<Request>();
  #acceptQueue = 0;
  #refusedSyns = 0;

  constructor(world: World) {
    const { backlog, kernel } = world;
    this.#world = world;
    this.#limit = Math.min(backlog, kernel.somaxconn);
    if (kernel.rules.acceptQueueLimitBits === 16) this.#limit &= 0xffff;
    this.#fates = world.clients.map(() => 'waiting');
  }

  run(): Outcome {
    const syns = this.#world.clients
      .flatMap(({ synsAtMs, endsAtMs }, client) =>
        synsAtMs.filter((atMs) => atMs < endsAtMs).map((atMs) => ({ client, atMs })),
      )
      .sort((left, right) => left.atMs - right.atMs || left.client - right.client);
    let settledAtMs = 0;
    for (const { client, atMs } of syns) {
      if (this.#fates[client] !== 'waiting') continue;
      this.#runTimers(atMs);
      this.#receiveSyn(client, atMs);
      settledAtMs = Math.max(settledAtMs, atMs);
    }
    const endOfWaiting = this.#world.clients
      .filter((_, client) => this.#fates[client] === 'waiting')
      .map(({ endsAtMs }) => endsAtMs);
    this.#runTimers(Math.max(settledAtMs, ...endOfWaiting));
    const synQueueLength = this.#requests.size;
    this.#runTimers(Number.POSITIVE_INFINITY);
    return this.#outcome(synQueueLength);
  }

  #outcome(synQueueLength: number): Outcome {
    const count = (...fates: Fate[]) => this.#fates.filter((fate) => fates.includes(fate)).length;
    return {
      connected: count('connected', 'accepted', 'reset'),
      reset: count('reset-while-connecting'),
      timedOut: count('waiting'),
      fooled: count('connected'),
      refusedSyns: this.#refusedSyns,
      acceptQueueLength: this.#acceptQueue,
      synQueueLength,
    };
  }

  #receiveSyn(client: number, atMs: number): void {
    const { rules, syncookies, maxSynBacklog } = this.#world.kernel;
    const held = this.#requests.size;
    const young = [...this.#requests].filter((request) => request.timeouts === 0).length;
    const wantsCookie = syncookies === 2 || this.#synQueueIsFull(held);
    const refused =
      (wantsCookie && syncookies === 0) ||
      (this.#acceptQueueIsFull() && (rules.synOnFullAcceptQueue === 'dropped' || young > 1)) ||
      (syncookies === 0 && maxSynBacklog - held < maxSynBacklog >> 2);
    if (refused) {
      this.#refusedSyns += 1;
      return;
    }
    const request = wantsCookie ? null : { client, createdAtMs: atMs, timeouts: 0 };
    if (request !== null) this.#requests.add(request);
    this.#receiveSynAck(client, request, atMs);
  }

  #synQueueIsFull(held: number): boolean {
    const { rules, somaxconn, maxSynBacklog } = this.#world.kernel;
    if (rules.synQueue === 'limit') return held >= this.#limit;
    if (rules.synQueue === 'limit-plus-one') return held > this.#limit;
    const hint = Math.max(8, Math.min(this.#world.backlog, somaxconn, maxSynBacklog));
    return held >> (32 - Math.clz32(hint)) !== 0;
  }

  #acceptQueueIsFull(): boolean {
    return this.#acceptQueue > this.#limit;
  }

  /** The client believes in the connection; its ACK arrives at once unless the gate is closed. */
  #receiveSynAck(client: number, request: Request | null, atMs: number): void {
    const connecting = this.#fates[client] === 'waiting';
    this.#fates[client] = 'connected';
    const [closesMs, opensMs] = this.#world.gateClosedMs ?? [0, 0];
    if (closesMs <= atMs && atMs < opensMs) return;
    if (!this.#acceptQueueIsFull()) {
      this.#acceptQueue += 1;
      this.#fates[client] = 'accepted';
      if (request !== null) this.#requests.delete(request);
    } else if (request !== null && this.#world.kernel.abortOnOverflow !== 0) {
      this.#requests.delete(request);
      this.#fates[client] = connecting ? 'reset-while-connecting' : 'reset';
    }
  }

  /** Every SYN-ACK timer that is due, the earliest first; requests of one age in their order. */
  #runTimers(untilMs: number): void {
    for (;;) {
      const dueAtMs = Math.min(...[...this.#requests].map((request) => this.#dueAtMs(request)));
      if (this.#requests.size === 0 || dueAtMs > untilMs) return;
      for (const request of [...this.#requests]) {
        if (this.#dueAtMs(request) === dueAtMs) this.#timeOut(request, dueAtMs);
      }
    }
  }

  #dueAtMs(request: Request): number {
    const { initialRtoMs, acceptQueueLimitBits } = this.#world.kernel.rules;
    const scanDelayMs = acceptQueueLimitBits === 16 ? 200 : 0;
    return request.createdAtMs + (2 ** (request.timeouts + 1) - 1) * initialRtoMs + scanDelayMs;
  }

  #timeOut(request: Request, atMs: number): void {
    if (request.timeouts === this.#world.kernel.synackRetries) {
      this.#requests.delete(request);
      return;
    }
    request.timeouts += 1;
    this.#receiveSynAck(request.client, request, atMs);
  }
}
