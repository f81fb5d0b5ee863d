/** Since when a sysctl can be set for the sandbox alone. */
export interface SysctlAvailability {
  /**
   * First kernel known to give each network namespace its own value. Before it the key is missing
   * from the sandbox. Null: never, or not known.
   */
  readonly perNamespaceSince: string | null;
  /** First kernel known to let an ordinary user set it in a user namespace; absent: none does. */
  readonly rootlessSince?: string;
  /** What a person who wants to set it should know, as a sentence of an error message. */
  readonly note: string;
  /** Which values some kernels do not take, as a clause of the remedy. */
  readonly refusedValues?: string;
}

/** A key of net.ipv4 is writable in a user namespace as soon as it is per namespace (4.1 and later). */
function perNamespace(key: string, since: string): readonly [string, SysctlAvailability] {
  const note = `${key} is per network namespace since kernel ${since}.`;
  return [key, { perNamespaceSince: since, rootlessSince: since, note }];
}

/** A key that was per namespace from the day it was made. */
function born(key: string, since: string): readonly [string, SysctlAvailability] {
  const note = `${key} exists since kernel ${since}.`;
  return [key, { perNamespaceSince: since, rootlessSince: since, note }];
}

function neverPerNamespace(key: string): readonly [string, SysctlAvailability] {
  const note = `${key} belongs to the whole machine: no network namespace has its own.`;
  return [key, { perNamespaceSince: null, note }];
}

const SOMAXCONN: SysctlAvailability = {
  perNamespaceSince: '2.6.32',
  rootlessSince: '6.3',
  note: 'net.core.somaxconn is not writable in a user namespace before kernel 6.3: run as root there.',
  // 5f671d6b4ec3 "net: check net.core.somaxconn sysctl values"; gone again where becb74f0acca is.
  refusedValues:
    'from 3.11 to 4.0, and in late updates of 2.6.32 and 3.10, the kernel takes 65535 at most, so that a limit of 16 bits is never truncated: use Linux 4.1 or later for more',
};

/**
 * From kernel headers of 2.6.32 to 6.17. Where only "between A and B" is known, B is given:
 * 4.7 may be 4.5 or 4.6, and 4.14 may be 4.10 to 4.13.
 */
const AVAILABILITY: ReadonlyMap<string, SysctlAvailability> = new Map([
  ['net.core.somaxconn', SOMAXCONN],
  perNamespace('net.ipv4.ip_local_port_range', '4.1'),
  perNamespace('net.ipv4.tcp_keepalive_time', '4.7'),
  perNamespace('net.ipv4.tcp_keepalive_intvl', '4.7'),
  perNamespace('net.ipv4.tcp_keepalive_probes', '4.7'),
  perNamespace('net.ipv4.tcp_syncookies', '4.7'),
  perNamespace('net.ipv4.tcp_syn_retries', '4.7'),
  perNamespace('net.ipv4.tcp_synack_retries', '4.7'),
  perNamespace('net.ipv4.tcp_fin_timeout', '4.7'),
  perNamespace('net.ipv4.tcp_retries1', '4.7'),
  perNamespace('net.ipv4.tcp_retries2', '4.7'),
  perNamespace('net.ipv4.tcp_orphan_retries', '4.7'),
  perNamespace('net.ipv4.tcp_max_syn_backlog', '4.14'),
  perNamespace('net.ipv4.tcp_timestamps', '4.14'),
  perNamespace('net.ipv4.tcp_tw_reuse', '4.14'),
  perNamespace('net.ipv4.tcp_abort_on_overflow', '4.15'),
  perNamespace('net.ipv4.tcp_fastopen', '4.15'),
  born('net.ipv4.tcp_migrate_req', '5.14'),
  born('net.ipv4.tcp_syn_linear_timeouts', '6.5'),
  born('net.ipv4.tcp_rto_min_us', '6.11'),
  born('net.ipv4.tcp_rto_max_ms', '6.15'),
  neverPerNamespace('net.ipv4.tcp_max_orphans'),
  neverPerNamespace('net.core.netdev_max_backlog'),
]);

/** What is known of a key such as `net.core.somaxconn`. */
export function sysctlAvailability(key: string): SysctlAvailability {
  return (
    AVAILABILITY.get(key) ?? {
      perNamespaceSince: null,
      note: `Nothing is known of ${key}: see whether this kernel has it in /proc/sys.`,
    }
  );
}
