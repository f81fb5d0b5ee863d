import type { AppliedSysctl } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { Sysctls } from '../domain/parameters.ts';
import type { Host } from '../domain/tcp.ts';
import { sysctlAvailability } from '../kernel/sysctls.ts';
import type { HostNamespace, RunCommand } from './hosts.ts';

export type Requirement = AppliedSysctl['requirement'];

/**
 * /proc/sys shows the network namespace of the process that reads it, so a shell inside the host's
 * namespace does the writing. One line for each key: what happened, and the value read back.
 */
const SCRIPT = `
while [ $# -gt 0 ]; do
  file=/proc/sys/$1 value=$2; shift 2
  if [ ! -e "$file" ]; then echo 'missing'; continue; fi
  if [ "$(cat "$file")" = "$value" ]; then result=set
  elif { printf '%s\\n' "$value" > "$file"; } 2>/dev/null; then result=set
  else result=refused; fi
  set -f; found=$(cat "$file"); echo $result $found
done`;

/** Only keys of a network namespace: anything else under /proc/sys belongs to the host. */
const NAMESPACED_KEY = /^net(\.[a-z0-9_-]+)+$/i;

/**
 * Sets keys on one host and reads them back. A key that cannot be set is an error when it is
 * required (`SYSCTL_NOT_WRITABLE`), otherwise what is there is reported.
 */
export async function applySysctls(
  host: HostNamespace,
  sysctls: Sysctls,
  requirement: Requirement,
  run: RunCommand,
): Promise<readonly AppliedSysctl[]> {
  const entries = Object.entries(sysctls);
  if (entries.length === 0) return [];
  const foreign = entries.find(([key]) => !NAMESPACED_KEY.test(key));
  if (foreign)
    throw notWritable(host.host, foreign[0], foreign[1], 'it belongs to the whole machine');
  const args = entries.flatMap(([key, value]) => [key.replaceAll('.', '/'), value]);
  const output = await run(host.inside(['sh', '-c', SCRIPT, 'sh', ...args]), host.host);
  const lines = output.split('\n');
  return entries.map(([key, asked], index) =>
    settled(host.host, key, asked, requirement, lines[index] ?? 'missing'),
  );
}

function settled(
  host: Host,
  key: string,
  asked: string,
  requirement: Requirement,
  line: string,
): AppliedSysctl {
  const [result, ...words] = line.split(' ');
  const found = result === 'missing' ? null : words.join(' ');
  if (requirement === 'required' && found !== asked.trim().split(/\s+/).join(' ')) {
    throw notWritable(host, key, asked, refusal(result, found));
  }
  return { host, key, asked, found, requirement };
}

const refusal = (result: string | undefined, found: string | null): string =>
  result === 'missing'
    ? 'this kernel, or this sandbox, has no such key'
    : result === 'refused'
      ? `the kernel refused the value (it stays ${found})`
      : `the kernel made it ${found}`;

function notWritable(host: Host, key: string, value: string, why: string): HarnessError {
  return new HarnessError(
    'SYSCTL_NOT_WRITABLE',
    `Cannot set ${key}=${value} on the ${host} because ${why}.`,
    { remedy: remedyFor(key) },
  );
}

const remedyFor = (key: string): string =>
  sysctlAvailability(key)?.note ??
  'choose a key below /proc/sys/net that belongs to a network namespace and a value it takes';
