/** What a user reads where Docker does not do what a run needs. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect } from 'vitest';
import { NEEDED_CAPABILITIES } from '../../harness/domain/capabilities.ts';
import { harnessVersion } from '../../harness/package-files.ts';
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
      /check the address/,
    ],
    ['no such context', ['--docker-context', 'nowhere'], /no context nowhere/, /docker context ls/],
  ] as const)('%s', async ([, choice, why, how]) => {
    const [message, remedy] = await failing(['--sandbox', 'docker', ...choice]);
    expect(message).toMatch(/^DOCKER_UNAVAILABLE {2}Cannot use Docker because /);
    expect(message).toMatch(why);
    expect(remedy).toMatch(how);
  });

  // Over the network nobody is told that.
  describe.runIf(process.env['DOCKER_HOST'] === undefined)('its socket', () => {
    dockerTest('is not for this user', async () => {
      const through = [...asOrdinaryUser()];
      const env = { HOME: installation.folder };
      const [message, remedy] = await failing(['--sandbox', 'docker'], { through, env });
      expect(message).toMatch(/this user may not talk to the engine/);
      expect(remedy).toMatch(/usermod -aG docker/);
    });
  });

  dockerTest('no docker command', async () => {
    const env = { PATH: installation.newFolder() };
    const [message, remedy] = await failing(['--sandbox', 'docker'], { env });
    expect(message).toMatch(/there is no docker command/);
    expect(remedy).toMatch(/install an engine/);
  });
});

describe('--sandbox auto', { timeout: TIMEOUT_MS }, () => {
  const onlyDocker = (env: Readonly<Record<string, string>> = {}): CommandOptions => {
    const commands = ['docker', 'tar'].map((name) => [name, `exec ${placeOf(name)} "$@"`]);
    const folder = folderOfCommands(installation.newFolder(), Object.fromEntries(commands));
    return { env: { ...env, PATH: folder } };
  };

  dockerTest('is a container where namespaces cannot be made', async () => {
    // An installed package looks for the image of its version.
    const image = `backlog-lab:${harnessVersion()}`;
    docker('tag', await imageUnderTest(), image);
    const args = ['--json', '--runs-dir', installation.newFolder()];
    const { exitCode, stdout, stderr } = await installation.run(args, onlyDocker());
    docker('image', 'rm', image);
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ sandbox: 'docker', verdict: 'outdated' });
  });

  dockerTest('with neither there is one message with both remedies', async () => {
    const nowhere = onlyDocker({ DOCKER_HOST: 'unix:///nowhere.sock' });
    const [message, remedy] = await failing([], nowhere);
    expect(message).toMatch(/^TOOL_MISSING .*no unshare.*Cannot use Docker because/);
    expect(remedy).toMatch(/; or for Docker: check the address/);
  });

  dockerTest('is Docker for whoever names an engine, and namespaces are no Docker', async () => {
    const engine = ['--docker-host', 'unix:///nowhere.sock'];
    const [message] = await failing(engine);
    expect(message).toMatch(/^DOCKER_UNAVAILABLE /);
    const ended = await installation.run(['--sandbox', 'netns', ...engine]);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(
      /^USAGE .*--docker-host says something about --sandbox docker only/,
    );
  });
});

describe('an image that is not there', { timeout: TIMEOUT_MS }, () => {
  dockerTest.for([
    [
      'of that name',
      ['--docker-image', 'backlog-lab-nowhere'],
      /no image backlog-lab-nowhere/,
      /docker image ls/,
    ],
    ['and cannot be built by an installed package', [], /no image backlog-lab:/, /in a checkout/],
    [
      'but another one, without our programs',
      ['--docker-image', 'backlog-lab-base'],
      /holds no backlog-lab/,
      /--docker-base backlog-lab-base/,
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
    ['a security option', '--security-opt=nowhere=1', /^DOCKER_REFUSED .*nowhere=1/, /leave out/],
  ] as const)('%s', async ([, option, why, how]) => {
    const [message, remedy] = await failing(await withImage(`--docker-option=${option}`));
    expect(message).toMatch(why);
    expect(remedy).toMatch(how);
    await noContainerLeft();
  });

  dockerTest.for([
    '--network=host',
    '--pid=host',
    '--detach=true',
    '--rm=false',
    '--name=x',
    '--tty=true',
    '-d',
    '--memory',
  ])('%s is not handed on', async (option) => {
    const ended = await installation.run(await withImage(`--docker-option=${option}`));
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^USAGE {2}Cannot hand '/);
  });
});

describe('a container that somebody joined to another namespace', { timeout: TIMEOUT_MS }, () => {
  dockerTest.for([
    ['--network=none --pid=host', /first process of its PID namespace/],
    ['--network=bridge', /a route out, by eth0/],
  ] as const)('%s is refused before anything is recorded', async ([joined, why]) => {
    const options = { folder: '/tmp/evidence', callerNetworkNamespace: null, sandbox: 'docker' };
    const script = ['/opt/backlog-lab/docker/collect.sh', JSON.stringify(options)];
    const command = ['--entrypoint', 'sh', await imageUnderTest(), ...script];
    const words = ['run', '--rm', '--interactive', '--init', ...joined.split(' '), ...command];
    const { stdout } = spawnSync('docker', words, { input: '{}\n', encoding: 'utf8' });
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
      code: 'SANDBOX_NOT_ISOLATED',
      message: expect.stringMatching(why),
    });
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
