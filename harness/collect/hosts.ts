import { readlinkSync } from 'node:fs';
import { execa } from 'execa';
import { HarnessError } from '../domain/harness-error.ts';
import type { AddressFamily, Host } from '../domain/tcp.ts';
import { monotonicMs } from './clock.ts';
import { type Program, startProgram } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import { within } from './until.ts';

/** The interface's name on both hosts. */
export const WIRE = 'wire';

const MAC: Readonly<Record<Host, string>> = {
  server: '02:00:00:00:00:01',
  client: '02:00:00:00:00:02',
};

/** Private addresses; they exist nowhere but inside the sandbox. */
export const SERVER_ADDRESS: Readonly<Record<AddressFamily, string>> = {
  4: '10.77.0.1',
  6: 'fd77::1',
};
/** Further servers stand on the same host, at addresses of their own: the first at ...101, and so on. */
export const serverAddress = (family: AddressFamily, relay: number): string =>
  relay === 0 ? SERVER_ADDRESS[family] : `${family === 4 ? '10.77.0.' : 'fd77::'}${100 + relay}`;

const CLIENT_ADDRESS: Readonly<Record<AddressFamily, string>> = { 4: '10.77.0.2', 6: 'fd77::2' };
const PREFIX: Readonly<Record<AddressFamily, number>> = { 4: 24, 6: 64 };
const FURTHER_CLIENTS: Readonly<
  Record<AddressFamily, { network: string; of: (n: number) => string }>
> = {
  4: { network: '10.77.1.0/24', of: (n) => `10.77.1.${n}` },
  6: { network: 'fd77:0:0:1::/64', of: (n) => `fd77:0:0:1::${n.toString(16)}` },
};

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
      timeout: COMMAND_DEADLINE_MS,
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

/** Holds a network namespace and says its process id, by which the others find the namespace. */
export const HOLDER_COMMAND: readonly string[] = [
  ...['unshare', '--net', 'sh', '-c', 'echo $$; exec sleep infinity'],
];

async function openHost(host: Host, signal: AbortSignal): Promise<OpenHost> {
  let announce: (pid: string) => void;
  const announced = new Promise<string>((resolve) => {
    announce = resolve;
  });
  const holder = startProgram({
    name: `the holder of the ${host}'s network namespace`,
    argv: HOLDER_COMMAND,
    failure: 'SANDBOX_ENDED',
    signal,
    onLine: (line) => announce(line),
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

interface Network {
  readonly family: AddressFamily;
  readonly clientAddresses: number;
  readonly relays?: number;
}

const furtherServersOf = ({ family, relays = 1 }: Network): readonly string[] =>
  Array.from({ length: relays - 1 }, (_, index) => serverAddress(family, index + 1));

/** The swarm's source addresses, the client's own first. */
export const clientAddressesOf = ({ family, clientAddresses }: Network): readonly string[] => [
  CLIENT_ADDRESS[family],
  ...Array.from({ length: clientAddresses - 1 }, (_, index) =>
    FURTHER_CLIENTS[family].of(index + 1),
  ),
];

const wireCommand = (serverPid: string, clientPid: string): readonly string[] => [
  ...['ip', 'link', 'add', WIRE, 'address', MAC.server, 'netns', serverPid, 'type', 'veth'],
  ...['peer', 'name', WIRE, 'address', MAC.client, 'netns', clientPid],
];

/** As --dry-run shows it: the process ids are known only in a run. */
export const WIRE_COMMAND = wireCommand('<server>', '<client>');

/** Two hosts and one wire, with fixed link addresses so that no neighbour discovery disturbs a run. */
export async function openLaboratory(
  network: Network,
  run: RunCommand,
  signal: AbortSignal,
): Promise<Laboratory> {
  const [server, client] = await Promise.all([
    openHost('server', signal),
    openHost('client', signal),
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

/** What sets one host's end of the wire up. */
export function hostScript(host: Host, network: Network): readonly string[] {
  const { family } = network;
  const further = clientAddressesOf(network).slice(1);
  const furtherServers = furtherServersOf(network);
  return host === 'server'
    ? serverScript(family, further.length > 0, furtherServers)
    : clientScript(family, further, furtherServers);
}

/**
 * A socket whose process is gone keeps its network namespace alive until its FIN is acknowledged, or
 * was repeated so often: 8 times unless set, for up to 100 s. Then a run that was killed behind a
 * closed gate would leave two namespaces and their timers behind for as long.
 */
const ORPHAN_RETRIES = 1;

/**
 * One `ip` for all of it: each process costs some milliseconds. A kernel without IPv6 makes no
 * address of its own and refuses to be told not to, so that line becomes a comment there.
 */
const batch = (lines: readonly string[]): readonly string[] => [
  ...['sh', '-ec'],
  [
    "ipv6=; [ -e /proc/net/if_inet6 ] || ipv6='#'",
    `echo ${ORPHAN_RETRIES} > /proc/sys/net/ipv4/tcp_orphan_retries 2>/dev/null || :`,
    'ip -batch - <<END',
    ...['link set lo up', `\${ipv6}link set ${WIRE} addrgenmode none`, ...lines],
    'END',
  ].join('\n'),
];

const linkUp = (family: AddressFamily, address: string): readonly string[] => [
  `addr add ${address}/${PREFIX[family]} dev ${WIRE}${family === 6 ? ' nodad' : ''}`,
  `link set ${WIRE} up`,
];

const addAddress = (family: AddressFamily, address: string): string =>
  `addr add ${address}/${family === 4 ? 32 : 128} dev ${WIRE}${family === 6 ? ' nodad' : ''}`;

function serverScript(
  family: AddressFamily,
  furtherClients: boolean,
  furtherServers: readonly string[],
): readonly string[] {
  const peer = CLIENT_ADDRESS[family];
  return batch([
    ...linkUp(family, SERVER_ADDRESS[family]),
    `neigh replace ${peer} lladdr ${MAC.client} dev ${WIRE} nud permanent`,
    ...(furtherClients ? [`route add ${FURTHER_CLIENTS[family].network} via ${peer}`] : []),
    ...furtherServers.map((address) => addAddress(family, address)),
  ]);
}

function clientScript(
  family: AddressFamily,
  further: readonly string[],
  furtherServers: readonly string[],
): readonly string[] {
  return batch([
    ...linkUp(family, CLIENT_ADDRESS[family]),
    ...[SERVER_ADDRESS[family], ...furtherServers].map(
      (address) => `neigh replace ${address} lladdr ${MAC.server} dev ${WIRE} nud permanent`,
    ),
    ...further.map((address) => addAddress(family, address)),
  ]);
}
