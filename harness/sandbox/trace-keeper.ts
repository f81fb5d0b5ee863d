import { createInterface } from 'node:readline';
import { execa } from 'execa';

/**
 * Makes a tracing instance of our own and removes it when its standard input ends, which is when
 * the harness is done or dead. An instance outlives processes and namespaces, so this is the one
 * thing that needs a keeper; it runs in a session of its own, so that no Ctrl-C reaches it. First
 * it removes instances whose harness no longer lives.
 */
const SCRIPT = `
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || exit 1
cd /sys/kernel/tracing/instances || exit 1
for old in backlog-lab-*; do
  [ -d "$old" ] && [ ! -d "/proc/\${old##*-}" ] && rmdir "$old"
done
mkdir "$1" || exit 1
echo ready
trap '' HUP INT TERM
read -r _
tries=0
while [ -d "$1" ] && ! rmdir "$1" && [ $tries -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
`;

export interface TraceKeeper extends AsyncDisposable {
  readonly instance: string;
}

/** Null where there is no tracefs for us: not root, a container, or a kernel without it. */
export async function keepTraceInstance(env: NodeJS.ProcessEnv): Promise<TraceKeeper | null> {
  if (process.getuid?.() !== 0) return null;
  const instance = `backlog-lab-${serial()}-${process.pid}`;
  const keeper = execa('unshare', ['--mount', 'sh', '-c', SCRIPT, 'sh', instance], {
    env,
    detached: true,
    cleanup: false,
    reject: false,
    stderr: 'ignore',
  });
  keeper.stdin.on('error', () => undefined);
  const ready = new Promise<boolean>((resolve) => {
    createInterface({ input: keeper.stdout }).once('line', () => resolve(true));
    void keeper.then(() => resolve(false));
  });
  if (!(await ready)) return null;
  return {
    instance,
    [Symbol.asyncDispose]: async () => {
      keeper.stdin.end();
      await keeper;
    },
  };
}

let made = 0;
const serial = (): number => {
  made += 1;
  return made;
};
