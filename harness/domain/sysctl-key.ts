const NAMESPACED = /^net\.ipv[46](\.[a-z0-9_-]+)+$/i;

/**
 * The one key of net.core for which every network namespace has had its own value all along. The
 * buffer sizes and most others belong to the machine.
 */
const NAMESPACED_CORE = 'net.core.somaxconn';

/** Setting one may load a kernel module, which is there for the whole machine. */
const LOADS_MODULES: ReadonlySet<string> = new Set([
  'net.ipv4.tcp_congestion_control',
  'net.ipv4.tcp_available_congestion_control',
  'net.ipv4.tcp_allowed_congestion_control',
]);

/**
 * Why a sysctl such as `net.ipv4.tcp_timestamps` may not be set although the sandbox has network
 * namespaces of its own, as a clause; undefined when it may. Others below net. are not safe: until
 * Linux 5.13 root could write keys of net.netfilter through a namespace for the whole machine
 * (2671fa4dc010 made them read-only there).
 */
export function sysctlKeyProblem(key: string): string | undefined {
  if (LOADS_MODULES.has(key)) return `${key} may load a kernel module into the whole machine`;
  if (NAMESPACED.test(key) || key === NAMESPACED_CORE) return undefined;
  return `only keys of a network namespace can be set (net.ipv4.*, net.ipv6.* and ${NAMESPACED_CORE}), and none of the machine is touched`;
}
