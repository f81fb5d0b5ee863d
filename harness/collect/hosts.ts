import { readlinkSync } from 'node:fs';
import { execa } from 'execa';
import { HarnessError } from '../domain/harness-error.ts';
import type { Host } from '../domain/tcp.ts';
import { monotonicMs } from './clock.ts';
import { clientAddressesOf, hostScript, type Network, wireCommand } from './host-network.ts';
import { type Program, startProgram } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import { patiently, within } from './until.ts';

/** One of the two machines: a network namespace held by a process of ours. */
export interface HostNamespace {
  readonly host: Host;
  /** /proc/<pid>/net of the holder is this host's view, readable from outside its namespace. */
  readonly procNet: string;
  /** Puts a command line into this namespace. */
  readonly inside: (argv: readonly string[]) => readonly string[];
}

export interface Laboratory extends AsyncDisposable {
  readonly server: HostNamespace;
  readonly client: HostNamespace;
  /** The swarm's source addresses. */
  readonly clientAddresses: readonly string[];
  readonly unexpectedEnd: Promise<never>;
  /** What led to a failure: the end of a host's holder if that has ended, otherwise the failure. */
  causeOf(failure: unknown): Promise<unknown>;
}

/** Runs a short command to its end and records it; its failure is a harness error. */
export type RunCommand = (argv: readonly string[], host?: Host) => Promise<string>;

const COMMAND_DEADLINE_MS = 10_000;

export function commandRunner(recorder: RunRecorder, signal: AbortSignal): RunCommand {
  return async (argv, host) => {
    const [command = '', ...args] = argv;
    const startedMonotonicMs = monotonicMs();
    const result = await execa(command, args, {
      reject: false,
      timeout: patiently(COMMAND_DEADLINE_MS),
      cancelSignal: signal,
      stdin: 'ignore',
    });
    recorder.appendLine('commands.jsonl', {
      host,
      argv,
      startedMonotonicMs,
      endedMonotonicMs: monotonicMs(),
      exitCode: result.exitCode ?? null,
      stderr: result.stderr.slice(0, 2_000),
    });
    if (result.isCanceled) throw signal.reason;
    if (result.failed) throw commandFailed(argv, result.stderr || (result.shortMessage ?? ''));
    return result.stdout;
  };
}

function commandFailed(argv: readonly string[], why: string): HarnessError {
  return new HarnessError('PROGRAM_FAILED', `Cannot run \`${argv.join(' ')}\`: ${why.trim()}.`, {
    remedy: 'npm run repro -- doctor says what this machine lacks',
  });
}

interface OpenHost {
  readonly namespace: HostNamespace;
  readonly holder: Program;
  readonly pid: string;
}

/** Says its process id, by which the others find its network namespace, and holds that open. */
const HOLDER = ['sh', '-c', 'echo $$; exec sleep infinity'] as const;

export const HOLDER_COMMAND: readonly string[] = ['unshare', '--net', ...HOLDER];

async function openHost(
  host: Host,
  command: readonly string[],
  signal: AbortSignal,
): Promise<OpenHost> {
  let announce: (pid: string) => void;
  const announced = new Promise<string>((resolve) => {
    announce = resolve;
  });
  const holder = startProgram({
    name: `the holder of the ${host}'s network namespace`,
    argv: command,
    failure: 'SANDBOX_ENDED',
    signal,
    onLines: ([pid = '']) => announce(pid),
  });
  const pid = await within(Promise.race([announced, holder.unexpectedEnd]), {
    for: `the ${host}'s network namespace`,
    deadlineMs: COMMAND_DEADLINE_MS,
    signal,
    seen: () => 'no word from its holder',
  });
  return {
    holder,
    pid,
    namespace: {
      host,
      procNet: `/proc/${pid}/net`,
      inside: (argv) => ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...argv],
    },
  };
}

/** Two hosts and one wire, with fixed link addresses so that no neighbour discovery disturbs a run. */
export async function openLaboratory(
  network: Network & { readonly serverHere: boolean },
  run: RunCommand,
  signal: AbortSignal,
): Promise<Laboratory> {
  const [server, client] = await Promise.all([
    openHost('server', network.serverHere ? HOLDER : HOLDER_COMMAND, signal),
    openHost('client', HOLDER_COMMAND, signal),
  ]);
  const causeOf = (failure: unknown) => causeIn([server, client], failure, signal);
  try {
    await run(wireCommand(server.pid, client.pid));
    await Promise.all([
      run(server.namespace.inside(hostScript('server', network)), 'server'),
      run(client.namespace.inside(hostScript('client', network)), 'client'),
    ]);
  } catch (error) {
    throw await causeOf(error);
  }
  const unexpectedEnd = Promise.race([server.holder.unexpectedEnd, client.holder.unexpectedEnd]);
  unexpectedEnd.catch(() => undefined);
  return {
    server: server.namespace,
    client: client.namespace,
    clientAddresses: clientAddressesOf(network),
    unexpectedEnd,
    causeOf,
    [Symbol.asyncDispose]: async () => {
      server.holder.kill('SIGKILL');
      client.holder.kill('SIGKILL');
    },
  };
}

/** A namespace goes with its holder, and what uses it fails before the holder's end is heard of. */
async function causeIn(
  hosts: readonly OpenHost[],
  failure: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const lost = hosts.find(({ pid }) => !isThere(`/proc/${pid}/ns/net`));
  if (!lost) return failure;
  return within(lost.holder.unexpectedEnd, {
    for: `the end of ${lost.holder.name}`,
    deadlineMs: COMMAND_DEADLINE_MS,
    signal,
    seen: () => String(failure),
  }).catch((cause: unknown) => cause);
}

function isThere(link: string): boolean {
  try {
    return readlinkSync(link) !== '';
  } catch {
    return false;
  }
}
