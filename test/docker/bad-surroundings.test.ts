/** What a user reads where Docker does not do what a run needs. */
import { beforeAll, describe, expect } from 'vitest';
import { NEEDED_CAPABILITIES } from '../../harness/domain/capabilities.ts';
import { asOrdinaryUser } from '../helpers/as-ordinary-user.ts';
import { docker, dockerTest, imageUnderTest } from '../helpers/docker-available.ts';
import { folderOfCommands, noContainerLeft, placeOf } from '../helpers/docker-state.ts';
import { type CommandOptions, useInstallation } from '../helpers/installation.ts';

const TIMEOUT_MS = 60_000;
const installation = useInstallation();

beforeAll(async () => void (await imageUnderTest().catch(() => undefined)), 600_000);

/** A run that is to fail, its message and its remedy. */
async function failing(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<readonly [message: string, remedy: string]> {
  const place = ['--runs-dir', installation.newFolder()];
  const { exitCode, stderr } = await installation.run([...place, ...args], options);
  expect(exitCode, stderr).toBe(4);
  const [message = '', remedy = ''] = stderr.split('\n');
  return [message, remedy];
}

const withImage = async (...args: readonly string[]): Promise<readonly string[]> => [
  ...['--sandbox', 'docker', '--docker-image', await imageUnderTest(), ...args],
];

describe('no engine', { timeout: TIMEOUT_MS }, () => {
  dockerTest.for([
    [
      'nobody listens',
      ['--docker-host', 'unix:///nowhere.sock'],
      /does not answer.*nowhere/,
      /start the engine/,
    ],
    ['no such context', ['--docker-context', 'nowhere'], /no such context/, /docker context ls/],
  ] as const)('%s', async ([, choice, why, how]) => {
    const [message, remedy] = await failing(['--sandbox', 'docker', ...choice]);
    expect(message).toMatch(/^DOCKER_UNAVAILABLE {2}Cannot use Docker because /);
    expect(message).toMatch(why);
    expect(remedy).toMatch(how);
  });

  dockerTest('this user may not talk to it', async () => {
    const through = [...asOrdinaryUser()];
    const env = { HOME: installation.folder };
    const [message, remedy] = await failing(['--sandbox', 'docker'], { through, env });
    expect(message).toMatch(/this user may not talk to the engine/);
    expect(remedy).toMatch(/usermod -aG docker/);
  });

  dockerTest('no docker command', async () => {
    const env = { PATH: installation.newFolder() };
    const [message, remedy] = await failing(['--sandbox', 'docker'], { env });
    expect(message).toMatch(/there is no docker command/);
    expect(remedy).toMatch(/install an engine/);
  });
});

describe('--sandbox auto', { timeout: TIMEOUT_MS }, () => {
  const onlyDocker = (): CommandOptions => {
    const commands = ['docker', 'tar'].map((name) => [name, `exec ${placeOf(name)} "$@"`]);
    const folder = folderOfCommands(installation.newFolder(), Object.fromEntries(commands));
    return { env: { PATH: folder } };
  };

  dockerTest('is a container where namespaces cannot be made', async () => {
    const args = ['--json', '--runs-dir', installation.newFolder()];
    const image = ['--docker-image', await imageUnderTest()];
    const { exitCode, stdout, stderr } = await installation.run([...args, ...image], onlyDocker());
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ sandbox: 'docker', verdict: 'outdated' });
  });

  dockerTest('with neither there is one message with both remedies', async () => {
    const [message, remedy] = await failing(
      ['--docker-host', 'unix:///nowhere.sock'],
      onlyDocker(),
    );
    expect(message).toMatch(/^TOOL_MISSING .*no unshare.*Cannot use Docker because/);
    expect(remedy).toMatch(/; or for Docker: start the engine/);
  });
});

