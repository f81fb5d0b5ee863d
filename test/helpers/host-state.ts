import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What a run could change on the machine outside of its own processes and folder. */
export interface HostState {
  /** Every readable value below /proc/sys/net, by file. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** `ip -d link`: without counters and a bridge's clocks, so that neither traffic nor time changes it. */
  readonly links: string;
  /** A network namespace without processes lives on only if it is mounted somewhere. */
  readonly mounts: string;
}

/** Values that count what the machine does at the moment. */
const RESTLESS = /nf_conntrack_count$|\/tcp_fastopen_key$/;

export const hostState = (): HostState => ({
  sysctls: new Map(sysctlsBelow('/proc/sys/net')),
  links: execFileSync('ip', ['-d', '-o', 'link'], { encoding: 'utf8' }).replaceAll(
    /_timer +[\d.]+/g,
    '_timer',
  ),
  mounts: readFileSync('/proc/self/mountinfo', 'utf8'),
});

function sysctlsBelow(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return sysctlsBelow(place);
    const value = RESTLESS.test(place) ? undefined : settingOf(place);
    return value === undefined ? [] : [[place, value] as const];
  });
}

/** Some are only to be written, or only root may read them. */
function settingOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** What changed from one state to the other; new sysctls come with modules that the kernel loads. */
export function changesOf(before: HostState, after: HostState): readonly string[] {
  const sysctls = [...before.sysctls].flatMap(([file, value]) =>
    after.sysctls.get(file) === value
      ? []
      : [`${file}: ${value} became ${after.sysctls.get(file)}`],
  );
  const texts = (['links', 'mounts'] as const).flatMap((name) =>
    before[name] === after[name] ? [] : [`${name}: ${before[name]} became ${after[name]}`],
  );
  return [...sysctls, ...texts];
}

/** Where it is mounted already it cannot be mounted twice. */
const LIST_INSTANCES =
  'mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; ls /sys/kernel/tracing/instances';

/** Tracing instances that the launcher of this process id made; only root can have made any. */
export function traceInstancesOf(pid: number): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const { stdout } = spawnSync('unshare', ['--mount', 'sh', '-c', LIST_INSTANCES], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((name) => name.startsWith(`backlog-lab-${pid}-`));
}
