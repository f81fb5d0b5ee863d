import { CONNECTION_COUNTERS } from '../domain/cluster.ts';
import { readCounters } from '../evidence/netstat.ts';
import type { CounterFiles } from './counters.ts';

/** The counters that the connections to the agents do not move, in the kernel's order. */
export const tellingOf = ({ netstat, snmp }: CounterFiles): string =>
  [netstat, snmp]
    .flatMap((text) => [...readCounters(text)])
    .filter(([name]) => CONNECTION_COUNTERS.has(name))
    .join(' ');
