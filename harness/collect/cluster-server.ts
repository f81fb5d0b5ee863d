/** The way into the network namespace of the listener's container. */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { HarnessError } from '../domain/harness-error.ts';
import { clockId } from './agent-answers.ts';
import type { HostNamespace } from './hosts.ts';
import { networkNamespace } from './isolation.ts';
import type { RemoteAgent } from './remote-agent.ts';

/** Every agent of ours runs this program, so no other process of the machine is looked at. */
const AGENT = 'collect/agent.js';

/**
 * The listener's host, seen from this container: it shares the listener's network namespace, or
 * else finds a process in it by `hostProc`, where /proc of the machine is mounted. Namespaces are
 * told apart by their numbers, which are unique on a machine, never by names or ports. Throws
 * `SANDBOX_NOT_PERMITTED` if there is no way in, `SANDBOX_NOT_ISOLATED` if the namespace is the
 * machine's own or that cannot be told.
 */
export function enterServer({ address, greeting }: RemoteAgent, hostProc: string): HostNamespace {
  if (greeting.clockId !== clockId()) throw elsewhere(address);
  const server = wayInto(greeting.networkNamespace, hostProc);
  if (server === undefined) throw noWayIn(address, hostProc);
  const ofMachine = tableNumber(`${hostProc}/1/net`);
  const ofListener = tableNumber(server.procNet);
  if (ofMachine === undefined || ofListener === undefined) throw notToBeTold(address, hostProc);
  if (ofMachine === ofListener) throw notIsolated(address);
  return server;
}

function wayInto(wanted: string, hostProc: string): HostNamespace | undefined {
  if (networkNamespace() === wanted) {
    return { host: 'server', procNet: '/proc/self/net', inside: (argv) => argv };
  }
  const pid = agentsOf(hostProc).find((agent) => linkOf(`${hostProc}/${agent}/ns/net`) === wanted);
  if (pid === undefined) return undefined;
  return {
    host: 'server',
    procNet: `${hostProc}/${pid}/net`,
    inside: (argv) => ['nsenter', `--net=${hostProc}/${pid}/ns/net`, '--', ...argv],
  };
}

const agentsOf = (hostProc: string): readonly string[] =>
  numbersIn(hostProc).filter((pid) => textOf(`${hostProc}/${pid}/cmdline`).includes(AGENT));

function numbersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/**
 * The inode of a file in /proc/<pid>/net, which one namespace has and no other. Anybody may ask for
 * it, while the link of another user's process is for SYS_PTRACE only. Undefined: it cannot be seen.
 */
function tableNumber(procNet: string): number | undefined {
  try {
    return statSync(`${procNet}/tcp`).ino;
  } catch {
    return undefined;
  }
}

/** Undefined: the process is gone, or not ours to look at. */
function linkOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const elsewhere = (address: string): HarnessError =>
  new HarnessError(
    'SANDBOX_NOT_PERMITTED',
    `The observer cannot see the listener (${address}): they are on different machines.`,
    { remedy: 'place both on the same node; see SERVER_NODE in docker/compose.yaml' },
  );

const noWayIn = (address: string, hostProc: string): HarnessError =>
  new HarnessError(
    'SANDBOX_NOT_PERMITTED',
    `The observer cannot enter the network namespace of the listener (${address}): no process in it can be seen below ${hostProc}.`,
    {
      remedy:
        'give it network_mode: "service:listener", or /proc of the machine and the capabilities SYS_ADMIN and SYS_PTRACE, as docker/compose.yaml does',
    },
  );

const notToBeTold = (address: string, hostProc: string): HarnessError =>
  new HarnessError(
    'SANDBOX_NOT_ISOLATED',
    `Cannot tell whether the listener (${address}) is in the network namespace of the machine itself: ${hostProc}/1/net cannot be seen.`,
    { remedy: `mount /proc of the machine at ${hostProc}, as docker/compose.yaml does` },
  );

const notIsolated = (address: string): HarnessError =>
  new HarnessError(
    'SANDBOX_NOT_ISOLATED',
    `The listener (${address}) is in the network namespace of the machine itself.`,
    { remedy: 'leave network_mode: host out of docker/compose.yaml' },
  );
