import type { AgentReport, ClientWishes, ListenerWishes } from '../domain/agent.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { Program, ProgramOptions } from './program.ts';
import type { RemoteAgent } from './remote-agent.ts';
import type { StartProgram } from './site.ts';

/** Starts an agent's program in its container: the same to its user as one of this machine. */
export const startRemotely =
  (agent: RemoteAgent, wishes: ListenerWishes | ClientWishes): StartProgram =>
  (how) => {
    let fail: (error: HarnessError) => void = () => undefined;
    let finished: () => void = () => undefined;
    const failure = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const end = new Promise<void>((resolve) => {
      finished = resolve;
    });
    agent.onReport((report) => hear(report, how, fail, finished));
    agent.send({ request: 'start', wishes });
    const unexpectedEnd = Promise.race([failure, agent.unexpectedEnd]);
    unexpectedEnd.catch(() => undefined);
    return programOf(agent, how.name, unexpectedEnd, end);
  };

function hear(
  report: AgentReport,
  how: Parameters<StartProgram>[0],
  fail: (error: HarnessError) => void,
  finished: () => void,
): void {
  if (report.report === 'line') how.onLine?.(report.line);
  if (report.report === 'stderr') how.onStderr?.(report.text);
  if (report.report === 'finished') finished();
  if (report.report === 'failed') {
    fail(new HarnessError(report.code, report.message, { remedy: report.remedy }));
  }
}

function programOf(
  agent: RemoteAgent,
  name: ProgramOptions['name'],
  unexpectedEnd: Promise<never>,
  end: Promise<void>,
): Program {
  let asked = false;
  const finish: Program['finish'] = async (_, withinMs) => {
    if (!asked) agent.send({ request: 'finish', withinMs });
    asked = true;
    // An agent that is lost ends its program too.
    await Promise.race([end, unexpectedEnd.catch(() => undefined)]);
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
