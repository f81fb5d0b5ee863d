import type { AppliedSysctl } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { Sysctls } from '../domain/parameters.ts';
import type { RunPlan } from '../domain/plan.ts';
import type { Host } from '../domain/tcp.ts';
import type { RemoteAgent } from './remote-agent.ts';
import type { Requirement } from './sysctls.ts';

const SERVICE: Readonly<Record<Host, string>> = { server: 'listener', client: 'client' };

/**
 * Reads in the containers what the plan would set elsewhere: there the engine sets sysctls, by the
 * services' lines in docker/compose.yaml. A pinned key is what it is; a required one that differs
 * is `SYSCTL_NOT_WRITABLE`, and so is one in which the client containers differ.
 */
export async function findSysctls(
  { pinned, required }: RunPlan['sysctls'],
  listener: RemoteAgent,
  clients: readonly RemoteAgent[],
): Promise<readonly AppliedSysctl[]> {
  const applied = await Promise.all([
    findOn('server', [listener], pinned.server, 'pinned'),
    findOn('server', [listener], required.server, 'required'),
    findOn('client', clients, pinned.client, 'pinned'),
    findOn('client', clients, required.client, 'required'),
  ]);
  return applied.flat();
}

async function findOn(
  host: Host,
  agents: readonly RemoteAgent[],
  sysctls: Sysctls,
  requirement: Requirement,
): Promise<readonly AppliedSysctl[]> {
  const keys = Object.keys(sysctls);
  const byAgent = (await Promise.all(
    agents.map((agent) => agent.ask({ request: 'sysctls', keys })),
  )) as readonly (readonly (string | null)[])[];
  return Object.entries(sysctls).map(([key, asked], index) => {
    const values = byAgent.map((found) => found[index] ?? null);
    assertAlike(key, values, agents);
    const found = values[0] ?? null;
    const wanted = asked.trim().split(/\s+/).join(' ');
    if (requirement === 'required' && found !== wanted) throw notInForce(host, key, wanted, found);
    return { host, key, asked, found, requirement };
  });
}

/** One prediction is made for all clients. */
function assertAlike(
  key: string,
  values: readonly (string | null)[],
  agents: readonly RemoteAgent[],
): void {
  const other = values.findIndex((value) => value !== values[0]);
  if (other < 0) return;
  throw new HarnessError(
    'SYSCTL_NOT_WRITABLE',
    `The client containers differ in ${key}: ${agents[0]?.address} has ${values[0]}, ${agents[other]?.address} has ${values[other]}.`,
    { remedy: `set ${key} below services.client.sysctls in docker/compose.yaml` },
  );
}

const notInForce = (host: Host, key: string, wanted: string, found: string | null): HarnessError =>
  new HarnessError(
    'SYSCTL_NOT_WRITABLE',
    `Cannot set ${key}=${wanted} on the ${host} because the engine sets the sysctls of containers; it is ${found ?? 'not there'}.`,
    {
      remedy: `write ${key}: "${wanted}" below services.${SERVICE[host]}.sysctls in docker/compose.yaml, and start its containers again`,
    },
  );
