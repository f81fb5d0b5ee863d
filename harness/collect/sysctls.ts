import type { AppliedSysctl } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { Sysctls } from '../domain/parameters.ts';
import { sysctlKeyProblem } from '../domain/sysctl-key.ts';
import type { Host } from '../domain/tcp.ts';
import { sysctlAvailability } from '../kernel/sysctls.ts';
import type { HostNamespace, RunCommand } from './hosts.ts';

export type Requirement = AppliedSysctl['requirement'];

/**
 * /proc/sys shows the network namespace of the process that reads it, so a shell inside the host's
 * namespace does the writing. One line for each key: what happened, and the value read back.
 *
 * One `grep` reads all keys, since each process costs a millisecond. (The shell's own `read` asks
 * for one byte at a time, and these files give no second one.)
 */
const SCRIPT = `
newline='
'
read_all() {
  files=/dev/null
  while [ $# -gt 0 ]; do files="$files /proc/sys/$1"; shift 2; done
  all="$newline$(grep -s '' $files)$newline"
}
look_up() {
  found=
  case $all in *"$newline$1:"*) found=\${all#*"$newline$1:"} found=\${found%%"$newline"*} ;; esac
}
set_all() {
  while [ $# -gt 0 ]; do
    file=/proc/sys/$1 value=$2; shift 2
    look_up "$file"
    if [ "$found" = "$value" ] || [ ! -e "$file" ]; then result=set
    elif why=$({ printf '%s\\n' "$value" > "$file"; } 2>&1); then result=set
    else
      case $why in
        *[Rr]ead-only*) result=read-only ;;
        *[Pp]ermission*) result=forbidden ;;
        *) result=refused ;;
      esac
    fi
    results="$results$result "
  done
}
results=
read_all "$@"
set_all "$@"
read_all "$@"
set -f
while [ $# -gt 0 ]; do
  result=\${results%% *} results=\${results#* }
  look_up "/proc/sys/$1"
  if [ -e "/proc/sys/$1" ]; then echo $result $found; else echo missing; fi
  shift 2
done`;

/** The command that sets keys in the namespace of its caller. */
export const sysctlCommand = (sysctls: Sysctls): readonly string[] => [
  ...['sh', '-c', SCRIPT, 'sh'],
  ...Object.entries(sysctls).flatMap(([key, value]) => [key.replaceAll('.', '/'), value]),
];

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
  for (const [key, value] of entries) {
    const why = sysctlKeyProblem(key);
    if (why !== undefined) throw notWritable(host.host, key, value, { why, remedy: OTHER_KEY });
  }
  const output = await run(host.inside(sysctlCommand(sysctls)), host.host);
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
    throw notWritable(host, key, asked, refusalOf(result, key, found));
  }
  return { host, key, asked, found, requirement };
}

interface Refusal {
  readonly why: string;
  readonly remedy: string;
}

const OTHER_KEY = 'choose a key of net.ipv4 or net.ipv6 that belongs to a network namespace';

function refusalOf(result: string | undefined, key: string, found: string | null): Refusal {
  const { rootlessSince, note, refusedValues } = sysctlAvailability(key);
  switch (result) {
    case 'missing':
      return { why: 'this kernel, or this sandbox, has no such key', remedy: note };
    case 'read-only':
      return {
        why: '/proc/sys is read-only here',
        remedy:
          'in a container: --security-opt systempaths=unconfined makes it writable; of the server, --docker-option=--sysctl=KEY=VALUE is taken as given',
      };
    case 'forbidden':
      return {
        why: 'this user may not set it',
        remedy: rootlessSince === undefined ? 'run as root' : `run as root; ${note}`,
      };
    case 'refused':
      return {
        why: `the kernel refused the value (it stays ${found})`,
        remedy: `choose a value that the kernel takes${refusedValues === undefined ? '' : `; ${refusedValues}`}`,
      };
    default:
      return {
        why: `the kernel made it ${found}`,
        remedy: `choose ${found}, or another value that the kernel takes as it is`,
      };
  }
}

function notWritable(
  host: Host,
  key: string,
  value: string,
  { why, remedy }: Refusal,
): HarnessError {
  return new HarnessError(
    'SYSCTL_NOT_WRITABLE',
    `Cannot set ${key}=${value} on the ${host} because ${why}.`,
    { remedy },
  );
}
