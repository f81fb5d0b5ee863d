/** The command line of a run's container. Every option has its reason in ARCHITECTURE.md. */
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { NEEDED_CAPABILITIES } from '../domain/capabilities.ts';
import type { InsideOptions } from '../domain/inside.ts';
import { harnessVersion } from '../package-files.ts';
import type { Command } from './converse.ts';
import { type DockerEngine, dockerCommand, type EngineChoice } from './docker-engine.ts';
import { buildCommand, type ImageChoice, imageName } from './docker-image.ts';

export interface DockerSettings extends EngineChoice, ImageChoice {
  readonly privileged: boolean;
  /** Further options of `docker run`, as its own command line has them. */
  readonly options: readonly string[];
}

/** Where the image keeps its programs and where it gathers evidence; see docker/Dockerfile. */
export const COLLECT = '/opt/backlog-lab/docker/collect.sh';
const EVIDENCE = '/tmp/evidence';
export const LABEL = 'backlog-lab.run';

/** What a container needs from the engine before it is ours. */
type Confinement = Pick<DockerEngine, 'appArmor' | 'rootIsRoot'>;

const alone: readonly string[] = [
  ...['run', '--rm', '--interactive', '--init', '--network', 'none'],
  ...['--log-driver', 'none', '--pull', 'never', '--label', LABEL],
];

const confined = (
  { appArmor }: Confinement,
  capabilities: readonly string[],
): readonly string[] => [
  ...['--cap-drop', 'ALL', ...capabilities.flatMap((name) => ['--cap-add', name])],
  ...['--security-opt', 'no-new-privileges', '--security-opt', 'systempaths=unconfined'],
  ...(appArmor ? ['--security-opt', 'apparmor=unconfined'] : []),
];

/** Docker lets --cap-add win over --cap-drop; here the caller's --cap-drop wins. */
const unshielded = (settings: DockerSettings, engine: Confinement): readonly string[] => {
  if (settings.privileged) return ['--privileged'];
  const needed = NEEDED_CAPABILITIES.map(({ name }) => name);
  return confined(
    engine,
    needed.filter((name) => !settings.options.includes(`--cap-drop=${name}`)),
  );
};

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly inside: InsideOptions;
}

export const runCommand = (
  command: Command,
  engine: Confinement,
  settings: DockerSettings,
  { name, image, inside }: Container,
): Command => [
  ...command,
  ...[...alone, '--name', name, ...unshielded(settings, engine), ...settings.options],
  ...['--entrypoint', 'sh', image, COLLECT, JSON.stringify(inside)],
];

/** Not there on systems other than Linux. */
const OWN_NETWORK = '/proc/self/ns/net';

const callersKernel = (): Pick<InsideOptions, 'callerNetworkNamespace' | 'callerBootId'> =>
  existsSync(OWN_NETWORK)
    ? {
        callerNetworkNamespace: readlinkSync(OWN_NETWORK),
        callerBootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      }
    : { callerNetworkNamespace: null };

export const insideOptions = (
  settings: DockerSettings,
  { rootIsRoot }: Confinement,
  description: string,
): InsideOptions => ({
  folder: EVIDENCE,
  ...callersKernel(),
  sandbox: 'docker',
  privilege: rootIsRoot ? 'root' : 'user-namespace',
  harnessVersion: harnessVersion(),
  engine: description,
  serverWhereEnginePutUs: settings.options.some((option) => option.startsWith('--sysctl')),
});

/** A command in a container of its own that may mount tracefs: of the keeper of a tracing instance. */
export const keeperPrefix = (
  { name, image }: Container,
  engine: Pick<DockerEngine, 'command'> & Confinement,
): Command => [
  ...engine.command,
  ...[...alone, '--name', `${name}-trace`],
  ...[...confined(engine, ['SYS_ADMIN']), '--entrypoint', '', image],
];

/** The commands of a run, without asking an engine: for --dry-run. */
export function dockerCommandLines(settings: DockerSettings): readonly (readonly string[])[] {
  const command = dockerCommand(settings);
  const confinement = { appArmor: false, rootIsRoot: true };
  const image = imageName(settings);
  const run = runCommand(command, confinement, settings, {
    name: 'backlog-lab-<run>',
    image,
    inside: insideOptions(settings, confinement, 'Docker'),
  });
  return settings.image === undefined ? [buildCommand({ command }, settings, image), run] : [run];
}
