/**
 * What runs in a container of the swarm or of the listener: it listens on the control port, serves
 * one observer after another, starts the one program of its role for each and reads /proc of its own
 * network namespace. Needs no privilege.
 *
 *   node agent.js listener|client
 */
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { AGENT_ROLES, type AgentReport, type AgentRole, CONTROL_PORT } from '../domain/agent.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { answerTo, greeting } from './agent-answers.ts';
import { startAgentProgram } from './agent-program.ts';
import { parseAgentRequest } from './agent-requests.ts';
import type { Program } from './program.ts';

/** An observer whose machine is gone says nothing any more, not even that it leaves. */
const KEEP_ALIVE_MS = 10_000;
/** Long enough for an observer, which asks at once, and not for all others to wait for nobody. */
const FIRST_REQUEST_MS = 10_000;
const WRONG_USAGE = 2;

type Say = (report: AgentReport) => void;

function sayTo(socket: Socket): Say {
  return (report) => void socket.write(`${JSON.stringify(report)}\n`);
}

const failed = (error: unknown): AgentReport => {
  const { code, message, remedy } =
    error instanceof HarnessError ? error : notUnderstood(String(error));
  return { report: 'failed', code, message, remedy };
};

const notUnderstood = (why: string): HarnessError =>
  new HarnessError('PROGRAM_FAILED', `An agent cannot do what it was asked: ${why}.`, {
    remedy: 'use the same image for the listener, the clients and the observer',
  });

/** Carries out what comes over one connection; resolves when nothing of it is left. */
async function serve(socket: Socket, role: AgentRole): Promise<void> {
  const say = sayTo(socket);
  const self = greeting(role);
  const silence = setTimeout(() => socket.destroy(), FIRST_REQUEST_MS);
  let program: Program | undefined;
  const obey = (line: string): void => {
    const request = parseAgentRequest(line, self);
    clearTimeout(silence);
    switch (request.request) {
      case 'start':
        if (program !== undefined) throw new Error('its program was started already');
        program = startAgentProgram(request.wishes, say);
        program.unexpectedEnd.catch((error: unknown) => say(failed(error)));
        return;
      case 'input':
        program?.say(JSON.parse(request.line) as object);
        return;
      case 'finish':
        say({ report: 'finishing' });
        void (program?.finish('end-of-input', request.withinMs) ?? Promise.resolve()).then(() =>
          say({ report: 'finished' }),
        );
        return;
      default:
        say({ report: 'answer', id: request.id, answer: answerTo(request) });
    }
  };
  socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  say(self);
  const lines = createInterface({ input: socket });
  // It repeats what befalls the socket, such as an observer's RST.
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    try {
      obey(line);
    } catch (error) {
      say(failed(error));
    }
  });
  await closed;
  clearTimeout(silence);
  await program?.[Symbol.asyncDispose]();
}

/** Observers are served one after another, so that one of them never meets another's program. */
function listen(role: AgentRole): void {
  let turn: Promise<void> = Promise.resolve();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    turn = turn.then(() => (socket.destroyed ? undefined : serve(socket, role)));
  });
  server.listen(CONTROL_PORT, '0.0.0.0');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));
}

const role = AGENT_ROLES.find((known) => known === process.argv[2]);
if (role === undefined) {
  process.stderr.write(`Usage: node agent.js ${AGENT_ROLES.join('|')}\n`);
  process.exitCode = WRONG_USAGE;
} else {
  listen(role);
}