describe('an image that is not there', { timeout: TIMEOUT_MS }, () => {
  dockerTest.for([
    [
      'of that name',
      ['--docker-image', 'backlog-lab-nowhere'],
      /no image backlog-lab-nowhere/,
      /docker build/,
    ],
    [
      'and must not be built',
      ['--docker-image', 'backlog-lab-nowhere', '--rebuild'],
      /used as it is/,
      /leave out/,
    ],
    ['and cannot be built by an installed package', [], /no image backlog-lab:/, /in a checkout/],
    [
      'but another one, without our programs',
      ['--docker-image', 'backlog-lab-base'],
      /holds no backlog-lab/,
      /docker\/Dockerfile/,
    ],
  ] as const)('%s', async ([, args, why, how]) => {
    const [message, remedy] = await failing(['--sandbox', 'docker', ...args]);
    expect(message).toMatch(/^DOCKER_IMAGE_UNAVAILABLE /);
    expect(message).toMatch(why);
    expect(remedy).toMatch(how);
    await noContainerLeft();
  });
});

describe('what the engine refuses is explained', { timeout: TIMEOUT_MS }, () => {
  dockerTest.for([
    ['a runtime', '--runtime=nowhere', /^DOCKER_REFUSED .*no such runtime/, /docker info/],
    ['another network', '--network=host', /^DOCKER_REFUSED .*network of its own/, /--network/],
    ['a security option', '--security-opt=nowhere=1', /^DOCKER_REFUSED .*nowhere=1/, /--dry-run/],
  ] as const)('%s', async ([, option, why, how]) => {
    const [message, remedy] = await failing(await withImage(`--docker-option=${option}`));
    expect(message).toMatch(why);
    expect(remedy).toMatch(how);
    await noContainerLeft();
  });

  dockerTest("the engine's own PID namespace is no sandbox", async () => {
    const [message] = await failing(await withImage('--docker-option=--pid=host'));
    expect(message).toMatch(/^SANDBOX_NOT_ISOLATED .*first process of its PID namespace/);
    await noContainerLeft();
  });
});

/** One line of shell that fails without the capability, and what it then says. */
const NEEDS: Readonly<Record<string, readonly [script: string, words: RegExp]>> = {
  NET_ADMIN: ['ip link set lo up', /Operation not permitted/],
  NET_RAW: [
    'ip link set lo up; tcpdump -i lo -w - >/dev/null',
    /permission to perform this capture/,
  ],
  SETUID: ['ip link set lo up; tcpdump -i lo -w - >/dev/null', /Couldn't change to 'tcpdump'/],
  SETGID: ['ip link set lo up; tcpdump -i lo -w - >/dev/null', /Couldn't change to 'tcpdump'/],
  KILL: [
    'setpriv --reuid=65534 --clear-groups sleep 60 & until grep -q "^Uid:.65534" /proc/$!/status; do :; done; kill $!',
    /not permitted/,
  ],
  SYS_ADMIN: ['unshare --net true', /Operation not permitted/],
};

describe('each capability is needed', { timeout: TIMEOUT_MS }, () => {
  const names = NEEDED_CAPABILITIES.map(({ name }) => name);

  dockerTest.for(names)('without %s', async (name) => {
    const [script = 'false', words = /^$/] = NEEDS[name] ?? [];
    const others = names.filter((other) => other !== name);
    const added = others.flatMap((other) => ['--cap-add', other]);
    const options = ['--rm', '--init', '--network', 'none', '--cap-drop', 'ALL', ...added];
    const command = ['--entrypoint', 'timeout', await imageUnderTest(), '20', 'sh', '-c', script];
    expect(() => docker('run', ...options, ...command)).toThrow(words);

    const [message, remedy] = await failing(await withImage(`--docker-option=--cap-drop=${name}`));
    expect(message).toMatch(new RegExp(`^SANDBOX_NOT_PERMITTED .*lacks the capability ${name} `));
    expect(remedy).toContain(`--cap-add ${name}`);
    await noContainerLeft();
  });
});

dockerTest('an image of another version is noticed', { timeout: TIMEOUT_MS }, async () => {
  const name = 'backlog-lab:other-version';
  const make = `sed -i 's/"version": ".*"/"version": "99.0.0"/' package.json`;
  const container = docker('create', '--entrypoint', 'sh', await imageUnderTest(), '-c', make);
  docker('start', '--attach', container);
  docker('commit', container, name);
  docker('rm', container);
  const [message] = await failing(['--sandbox', 'docker', '--docker-image', name]);
  docker('image', 'rm', name);
  expect(message).toMatch(/^DOCKER_IMAGE_UNAVAILABLE .*holds backlog-lab 99\.0\.0, and this is/);
});
