import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { docker } from './docker-available.ts';
import { waitUntil } from './wait-until.ts';

/** As docker/docker.ts labels every container of a run. */
const LABEL = 'label=backlog-lab.run';

/** The engine removes a container a moment after its last process has ended. */
export const noContainerLeft = (): Promise<true> =>
  waitUntil(
    'the containers of the run to be gone',
    () => (containers() === '' ? true : undefined),
    {
      seen: containers,
    },
  );

const containers = (): string =>
  docker('ps', '--all', '--filter', LABEL, '--format', '{{.Names}} {{.Status}}');

/** The container in which a run is under way, not the one that keeps its tracing instance. */
export const runContainer = (): Promise<string> =>
  waitUntil('the container of the run', () =>
    docker('ps', '--filter', LABEL, '--format', '{{.Names}}')
      .split('\n')
      .find((name) => name !== '' && !name.endsWith('-trace')),
  );

/** What outlives containers. */
export const enginesBelongings = (): Readonly<Record<'volumes' | 'networks', string>> => ({
  volumes: docker('volume', 'ls', '--quiet'),
  networks: docker('network', 'ls', '--format', '{{.Name}}'),
});

/** The folder of a command that is there, whoever looks. */
export function placeOf(command: string): string {
  const { stdout } = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' });
  return stdout.trim();
}

/** Makes a folder with commands of these names and nothing else, for a PATH. */
export function folderOfCommands(
  folder: string,
  commands: Readonly<Record<string, string>>,
): string {
  for (const [name, script] of Object.entries(commands)) {
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}
