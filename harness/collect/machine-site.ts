/**
 * A site in a machine of our own, on a kernel that may be old: two hosts where it can make them, and
 * otherwise one, whose loopback interface is the wire. What it lacks is told.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Lack } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { Sysctls } from '../domain/parameters.ts';
import type { RunPlan } from '../domain/plan.ts';
import { type Gate, gateOf, oldGateOf } from './gate.ts';
import { clientAddressesOf, LOOPBACK, oneHostScript, WIRE } from './host-network.ts';
import { type HostNamespace, type Laboratory, openLaboratory, type RunCommand } from './hosts.ts';
import { siteIn } from './namespaces-site.ts';
import type { OpenSite } from './site.ts';
import { listenerCommand } from './snapshot.ts';

export const openMachine =
  (tell: (lack: Lack) => void): OpenSite =>
  async (plan, { run, signal }) => {
    await assertListenersAreTold(run);
    const whyOne = await whyOneHost(plan, run);
    const laboratory =
      whyOne === undefined
        ? await openLaboratory({ ...plan.network, serverHere: false }, run, signal)
        : await openOneHost(plan, run);
    if (whyOne !== undefined) {
      const instead = `${whyOne}, so server and clients share one host, and counters of both tell nothing`;
      tell({ what: 'two-hosts', instead });
    }
    return siteIn(laboratory, plan, run, {
      captureInterface: whyOne === undefined ? WIRE : LOOPBACK,
      gate: await gateIn(laboratory.client, plan, run, tell),
    });
  };

const succeeds = (command: Promise<unknown>): Promise<boolean> =>
  command.then(
    () => true,
    () => false,
  );

/**
 * Without inet_diag and tcp_diag `ss` reads /proc/net/tcp, which shows a limit of 0 for every listener,
 * and a verdict by that would be wrong. It tells of memory only what the kernel answered.
 */
async function assertListenersAreTold(run: RunCommand): Promise<void> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const told = await run(listenerCommand(port));
  listener.close();
  if (told.includes('skmem:')) return;
  throw new HarnessError(
    'KERNEL_LACKS',
    'The limit of an accept queue cannot be seen because this kernel has no tcp_diag, by which ss asks for it.',
    { remedy: 'name the folder of its modules with --modules DIR, or choose another kernel' },
  );
}

/** Undefined: this kernel makes two hosts. */
async function whyOneHost(plan: RunPlan, run: RunCommand): Promise<string | undefined> {
  if (!existsSync('/proc/self/ns/net')) return 'this kernel has no network namespaces';
  const probe = 'ip link add probe type veth peer name probe-peer && ip link del probe';
  const hasVeth = await succeeds(run(['sh', '-c', probe]));
  if (!hasVeth) return 'this kernel has no veth pairs';
  const global = await globalSysctls(plan, run);
  return global.length === 0
    ? undefined
    : `this kernel has ${global.join(', ')} for the whole machine only`;
}

/** Keys of the plan that a network namespace does not have, though the machine has them. */
async function globalSysctls(
  { sysctls: { required } }: RunPlan,
  run: RunCommand,
): Promise<readonly string[]> {
  const keys = Object.keys({ ...required.server, ...required.client });
  const here = keys.filter((key) => existsSync(`/proc/sys/${key.replaceAll('.', '/')}`));
  if (here.length === 0) return [];
  const look = 'for key; do [ -e "/proc/sys/$(echo "$key" | tr . /)" ] || echo "$key"; done';
  const missing = await run(['unshare', '--net', 'sh', '-c', look, 'sh', ...here]);
  return missing.split('\n').filter((key) => key !== '');
}

async function openOneHost(plan: RunPlan, run: RunCommand): Promise<Laboratory> {
  assertNoConflict(plan.sysctls.required);
  await run(oneHostScript(plan.network));
  const host = (name: HostNamespace['host']): HostNamespace => ({
    host: name,
    procNet: '/proc/net',
    inside: (argv) => argv,
  });
  return {
    server: host('server'),
    client: host('client'),
    clientAddresses: clientAddressesOf(plan.network),
    unexpectedEnd: new Promise<never>(() => undefined),
    causeOf: async (failure) => failure,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** One host has one value of each key. */
function assertNoConflict({
  server,
  client,
}: {
  readonly server: Sysctls;
  readonly client: Sysctls;
}): void {
  const key = Object.keys(server).find((name) => name in client && client[name] !== server[name]);
  if (key === undefined) return;
  throw lacks(
    `Cannot set ${key} to ${server[key]} on the server and ${client[key]} on the clients because this kernel gives them one host.`,
  );
}

/** nftables where the kernel has it, otherwise iptables; where there is neither a gate is an error. */
async function gateIn(
  client: HostNamespace,
  plan: RunPlan,
  run: RunCommand,
  tell: (lack: Lack) => void,
): Promise<Gate> {
  const isWanted = plan.steps.some(({ kind }) => kind === 'gate');
  if (!isWanted || (await succeeds(run(client.inside(['nft', 'list', 'tables']))))) {
    return gateOf(client, plan.network, run);
  }
  const tables = plan.network.family === 4 ? 'iptables-legacy' : 'ip6tables-legacy';
  if (await succeeds(run(client.inside([tables, '-w', '-L', '-n'])))) {
    tell({ what: 'nftables', instead: 'this kernel has no nftables: iptables holds packets back' });
    return oldGateOf(client, plan.network, run);
  }
  throw lacks(
    'Nothing can be held back between server and clients because this kernel has neither nftables nor iptables.',
  );
}

const lacks = (message: string): HarnessError =>
  new HarnessError('KERNEL_LACKS', message, {
    remedy: 'choose a scenario that does without, or a kernel that is built with it (or --modules)',
  });
