import { readFileSync } from 'node:fs';
import { readCounters } from '../evidence/netstat.ts';
import type { HostNamespace } from './hosts.ts';

/** /proc/net/netstat and /proc/net/snmp of a host, as text. About 0.1 ms. */
export interface CounterFiles {
  readonly netstat: string;
  readonly snmp: string;
}

export const readCounterFiles = (host: HostNamespace): CounterFiles => ({
  netstat: readFileSync(`${host.procNet}/netstat`, 'utf8'),
  snmp: readFileSync(`${host.procNet}/snmp`, 'utf8'),
});

/** TcpExt and Tcp counters of a host, now. */
export const countersNow = (host: HostNamespace): ReadonlyMap<string, number> =>
  readCounters(readFileSync(`${host.procNet}/netstat`, 'utf8'));
