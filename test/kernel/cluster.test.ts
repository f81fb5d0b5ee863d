/** The sandbox `cluster` without an engine: its containers are network namespaces of this test. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import type { ClusterRecord } from '../../harness/domain/cluster.ts';
import { FILES } from '../../harness/domain/evidence.ts';
import { type CommandOptions, useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { jsonOf, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 60_000;
const installation = useInstallation();

const PRIVILEGE = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user', '--keep-caps'];
const UNSHARE = ['unshare', ...PRIVILEGE, '--net', '--mount', '--pid', '--fork', '--kill-child'];

/**
 * $1: agent.js, $2: node, $3: a file for /etc/hosts, $4: what to do to the containers before the
 * observer starts, $5: a command that gives the last client another clock, or nothing; the rest: the
 * observer's command, which runs in the namespace of the process $observer, the listener's at first.
 * Each container has a network of its own, and this namespace is the router between them: it stands
 * for the machine, so its /proc is at /host/proc, below a root that has all that the real one has.
 */
const SCRIPT = `
set -e
agent=$1 node=$2 hosts=$3 prepare=$4 last_clock=$5; shift 5
PATH=$PATH:/usr/sbin:/sbin
mount --bind "$hosts" /etc/hosts
mount -t tmpfs none /mnt
for each in /*; do
  if [ -L $each ]; then cp -a $each /mnt
  elif [ -d $each ] && [ $each != /mnt ]; then mkdir /mnt$each; mount --rbind $each /mnt$each
  fi
done
mkdir -p /mnt/host/proc
mount --rbind /proc /mnt/host/proc
echo 1 > /proc/sys/net/ipv4/ip_forward
own=$(readlink /proc/self/ns/net)
container() {
  unshare --net sleep infinity & pid=$!
  while [ "$(readlink /proc/$pid/ns/net)" = "$own" ]; do :; done
  ip link add v$1 type veth peer name eth0 netns $pid
  ip addr add 10.88.$1.1/24 dev v$1
  ip link set v$1 up
  nsenter --net=/proc/$pid/ns/net sh -ec "
    ip link set lo up
    ip addr add 10.88.$1.2/16 dev eth0
    ip link set eth0 up
    ip route add 10.88.0.0/17 via 10.88.$1.1"
  nsenter --net=/proc/$pid/ns/net $clock "$node" "$agent" $2 &
}
clock=$last_clock
container 3 client; last_client=$pid last_agent=$!
clock=
container 2 client; other_agent=$!
container 1 listener; listener=$pid
observer=$listener
eval "$prepare"
exec nsenter --net=/proc/$observer/ns/net chroot /mnt sh -c 'cd "$0"; exec "$@"' "$PWD" "$@"
`;

const HOSTS = '127.0.0.1 localhost\n10.88.1.2 listener\n10.88.2.2 client\n10.88.3.2 client\n';

/** Starts the containers, and in the listener's namespace the harness as the observer. */
function containers(prepare = ':', lastClock = ''): { readonly through: readonly string[] } {
  const agent = path.join(installation.folder, 'dist', 'harness', 'collect', 'agent.js');
  const hosts = path.join(installation.newFolder(), 'hosts');
  writeFileSync(hosts, HOSTS);
  const words = [agent, process.execPath, hosts, prepare, lastClock];
  // A process of its own is the first one, and in the namespace of the machine.
  const first = ['sh', '-c', '"$@"; exit $?', 'sh'];
  return { through: [...UNSHARE, '--mount-proc', ...first, 'sh', '-c', SCRIPT, 'sh', ...words] };
}

const OBSERVER = ['--sandbox', 'cluster', '--swarms', '2'];
const SHORT = ['--clients', '7', '--connect-timeout', '300ms'];
/** A run that would wait until it is ended. */
const LONG = ['--connect-timeout', '20s'];

interface Failure {
  readonly code: string;
  readonly message: string;
}

async function failureOf(
  exitCode: number,
  args: readonly string[],
  options: CommandOptions,
): Promise<Failure> {
  const ended = await installation.run([...OBSERVER, '--json', ...args], options);
  return jsonOf<{ error: Failure }>(ended, exitCode).error;
}

/** For `containers`: does something when the clients of the last container are about to connect. */
const whenItsClientsConnect = (what: string): string => `
  (
    while ! grep -q ':270F 0[12] ' /proc/$last_client/net/tcp; do :; done
    ${what}
  ) &`;

/** By so much the clock of one client is ahead of the others'. */
const APART_S = 100_000;

