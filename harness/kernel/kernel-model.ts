import { HarnessError } from '../domain/harness-error.ts';
import type { Sysctls } from '../domain/parameters.ts';
import type { KernelModel, KernelRules } from '../domain/scenario.ts';
import { isAtLeast, type KernelRelease } from './release.ts';

/**
 * The sysctls of a fresh network namespace.
 *
 * - somaxconn is 4096 from 5.4 (19f92a030ca6), 128 before.
 * - tcp_max_syn_backlog grows with the machine's memory; 128 is its least value. Plans that depend
 *   on it set it.
 * - tcp_syn_retries is 6 from 3.7, 5 before.
 * - tcp_syn_linear_timeouts is 4 from 6.5 (ccce324dabfe) and does not exist before.
 */
export function defaultSysctls(release: KernelRelease): Sysctls {
  return {
    'net.core.somaxconn': isAtLeast(release, '5.4') ? '4096' : '128',
    'net.ipv4.tcp_max_syn_backlog': '128',
    'net.ipv4.tcp_syncookies': '1',
    'net.ipv4.tcp_abort_on_overflow': '0',
    'net.ipv4.tcp_synack_retries': '5',
    'net.ipv4.tcp_syn_retries': isAtLeast(release, '3.7') ? '6' : '5',
    ...(isAtLeast(release, '6.5') ? { 'net.ipv4.tcp_syn_linear_timeouts': '4' } : {}),
  };
}

/**
 * The model of a kernel with these sysctls in force on the two hosts. `defaults` stand in for keys
 * that a host does not show. A value that is no whole number is `EVIDENCE_UNREADABLE`.
 */
export function kernelModel(
  rules: KernelRules,
  server: Sysctls,
  client: Sysctls,
  defaults: Sysctls,
): KernelModel {
  const ofServer = (key: string): number => numberAt(key, server, defaults);
  const ofClient = (key: string): number => numberAt(key, client, defaults);
  return {
    rules,
    somaxconn: ofServer('net.core.somaxconn'),
    maxSynBacklog: ofServer('net.ipv4.tcp_max_syn_backlog'),
    syncookies: ofServer('net.ipv4.tcp_syncookies'),
    abortOnOverflow: ofServer('net.ipv4.tcp_abort_on_overflow'),
    synackRetries: ofServer('net.ipv4.tcp_synack_retries'),
    synRetries: ofClient('net.ipv4.tcp_syn_retries'),
    synLinearTimeouts: ofClient('net.ipv4.tcp_syn_linear_timeouts'),
  };
}

/** 0 where neither has the key: only tcp_syn_linear_timeouts has no default before 6.5. */
function numberAt(key: string, sysctls: Sysctls, defaults: Sysctls): number {
  const text = (sysctls[key] ?? defaults[key] ?? '0').trim();
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new HarnessError(
    'EVIDENCE_UNREADABLE',
    `Cannot use sysctl ${key} because its value is not a whole number: ${text}`,
    { remedy: 'set it to a whole number.' },
  );
}
