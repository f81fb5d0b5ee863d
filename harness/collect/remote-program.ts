import type { AgentReport, ClientWishes, ListenerWishes } from '../domain/agent.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { Program, ProgramOptions } from './program.ts';
import type { RemoteAgent } from './remote-agent.ts';
import { comesWithin } from './remote-deadline.ts';
import type { StartProgram } from './site.ts';

/** Shorter than what engines grant a container that they stop. */
const SILENCE_DEADLINE_MS = 4_000;

/** Starts an agent's program in its container: the same to its user as one of this machine. */
export const startRemotely =
  (agent: RemoteAgent, wishes: ListenerWishes | ClientWishes): StartProgram =>
  (how) => {
    const hearing: Hearing = {
      failure: openPromise<never>(),
      finishing: openPromise<void>(),
      end: openPromise<void>(),
    };
    agent.onReport((report) => hear(report, how, hearing));
    agent.send({ request: 'start', wishes });
    const unexpectedEnd = Promise.race([hearing.failure.promise, agent.unexpectedEnd]);
    unexpectedEnd.catch(() => undefined);
    // An agent that is lost ends its program too.
    const over = Promise.race([hearing.end.promise, unexpectedEnd.catch(() => undefined)]);
    const heard = Promise.race([hearing.finishing.promise, over]);
    return programOf(agent, how.name, unexpectedEnd, { heard, over });
  };

interface Hearing {
  readonly failure: OpenPromise<never>;
  readonly finishing: OpenPromise<void>;
  readonly end: OpenPromise<void>;
}

function hear(
  report: AgentReport,
  { onLines, onStderr }: Parameters<StartProgram>[0],
  { failure, finishing, end }: Hearing,
): void {
  switch (report.report) {
    case 'lines':
      onLines?.(report.lines);
      return;
    case 'stderr':
      onStderr?.(report.text);
      return;
    case 'finishing':
      finishing.resolve();
      return;
    case 'finished':
      end.resolve();
      return;
    case 'failed':
      failure.reject(new HarnessError(report.code, report.message, { remedy: report.remedy }));
      return;
    case 'hello':
    case 'answer':
      return;
  }
}

interface OpenPromise<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: HarnessError) => void;
}

function openPromise<Value>(): OpenPromise<Value> {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (error: HarnessError) => void = () => undefined;
  const promise = new Promise<Value>((fulfil, fail) => {
    [resolve, reject] = [fulfil, fail];
  });
  return { promise, resolve, reject };
}

/** What comes of the request to end the program: the agent has heard it, and it is carried out. */
interface Finish {
  readonly heard: Promise<unknown>;
  readonly over: Promise<unknown>;
}

function programOf(
  agent: RemoteAgent,
  name: ProgramOptions['name'],
  unexpectedEnd: Promise<never>,
  { heard, over }: Finish,
): Program {
  let asked = false;
  const finish: Program['finish'] = async (_, withinMs) => {
    if (!asked) agent.send({ request: 'finish', withinMs });
    asked = true;
    const isOver =
      (await comesWithin(heard, SILENCE_DEADLINE_MS)) &&
      (await comesWithin(over, withinMs + SILENCE_DEADLINE_MS));
    if (!isOver) agent.abandon();
  };
  return {
    name,
    unexpectedEnd,
    say: (line) => agent.send({ request: 'input', line: JSON.stringify(line) }),
    kill: () => void finish('SIGTERM', 0),
    finish,
    [Symbol.asyncDispose]: () => finish('SIGTERM', 2_000),
  };
}
