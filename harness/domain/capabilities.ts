/** What the inside part needs of a kernel that asks for capabilities one by one, and why. */
export interface NeededCapability {
  /** As `--cap-add` has it. */
  readonly name: string;
  /** Its bit in CapEff of /proc/<pid>/status (include/uapi/linux/capability.h). */
  readonly bit: number;
  readonly reason: string;
}

/** The smallest set with which every scenario runs: without any of them no run is possible. */
export const NEEDED_CAPABILITIES: readonly NeededCapability[] = [
  { name: 'KILL', bit: 5, reason: 'lets the capture be ended, which runs as a user of its own' },
  { name: 'SETGID', bit: 6, reason: 'lets tcpdump give up root, without which it refuses to run' },
  { name: 'SETUID', bit: 7, reason: 'lets tcpdump give up root, without which it refuses to run' },
  { name: 'NET_ADMIN', bit: 12, reason: 'makes the wire, the gate and the addresses' },
  { name: 'NET_RAW', bit: 13, reason: 'opens the socket with which tcpdump captures' },
  { name: 'SYS_ADMIN', bit: 21, reason: 'makes and enters the network namespaces of both hosts' },
];

/** Those of them that a process lacks, from the text of its /proc/<pid>/status. */
export function lackingCapabilities(status: string): readonly NeededCapability[] {
  const effective = BigInt(`0x${/^CapEff:\s+([\da-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return NEEDED_CAPABILITIES.filter(({ bit }) => ((effective >> BigInt(bit)) & 1n) === 0n);
}
