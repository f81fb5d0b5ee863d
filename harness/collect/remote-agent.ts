import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import {
  type AgentGreeting,
  type AgentReport,
  type AgentRequest,
  CONTROL_PORT,
} from '../domain/agent.ts';
import type { ClockComparison } from '../domain/cluster.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { monotonicMs } from './clock.ts';
import { comesWithin } from './remote-deadline.ts';
import { within } from './until.ts';

/** An agent answers within a millisecond, unless its machine is very busy. */
const ANSWER_DEADLINE_MS = 10_000;
/** As long as a run of another observer may take, within reason. */
const GREETING_DEADLINE_MS = 60_000;
/** Of so many exchanges the quickest tells best how two clocks stand. */
const CLOCK_EXCHANGES = 10;
const KEEP_ALIVE_MS = 10_000;
/** A container that was paused does not close its end. */
const FAREWELL_DEADLINE_MS = 2_000;

/** Requests that are answered, without the id that the connection gives them. */
export type Question =
  | { readonly request: 'counters' | 'texts' | 'clock' }
  | { readonly request: 'sysctls'; readonly keys: readonly string[] };

/** The observer's end of the connection to one container. */
export interface RemoteAgent extends AsyncDisposable {
  readonly address: string;
  readonly greeting: AgentGreeting;
  /** Rejects when the connection ends before it is disposed of. */
  readonly unexpectedEnd: Promise<never>;
  send(request: Exclude<AgentRequest, { id: number }>): void;
  ask(question: Question): Promise<unknown>;
  compareClocks(): Promise<ClockComparison>;
  /** Cuts the connection to an agent that says nothing any more. */
  abandon(): void;
  /** Who hears what the agent's program says and what becomes of it. */
  onReport(listener: (report: AgentReport) => void): void;
}

/**
 * Undefined: nobody listens there yet, or nobody answers in time. An agent that serves another
 * observer greets after that.
 */
export async function connectToAgent(
  address: string,
  signal: AbortSignal,
): Promise<RemoteAgent | undefined> {
  const socket = connect({ host: address, port: CONTROL_PORT, noDelay: true });
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const agent = await greetedOver(socket, address, signal).catch(() => undefined);
  if (agent === undefined) socket.destroy();
  return agent;
}

/** Rejects when no answer comes in time, or no more. */
async function greetedOver(
  socket: Socket,
  address: string,
  signal: AbortSignal,
): Promise<RemoteAgent | undefined> {
  let onReport: (report: AgentReport) => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    socket.on('error', () => undefined).once('close', () => resolve());
  });
  const greeted = new Promise<AgentReport>((resolve) => {
    const lines = createInterface({ input: socket });
    // It repeats what befalls the socket, which `ended` tells.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const report = reportIn(line);
      if (report === undefined) {
        socket.destroy();
        return;
      }
      resolve(report);
      onReport(report);
    });
  });
  const first = await within(Promise.race([greeted, ended]), {
    for: `the agent at ${address} to greet`,
    deadlineMs: GREETING_DEADLINE_MS,
    signal,
    seen: () => 'no greeting',
  });
  if (first?.report !== 'hello') return undefined;
  const agent = agentOver(socket, { address, greeting: first, ended, signal }, (listener) => {
    onReport = listener;
  });
  // An agent serves nobody for long who asks for nothing.
  await agent.ask({ request: 'clock' });
  return agent;
}

/** Undefined: the line was cut off with its connection, or no agent has written it. */
function reportIn(line: string): AgentReport | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isReport = typeof value === 'object' && value !== null && 'report' in value;
    return isReport ? (value as AgentReport) : undefined;
  } catch {
    return undefined;
  }
}

interface Greeted {
  readonly address: string;
  readonly greeting: AgentGreeting;
  readonly ended: Promise<void>;
  readonly signal: AbortSignal;
}

function agentOver(
  socket: Socket,
  { address, greeting, ended, signal }: Greeted,
  hear: (listener: (report: AgentReport) => void) => void,
): RemoteAgent {
  let disposed = false;
  let listener: (report: AgentReport) => void = () => undefined;
  const answers = new Map<number, (answer: unknown) => void>();
  let nextId = 0;
  hear((report) => {
    if (report.report === 'answer') answers.get(report.id)?.(report.answer);
    else listener(report);
  });
  const unexpectedEnd = ended.then((): Promise<never> => {
    if (disposed) return new Promise(() => undefined);
    throw connectionLost(greeting, address);
  });
  unexpectedEnd.catch(() => undefined);
  const write = (request: object): void => void socket.write(`${JSON.stringify(request)}\n`);

  const ask: RemoteAgent['ask'] = (question) => {
    const id = nextId;
    nextId += 1;
    const answer = new Promise<unknown>((resolve) => answers.set(id, resolve));
    write({ ...question, id });
    return within(Promise.race([answer, unexpectedEnd]), {
      for: `the agent at ${address} to answer '${question.request}'`,
      deadlineMs: ANSWER_DEADLINE_MS,
      signal,
      seen: () => 'no answer',
    }).finally(() => answers.delete(id));
  };
  return {
    address,
    greeting,
    unexpectedEnd,
    send: write,
    ask,
    compareClocks: () => compareClocks(ask),
    onReport: (heard) => {
      listener = heard;
    },
    abandon: () => void socket.destroy(),
    [Symbol.asyncDispose]: async () => {
      disposed = true;
      socket.end();
      if (!(await comesWithin(ended, FAREWELL_DEADLINE_MS))) socket.destroy();
    },
  };
}

async function compareClocks(ask: RemoteAgent['ask']): Promise<ClockComparison> {
  let best: ClockComparison | undefined;
  for (let exchange = 0; exchange < CLOCK_EXCHANGES; exchange += 1) {
    const askedMs = monotonicMs();
    const agentMonotonicMs = Number(await ask({ request: 'clock' }));
    const roundTripMs = monotonicMs() - askedMs;
    const observerMonotonicMs = askedMs + roundTripMs / 2;
    if (best === undefined || roundTripMs < best.roundTripMs) {
      best = { observerMonotonicMs, agentMonotonicMs, roundTripMs };
    }
  }
  return best ?? { observerMonotonicMs: 0, agentMonotonicMs: 0, roundTripMs: Infinity };
}

const connectionLost = ({ role, container }: AgentGreeting, address: string): HarnessError =>
  new HarnessError(
    'SANDBOX_ENDED',
    `The connection to the ${role} container ${container} (${address}) ended before the run was over.`,
    { remedy: 'look at the log of that container, and start the run again' },
  );
