import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { dockerTest, imageUnderTest } from '../helpers/docker-available.ts';

vi.setConfig({ testTimeout: 60_000 });

const execute = promisify(execFile);

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
}

/** Where AppArmor is, its default profile would deny all of them. */
const ALWAYS = ['run', '--rm', '--network', 'none', '--security-opt', 'apparmor=unconfined'];

/** It removes itself as a rule, and then is not there any more. */
const nothing = (): void => undefined;

/** The harness in a container that is started with these options of `docker run`. */
async function inside(options: string, ...args: readonly string[]): Promise<Ended> {
  const words = options.split(' ').filter((word) => word !== '');
  const name = `backlog-lab-test-${randomUUID()}`;
  const command = [...ALWAYS, '--name', name, ...words, await imageUnderTest(), ...args];
  // Whoever kills the docker command, as a test that takes too long does, does not kill the container.
  onTestFinished(() => execute('docker', ['rm', '--force', name]).then(nothing, nothing));
  try {
    const { stdout } = await execute('docker', command);
    return { exitCode: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { exitCode: code, stdout };
  }
}

const RUN = ['--backlog', '2', '--clients', '4', '--connect-timeout', '300ms', '--json'] as const;
/** Of whichever user, and in a container whose other files cannot be written. */
const PLACE = ['--runs-dir', '/tmp/runs'] as const;
const BOTH = '--cap-add SYS_ADMIN --cap-add NET_ADMIN';
const DROPPED = `--cap-drop ALL ${BOTH} --cap-add NET_RAW`;
const UNMASKED = '--security-opt systempaths=unconfined';
const UNFILTERED = '--security-opt seccomp=unconfined';

describe('a container that gives enough', () => {
  dockerTest.for([
    ['two capabilities beyond the defaults', BOTH],
    ['six capabilities', `${DROPPED} --cap-add KILL --cap-add SETUID --cap-add SETGID`],
    ['no new privileges', `${BOTH} --security-opt no-new-privileges`],
    ['read-only but for a place for runs', `${BOTH} --read-only --tmpfs /tmp`],
    ['root without NET_ADMIN, by a user namespace', `--cap-add SYS_ADMIN ${UNMASKED}`],
    ['root without NET_RAW, by a user namespace', `${BOTH} --cap-drop NET_RAW ${UNMASKED}`],
    ['no capability, but no seccomp', `${UNFILTERED} ${UNMASKED}`],
    ['an ordinary user, no seccomp', `--user 1000 ${UNFILTERED} ${UNMASKED}`],
    ['an ordinary user', `--user 1000 --cap-add SYS_ADMIN ${UNMASKED}`],
    [
      'all capabilities that need no new resources',
      `--cap-add ALL --cap-drop SYS_RESOURCE ${UNFILTERED} ${UNMASKED}`,
    ],
  ] as const)('%s', async ([, options]) => {
    // A /proc of the sandbox's own, so its sysctls can be set where the container's are read-only.
    const { exitCode, stdout } = await inside(options, ...RUN, ...PLACE, '--somaxconn', '1');
    expect(JSON.parse(stdout)).toMatchObject({
      prediction: { acceptQueueCapacity: 2 },
      outcomes: { connected: 2 },
      ledger: { balanced: true },
    });
    expect(exitCode).toBe(0);
    expect(await inside(options, 'doctor')).toMatchObject({ exitCode: 0 });
  });
});

describe('a container that does not give enough, and what it is to be given', () => {
  dockerTest.for([
    ['no options', '', '--cap-add NET_ADMIN --cap-add SYS_ADMIN'],
    ['no SYS_ADMIN', `--cap-add NET_ADMIN ${UNMASKED}`, '--cap-add SYS_ADMIN'],
    ['no NET_ADMIN', '--cap-add SYS_ADMIN', '--cap-add NET_ADMIN'],
    ['no NET_RAW', `${BOTH} --cap-drop NET_RAW`, '--cap-add NET_RAW'],
    ['no KILL', `${DROPPED} --cap-add SETUID --cap-add SETGID`, '--cap-add KILL'],
    [
      'an ordinary user',
      '--user 1000',
      '--cap-add SYS_ADMIN --security-opt systempaths=unconfined',
    ],
    ['an ordinary user, no seccomp', `--user 1000 ${UNFILTERED}`, UNMASKED],
  ] as const)('%s', async ([, options, remedy]) => {
    const sentence = new RegExp(`^add ${remedy} to the docker run of this container \\(.*, since `);
    const run = await inside(options, ...RUN, ...PLACE);
    expect(JSON.parse(run.stdout)).toMatchObject({
      error: { code: 'SANDBOX_NOT_PERMITTED', remedy: expect.stringMatching(sentence) },
    });
    expect(run.exitCode).toBe(4);

    const doctor = await inside(options, 'doctor', '--json');
    const { container, capabilities } = JSON.parse(doctor.stdout);
    expect(container).toMatchObject({ engine: 'Docker', ownKernel: null });
    expect(capabilities).toContainEqual(
      expect.objectContaining({ works: false, remedy: expect.stringMatching(sentence) }),
    );
    expect(doctor.exitCode).toBe(4);
  });
});

dockerTest('doctor leaves /dev/null to root', async () => {
  const script = 'node dist/harness/cli.js doctor >/doctor; stat --format %U /dev/null';
  const command = [...ALWAYS, ...BOTH.split(' '), '--entrypoint', 'sh', await imageUnderTest()];
  expect((await execute('docker', [...command, '-c', script])).stdout).toBe('root\n');
});
