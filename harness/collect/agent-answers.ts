import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { execaSync } from 'execa';
import type { AgentAddress, AgentGreeting, AgentRequest, AgentRole } from '../domain/agent.ts';
import { harnessVersion } from '../package-files.ts';
import { monotonicMs } from './clock.ts';
import { networkNamespace } from './isolation.ts';
import { readHostTexts } from './namespaces-site.ts';
import { mostClientsPerProcess } from './swarm.ts';

const PROC_NET = '/proc/self/net';

/** This start of this machine, and this process's time namespace (none before 5.6). */
export const clockId = (): string => {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const namespace = '/proc/self/ns/time';
  return existsSync(namespace) ? `${boot} ${readlinkSync(namespace)}` : boot;
};

export const greeting = (role: AgentRole): AgentGreeting => ({
  report: 'hello',
  role,
  harnessVersion: harnessVersion(),
  container: os.hostname(),
  kernelRelease: os.release(),
  clockId: clockId(),
  networkNamespace: networkNamespace(),
  addresses: addressesIn(execaSync('ip', ['-oneline', '-4', 'address']).stdout),
  mostClients: mostClientsPerProcess(),
});

/** Node's own list leaves out interfaces that the kernel has not found to be running yet. */
export const addressesIn = (text: string): readonly AgentAddress[] =>
  [...text.matchAll(/^\d+: (?!lo\s)(\S+)\s+inet ([\d.]+)(?:\/(\d+))?/gm)].map(
    ([, name = '', address = '', bits = '32']) => ({
      interface: name,
      address,
      prefixBits: Number(bits),
    }),
  );

/** What /proc and the clock of this container say. */
export function answerTo(request: Extract<AgentRequest, { id: number }>): unknown {
  switch (request.request) {
    case 'clock':
      return monotonicMs();
    case 'counters':
      return {
        netstat: readFileSync(`${PROC_NET}/netstat`, 'utf8'),
        snmp: readFileSync(`${PROC_NET}/snmp`, 'utf8'),
      };
    case 'texts':
      return readHostTexts(PROC_NET);
    case 'sysctls':
      return request.keys.map(sysctlFound);
  }
}

/** Null: this kernel, or this container, has no such key. */
function sysctlFound(key: string): string | null {
  try {
    const text = readFileSync(`/proc/sys/${key.replaceAll('.', '/')}`, 'utf8');
    return text.trim().split(/\s+/).join(' ');
  } catch {
    return null;
  }
}
