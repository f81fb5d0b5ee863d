/** An engine of our own that remaps user namespaces: root of a container is nobody of the machine. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { docker, dockerTestWith, imageUnderTest } from '../helpers/docker-available.ts';
import { useInstallation } from '../helpers/installation.ts';
import { findings, jsonOf, type RunJson } from '../helpers/reproduction.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 120_000;
const installation = useInstallation();

/** Only root may start an engine. */
const isRoot = process.getuid?.() === 0;
const ends: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const end of ends) await end();
});

/**
 * Starts it in a network namespace of its own, where it can take no bridge away from the engine of
 * the machine: no container of ours has a network. Returns its address.
 */
async function startEngine(folder: string): Promise<string> {
  const host = `unix://${path.join(folder, 'docker.sock')}`;
  const places = [
    '--data-root',
    path.join(folder, 'data'),
    '--exec-root',
    path.join(folder, 'exec'),
  ];
  const engine = spawn(
    'unshare',
    [
      ...['--net', 'dockerd'],
      ...['--userns-remap=default', '--host', host, '--pidfile', path.join(folder, 'pid')],
      ...[...places, '--bridge=none', '--iptables=false'],
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => engine.on('close', () => resolve()));
  ends.push(async () => {
    engine.kill('SIGTERM');
    await ended;
  });
  await waitUntil('the engine to answer', () =>
    spawnSync('docker', ['--host', host, 'info'], { stdio: 'ignore' }).status === 0
      ? true
      : undefined,
  );
  const load = 'docker save "$1" | docker --host "$2" load';
  const loading = spawnSync('sh', ['-c', load, 'sh', await imageUnderTest(), host]);
  expect(loading.status, String(loading.stderr)).toBe(0);
  return host;
}

describe.runIf(isRoot)('an engine that remaps user namespaces', { timeout: TIMEOUT_MS }, () => {
  dockerTestWith('dockerd')(
    'runs everything but the kernel trace, and refuses --privileged',
    async () => {
      const host = await startEngine(installation.newFolder());
      expect(docker('--host', host, 'info', '--format', '{{.SecurityOptions}}')).toContain(
        'userns',
      );
      const image = await imageUnderTest();
      const run = (...args: readonly string[]) => {
        const place = ['--json', '--runs-dir', installation.newFolder()];
        const engine = ['--sandbox', 'docker', '--docker-host', host, '--docker-image', image];
        return installation.run([...place, ...engine, ...args]);
      };
      const fooled = jsonOf<RunJson>(await run('--scenario', 'fooled-client'), 0);
      expect(findings(fooled)).toMatchObject({ '001-b (ii)': 'confirmed' });
      const capped = jsonOf<RunJson>(await run('--somaxconn', '1'), 0);
      expect(capped.outcomes).toMatchObject({ connected: 2, timedOut: 2 });
      const probe = jsonOf<RunJson>(await run('--scenario', 'kernel-probe'), 3);
      expect(findings(probe)).toMatchObject({ '000-f': 'inconclusive' });

      const refused = await run('--privileged');
      expect(refused.stderr).toMatch(/^DOCKER_REFUSED .*daemon remaps user namespaces/);
      expect(docker('--host', host, 'ps', '--all', '--quiet')).toBe('');
    },
  );
});
