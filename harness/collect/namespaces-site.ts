import { readFileSync } from 'node:fs';
import type { RunPlan } from '../domain/plan.ts';
import { HOSTS } from '../domain/tcp.ts';
import { clientProgramCommand } from './client-programs.ts';
import { readCounterFiles } from './counters.ts';
import { gateOf } from './gate.ts';
import { WIRE } from './host-network.ts';
import { type HostNamespace, type Laboratory, openLaboratory, type RunCommand } from './hosts.ts';
import { libraryCommand } from './libraries.ts';
import { startProgram } from './program.ts';
import { serverCommand } from './server.ts';
import type { ClientHost, HostTexts, OpenSite, Site } from './site.ts';
import { keepSocketTablesSmall } from './socket-table-size.ts';
import { processesFor, swarmCommand } from './swarm.ts';
import { applySysctls } from './sysctls.ts';

/**
 * Two hosts and a wire, in network namespaces that are made for this run and end with it. With
 * `serverHere` the server stands in this process's own, because somebody has prepared it.
 */
export const openNamespaces =
  (serverHere: boolean): OpenSite =>
  async (plan, { run, signal }) => {
    keepSocketTablesSmall(mostClientsOf(plan));
    const laboratory = await openLaboratory({ ...plan.network, serverHere }, run, signal);
    return siteIn(laboratory, plan, run, {
      captureInterface: WIRE,
      gate: gateOf(laboratory.client, plan.network, run),
    });
  };

const mostClientsOf = ({ network, parameters }: RunPlan): number =>
  network.mostClients ?? parameters.clients;

/** The site of a run in a laboratory that is open, whatever its hosts are. */
export function siteIn(
  laboratory: Laboratory,
  plan: RunPlan,
  run: RunCommand,
  wire: Pick<Site, 'captureInterface' | 'gate'>,
): Site {
  const { network, parameters } = plan;
  const processes = connects(plan) ? processesFor(mostClientsOf(plan), parameters.arrivals) : 0;
  const { server, client } = laboratory;
  const target = {
    family: network.family,
    port: network.port,
    sourceAddresses: laboratory.clientAddresses,
  };
  return {
    server,
    clients: [nearClient(client)],
    ...wire,
    mostListeners: 1,
    startServer: (options) => (how) =>
      startProgram({ ...how, argv: server.inside(serverCommand(options)) }),
    swarm: Array.from(
      { length: processes },
      () => (how) => startProgram({ ...how, argv: client.inside(swarmCommand(target)) }),
    ),
    startLibrary: (library) => (how) =>
      startProgram({ ...how, argv: client.inside(libraryCommand(network, library)) }),
    startClients: (step, index) => (how) =>
      startProgram({ ...how, argv: client.inside(clientProgramCommand(step, index, plan)) }),
    applySysctls: async ({ pinned, required }) => {
      const applied = await Promise.all(
        HOSTS.map(async (host) => [
          ...(await applySysctls(laboratory[host], pinned[host], 'pinned', run)),
          ...(await applySysctls(laboratory[host], required[host], 'required', run)),
        ]),
      );
      return applied.flat();
    },
    setSysctl: async ({ host, key, value }) => {
      await applySysctls(laboratory[host], { [key]: value }, 'required', run);
    },
    tellingOf: (counters) => JSON.stringify(counters),
    conclude: () => Promise.resolve(),
    unexpectedEnd: laboratory.unexpectedEnd,
    causeOf: laboratory.causeOf,
    [Symbol.asyncDispose]: () => laboratory[Symbol.asyncDispose](),
  };
}

/** A plan whose clients are programs of their own needs no swarm. */
export const connects = ({ steps }: RunPlan): boolean =>
  steps.some(({ kind }) => kind === 'connect');

const nearClient = (client: HostNamespace): ClientHost => ({
  name: 'client',
  readCounters: async () => readCounterFiles(client),
  readTexts: async () => readHostTexts(client.procNet),
});

/** Everything that a snapshot keeps of a host; `procNet` is its /proc/<pid>/net. */
export const readHostTexts = (procNet: string): HostTexts => ({
  netstat: readFileSync(`${procNet}/netstat`, 'utf8'),
  snmp: readFileSync(`${procNet}/snmp`, 'utf8'),
  tcp: readFileSync(`${procNet}/tcp`, 'utf8'),
  tcp6: readIfThere(`${procNet}/tcp6`),
  dev: readFileSync(`${procNet}/dev`, 'utf8'),
});

/** A kernel without IPv6 has no tcp6. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
