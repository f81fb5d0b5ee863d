/** `--sandbox docker` against a real engine: the same runs, with the same verdicts. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect } from 'vitest';
import { FILES } from '../../harness/domain/evidence.ts';
import { docker, dockerTest, imageUnderTest } from '../helpers/docker-available.ts';
import { enginesBelongings, noContainerLeft } from '../helpers/docker-state.ts';
import { type Ended, useInstallation } from '../helpers/installation.ts';
import { findings, jsonOf, type RunJson, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;
const installation = useInstallation();

/** Of nobody: root takes its part, with the engine's group. */
const NOBODY = 65_534;
const SOCKET = '/var/run/docker.sock';

const inDocker = async (...args: readonly string[]): Promise<readonly string[]> => [
  ...['--sandbox', 'docker', '--docker-image', await imageUnderTest(), ...args],
];

const surroundingsOf = (folder: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(path.join(installation.folder, folder, FILES.surroundings), 'utf8'));

describe('a run in a container', { timeout: TIMEOUT_MS }, () => {
  // The first build takes longer than any run.
  beforeAll(async () => void (await imageUnderTest().catch(() => undefined)), 600_000);

  dockerTest.for([
    ['the default experiment', []],
    ['a stage of the final ACK, with the gate', ['--scenario', 'fooled-client']],
    ['sysctls of both hosts', ['--somaxconn', '1', '--syn-retries', '2']],
    ['IPv6', ['--ipv6']],
    ['a claim that asks the kernel trace', ['--scenario', 'kernel-probe']],
  ] as const)('finds what a run in namespaces finds: %s', async ([, args]) => {
    const before = enginesBelongings();
    const near = await reproduce(installation, ['--sandbox', 'netns', ...args]);
    const far = await reproduce(installation, await inDocker(...args));
    expect(findings(far.json)).toEqual(findings(near.json));
    expect(far.judgement.prediction).toEqual(near.judgement.prediction);
    expect(far.json.outcomes).toEqual(near.json.outcomes);
    await noContainerLeft();
    expect(enginesBelongings()).toEqual(before);
  });

  dockerTest('says which engine it was, and which kernel', async () => {
    const { json } = await reproduce(installation, await inDocker());
    const kernel = docker('info', '--format', '{{.KernelVersion}}');
    const engine = docker('info', '--format', '{{.ServerVersion}}');
    expect(surroundingsOf(json.runFolder)).toMatchObject({
      sandbox: 'docker',
      kernelRelease: kernel,
      engine: expect.stringContaining(`Docker ${engine}`),
    });
  });

  dockerTest('what is brought back belongs to the caller', async () => {
    const isRoot = process.getuid?.() === 0;
    // Another user reaches an engine by the group of its socket, if it has one.
    const group = existsSync(SOCKET) ? statSync(SOCKET).gid : NOBODY;
    const groups = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, `--groups=${group}`];
    const through = isRoot ? [...groups, '--'] : [];
    const args = [...(await inDocker()), '--json', '--runs-dir', installation.newFolder()];
    const ended = await installation.run(args, { through, env: { HOME: installation.folder } });
    const { runFolder } = jsonOf<RunJson>(ended, 0);
    const folder = path.join(installation.folder, runFolder);
    const owner = isRoot ? NOBODY : process.getuid?.();
    for (const file of [FILES.plan, FILES.capture, FILES.status, FILES.verdict]) {
      expect(statSync(path.join(folder, file)).uid, file).toBe(owner);
    }
  });

  dockerTest(
    'a sysctl that the engine has set is taken as given, though /proc/sys is read-only',
    async () => {
      const masked = await maskedEngine();
      const given = '--docker-option=--sysctl=net.core.somaxconn=1';
      const { json } = await reproduce(installation, await inDocker(given), masked);
      expect(json.listener).toMatchObject({ acceptQueueLimit: 1 });
      expect(json.outcomes).toMatchObject({ connected: 2, timedOut: 2 });

      const refused = await installation.run(await inDocker('--somaxconn', '1'), masked);
      expect(refused.exitCode).toBe(4);
      expect(refused.stderr).toMatch(/^SYSCTL_NOT_WRITABLE .* \/proc\/sys is read-only here/);
    },
  );

  dockerTest('the catalogue is decided as in namespaces', { timeout: 300_000 }, async () => {
    const verdicts = async (args: readonly string[]): Promise<object> => {
      const runsDir = installation.newFolder();
      const ended: Ended = await installation.run([
        'verify',
        '--json',
        '--runs-dir',
        runsDir,
        ...args,
      ]);
      const { claims } = jsonOf<{ claims: readonly { id: string; verdict: string }[] }>(ended, 0);
      return Object.fromEntries(claims.map(({ id, verdict }) => [id, verdict]));
    };
    expect(await verdicts(await inDocker())).toEqual(await verdicts(['--sandbox', 'netns']));
    await noContainerLeft();
  });
});

/** An engine that leaves /proc/sys read-only: this one, without the option that opens it. */
async function maskedEngine(): Promise<{ readonly env: Readonly<Record<string, string>> }> {
  const { folderOfCommands, placeOf } = await import('../helpers/docker-state.ts');
  const script = `
for word in "$@"; do
  shift
  [ "$word" != systempaths=unconfined ] || word=label=disable
  set -- "$@" "$word"
done
exec ${placeOf('docker')} "$@"`;
  const folder = folderOfCommands(installation.newFolder(), { docker: script });
  return { env: { PATH: `${folder}:${process.env['PATH']}` } };
}