describe('agents in namespaces of their own', { timeout: TIMEOUT_MS }, () => {
  kernelTest('are judged as one run', async () => {
    const { json, judgement } = await reproduce(
      installation,
      [...OBSERVER, ...SHORT],
      containers(),
    );
    expect(json.outcomes).toMatchObject({ connected: 3, timedOut: 4 });
    expect(judgement.seen.cluster?.map(({ address }) => address)).toEqual([
      '10.88.2.2',
      '10.88.3.2',
    ]);
    const addresses = judgement.seen.clients.map(({ localAddress }) => localAddress);
    expect(addresses.sort().filter((address, index) => address !== addresses[index - 1])).toEqual([
      '10.88.2.2',
      '10.88.3.2',
    ]);
    const folder = path.resolve(installation.folder, json.runFolder);
    const record = JSON.parse(
      readFileSync(path.join(folder, FILES.cluster), 'utf8'),
    ) as ClusterRecord;
    // On one machine all clocks are one: what was measured of them says how well it is measured.
    for (const { clocks } of record.clients) {
      for (const { observerMonotonicMs, agentMonotonicMs, roundTripMs } of clocks) {
        expect(Math.abs(agentMonotonicMs - observerMonotonicMs)).toBeLessThan(roundTripMs);
      }
    }
  });

  kernelTest('with clocks of their own are set against each other', async () => {
    const apart = containers(':', `unshare --fork --kill-child --time --monotonic ${APART_S}`);
    const { judgement } = await reproduce(installation, [...OBSERVER, ...SHORT], apart);
    expect(judgement.seen.cluster?.map(({ sameMachine }) => sameMachine)).toEqual([true, false]);
    const [near, far] = ['10.88.2.2', '10.88.3.2'].map(
      (address) =>
        judgement.seen.clients.find(({ localAddress }) => localAddress === address)?.startedAtMs,
    );
    // They come in one burst.
    expect(Math.abs(Number(near) - Number(far))).toBeLessThan(100);
  });

  kernelTest('that differ in a sysctl are no one laboratory', async () => {
    const differing = containers(
      'nsenter --net=/proc/$last_client/ns/net sh -c "echo 3 > /proc/sys/net/ipv4/tcp_syn_retries"',
    );
    expect(await failureOf(4, [], differing)).toMatchObject({
      code: 'SYSCTL_NOT_WRITABLE',
      message: expect.stringContaining('10.88.2.2 has 6, 10.88.3.2 has 3'),
    });
  });

  kernelTest('of which one dies end the run', async () => {
    const dying = containers(whenItsClientsConnect('kill $last_agent'));
    const { code, message } = await failureOf(4, LONG, dying);
    expect(code).toBe('SANDBOX_ENDED');
    expect(message).toMatch(/^The connection to the client container \S+ \(10\.88\.3\.2\)/);
  });

  kernelTest('of which one falls silent keep nobody from ending', async () => {
    // The script becomes the observer.
    const silent = containers(whenItsClientsConnect('kill -STOP $last_agent; kill -TERM $$'));
    const startedMs = performance.now();
    expect(await failureOf(143, LONG, silent)).toMatchObject({ code: 'ABORTED' });
    // Less than engines grant what they stop.
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });

  kernelTest('may come and go while others are awaited', async () => {
    const replaced = containers(`
      kill -STOP $other_agent
      (
        observed() { grep -q ':270E [^ ]* 01 ' /proc/$last_client/net/tcp; }
        until observed; do :; done
        kill $last_agent
        while observed; do :; done
        nsenter --net=/proc/$last_client/ns/net "$node" "$agent" client &
        until observed; do :; done
        kill -CONT $other_agent
      ) &`);
    await reproduce(installation, [...OBSERVER, ...SHORT], replaced);
  });

  kernelTest('serve others after a reset, and when a connection says nothing', async () => {
    const occupied = containers(`
      until nsenter --net=/proc/$last_client/ns/net ss -Hltn | grep -q 9998; do :; done
      "$node" -e '
        const { connect } = require("node:net");
        const reset = connect(9998, "10.88.3.2").once("data", () => reset.resetAndDestroy());
        reset.once("close", () => {
          connect(9998, "10.88.3.2").once("data", () => process.stdout.write("greeted"));
        });
      ' > "$hosts.greeted" &
      until [ -s "$hosts.greeted" ]; do :; done`);
    await reproduce(installation, [...OBSERVER, ...SHORT], occupied);
  });
});

describe('the observer of a listener', { timeout: TIMEOUT_MS }, () => {
  kernelTest('in another namespace enters that one', async () => {
    const { json } = await reproduce(
      installation,
      [...OBSERVER, ...SHORT],
      containers('observer=1'),
    );
    expect(json.outcomes).toMatchObject({ connected: 3, timedOut: 4 });
  });

  kernelTest.each([
    [
      'in the network namespace of the machine',
      'mount --bind /proc/$listener /mnt/host/proc/1',
      'SANDBOX_NOT_ISOLATED',
      'is in the network namespace of the machine itself',
    ],
    [
      'of which cannot be told whether it is',
      'mount -t tmpfs none /mnt/host/proc',
      'SANDBOX_NOT_ISOLATED',
      'Cannot tell whether the listener (10.88.1.2) is in the network namespace',
    ],
    [
      'that it has no way to',
      'observer=1; mount -t tmpfs none /mnt/host/proc',
      'SANDBOX_NOT_PERMITTED',
      'no process in it can be seen below /host/proc',
    ],
  ])('%s is refused', async (_, prepare, code, words) => {
    const failure = await failureOf(4, [], containers(prepare));
    expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
  });
});
