import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Command } from './converse.ts';
import { sandboxEnvironment } from './environment.ts';

/** Many machines have it mounted already, and would refuse to mount it twice. */
const MOUNT =
  '{ [ -d /sys/kernel/tracing/instances ] || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; }';

/**
 * Makes a tracing instance of our own and removes it when its standard input ends, which is when
 * the harness is done or dead. An instance outlives processes and namespaces, so this is the one
 * thing that needs a keeper; it runs in a session of its own, so that no Ctrl-C reaches it. It
 * keeps a file of the instance open, because such an instance cannot be removed (EBUSY): so a
 * keeper that starts may try to remove every instance of ours, and only those go that a killed
 * keeper has left. The lock keeps others away until the file is open.
 */
const SCRIPT = `
${MOUNT} || exit 1
cd /sys/kernel/tracing/instances || exit 1
exec 9<.
flock -w 5 9 || exit 1
rmdir backlog-lab-* 2>/dev/null
mkdir "$1" || exit 1
exec 3<"$1/tracing_on" 9<&-
echo ready
trap '' HUP INT TERM
read -r _
exec 3<&-
tries=0
while [ -d "$1" ] && ! rmdir "$1" && [ $tries -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
`;

/** For an instance whose keeper was killed: nobody holds it open any more. */
const SWEEP = `
${MOUNT} && rmdir /sys/kernel/tracing/instances/backlog-lab-*
`;

/** Starts another command in a mount namespace of its own. */
export const OWN_MOUNTS: Command = ['unshare', '--mount'];

const sweep = ([command, ...words]: Command): Promise<unknown> =>
  execa(command, [...words, 'sh', '-c', SWEEP], {
    env: sandboxEnvironment(),
    reject: false,
    stdio: 'ignore',
  });

export interface TraceKeeper {
  /** Null where there is no tracefs for us: a container that may not mount it, or a kernel without it. */
  readonly instance: Promise<string | null>;
  /** Lets it remove the instance and end, even if it has not yet made it. */
  readonly end: () => void;
}

/** It removes the instance in a moment; one that is stuck must not hold the command that has ended. */
const END_DEADLINE_MS = 12_000;

export function keepTraceInstance(prefix: Command): TraceKeeper {
  const [command, ...words] = prefix;
  const instance = `backlog-lab-${process.pid}-${randomUUID()}`;
  const keeper = execa(command, [...words, 'sh', '-c', SCRIPT, 'sh', instance], {
    env: sandboxEnvironment(),
    detached: true,
    cleanup: false,
    reject: false,
    stderr: 'ignore',
  });
  keeper.stdin.on('error', () => undefined);
  const ready = new Promise<string | null>((resolve) => {
    createInterface({ input: keeper.stdout }).once('line', () => resolve(instance));
    void keeper.then(() => resolve(null));
  });
  return {
    instance: ready,
    end: () => {
      keeper.stdin.end();
      const stuck = setTimeout(() => keeper.kill('SIGKILL'), END_DEADLINE_MS);
      void keeper.then(({ signal }) => {
        clearTimeout(stuck);
        return signal === undefined ? undefined : sweep(prefix);
      });
    },
  };
}
