/**
 * A container for each run, in which the harness's own inside part works as it does in namespaces.
 * Nothing is mounted into it: the plan goes in on standard input, the evidence comes out on standard
 * output. So the engine may be anywhere, and the files belong to the caller.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { NEEDED_CAPABILITIES } from '../domain/capabilities.ts';
import { FILES } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { INSIDE_COMMANDS, type InsideOptions, type InsideReport } from '../domain/inside.ts';
import { harnessVersion } from '../package-files.ts';
import {
  type DockerEngine,
  dockerCommand,
  ENGINE_DEADLINE_MS,
  type EngineChoice,
  findEngine,
} from './docker-engine.ts';
import {
  buildCommand,
  type ImageChoice,
  type ImagePreparation,
  imageName,
  provideImage,
} from './docker-image.ts';
import { explainRefusal } from './docker-refusals.ts';
import { sandboxEnvironment } from './environment.ts';
import { readEvidenceStream, type Unpacked } from './evidence-stream.ts';
import type { CollectRequest, Sandbox } from './sandbox.ts';
import { keepTraceInstance } from './trace-keeper.ts';

export interface DockerSettings extends EngineChoice, ImageChoice {
  readonly privileged: boolean;
  /** Further options of `docker run`, as its own command line has them. */
  readonly options: readonly string[];
}

/** Where the image keeps its programs and where it gathers evidence; see docker/Dockerfile. */
const COLLECT = '/opt/backlog-lab/docker/collect.sh';
const EVIDENCE = '/tmp/evidence';
const LABEL = 'backlog-lab.run';
/** The exit code of `docker run` when it is not the container's. */
const REFUSED = 125;

/** What a container needs from the engine before it is ours. */
type Confinement = Pick<DockerEngine, 'appArmor' | 'rootIsRoot'>;

/** Every option has its reason in ARCHITECTURE.md. */
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

interface Container {
  readonly name: string;
  readonly image: string;
  readonly inside: InsideOptions;
}

const runCommand = (
  command: DockerEngine['command'],
  engine: Confinement,
  settings: DockerSettings,
  { name, image, inside }: Container,
): DockerEngine['command'] => [
  ...command,
  ...[...alone, '--name', name, ...unshielded(settings, engine), ...settings.options],
  ...['--entrypoint', 'sh', image, COLLECT, JSON.stringify(inside)],
];

/** Not there on systems other than Linux. */
const OWN_NETWORK = '/proc/self/ns/net';

const insideOptions = (
  settings: DockerSettings,
  { rootIsRoot }: Confinement,
  description: string,
): InsideOptions => ({
  folder: EVIDENCE,
  callerNetworkNamespace: existsSync(OWN_NETWORK) ? readlinkSync(OWN_NETWORK) : null,
  sandbox: 'docker',
  privilege: rootIsRoot ? 'root' : 'user-namespace',
  harnessVersion: harnessVersion(),
  engine: description,
  serverWhereEnginePutUs: settings.options.some((option) => option.startsWith('--sysctl')),
});

/** The commands of a run, without asking an engine: for --dry-run. */
export function dockerCommandLines(settings: DockerSettings): readonly (readonly string[])[] {
  const command = dockerCommand(settings);
  const confinement = { appArmor: false, rootIsRoot: true };
  const run = runCommand(command, confinement, settings, {
    name: 'backlog-lab-<run>',
    image: imageName(settings),
    inside: insideOptions(settings, confinement, 'Docker'),
  });
  return settings.image === undefined ? [buildCommand({ command }, settings), run] : [run];
}

/** Finds the engine and provides the image. Throws `DOCKER_UNAVAILABLE`, `DOCKER_IMAGE_UNAVAILABLE`. */
export async function openDockerSandbox(
  settings: DockerSettings,
  preparation: ImagePreparation,
): Promise<Sandbox> {
  const engine = await findEngine(settings);
  const image = await provideImage(engine, settings, preparation);
  await removeForsaken(engine);
  const runtime = runtimeOf(settings) ?? engine.defaultRuntime;
  const description = engine.description.replace(engine.defaultRuntime, runtime);
  const inside = insideOptions(settings, engine, description);
  return {
    kind: 'docker',
    kernelRelease: engine.kernelRelease,
    // Whatever a plan needs is in the image.
    assertFit: () => undefined,
    collect: (request) => {
      const name = `backlog-lab-${process.pid}-${randomUUID().slice(0, 8)}`;
      return collectIn({ name, image, inside }, { engine, settings, runtime }, request);
    },
  };
}

const runtimeOf = ({ options }: DockerSettings): string | undefined =>
  options.find((option) => option.startsWith('--runtime='))?.slice('--runtime='.length);

/**
 * A docker command that is killed between making a container and starting it leaves it behind. Such
 * a one never ran; those of a minute ago may be of a run that is just starting.
 */
async function removeForsaken(engine: DockerEngine): Promise<void> {
  await ask(engine, [
    'container',
    'prune',
    '--force',
    '--filter',
    `label=${LABEL}`,
    '--filter',
    'until=1m',
  ]);
}

const ask = ({ command: [docker, ...options] }: DockerEngine, words: readonly string[]) =>
  execa(docker, [...options, ...words], {
    env: sandboxEnvironment(),
    reject: false,
    stdio: 'ignore',
    timeout: ENGINE_DEADLINE_MS,
  });

interface Place {
  readonly engine: DockerEngine;
  readonly settings: DockerSettings;
  readonly runtime: string;
}

async function collectIn(
  container: Container,
  { engine, settings, runtime }: Place,
  request: CollectRequest,
): Promise<void> {
  const env = sandboxEnvironment();
  const [docker, ...words] = runCommand(engine.command, engine, settings, container);
  // A session of its own: a terminal's Ctrl-C must not reach the docker command.
  const child = execa(docker, words, {
    env,
    detached: true,
    cleanup: false,
    reject: false,
    encoding: 'buffer',
    buffer: { stdout: false, stderr: true },
  });
  child.stdin.on('error', () => undefined);
  const tell = (line: string): void => void child.stdin.write(`${line}\n`);
  tell(planLine(request.folder));
  const keeper = request.trace && engine.rootIsRoot ? keepTrace(container, engine, env) : null;
  void Promise.resolve(keeper).then((kept) =>
    tell([INSIDE_COMMANDS.trace, ...(kept ? [kept.instance] : [])].join(' ')),
  );
  const onAbort = (): void => tell(INSIDE_COMMANDS.abort);
  const onForce = (): void => void child.kill('SIGKILL');
  request.signal.addEventListener('abort', onAbort, { once: true });
  request.force.addEventListener('abort', onForce, { once: true });
  if (request.signal.aborted) onAbort();

  const reports: InsideReport[] = [];
  const evidence = readEvidenceStream(child.stdout, request.folder, (report) => {
    reports.push(report);
    if (report.event === 'step') request.onStep(report.label, report.waits);
  });
  const [unpacked, result] = await Promise.all([evidence, child]);
  void keeper?.then((kept) => kept?.end());
  request.signal.removeEventListener('abort', onAbort);
  request.force.removeEventListener('abort', onForce);
  // Whoever kills the docker command does not kill the container.
  if (result.signal !== undefined) await ask(engine, ['rm', '--force', container.name]);
  const { exitCode, signal } = result;
  const stderr = Buffer.from(result.stderr).toString().trim();
  throwIfFailed(reports, unpacked, { exitCode, signal, stderr, runtime });
}

const planLine = (folder: string): string =>
  JSON.stringify(JSON.parse(readFileSync(path.join(folder, FILES.plan), 'utf8')));

/** The keeper of the tracing instance is a container too: tracefs is the engine's machine's. */
const keepTrace = (
  { name, image }: Container,
  engine: DockerEngine,
  env: NodeJS.ProcessEnv,
): ReturnType<typeof keepTraceInstance> =>
  keepTraceInstance(
    [
      ...[...engine.command, ...alone, '--name', `${name}-trace`],
      ...[...confined(engine, ['SYS_ADMIN']), '--entrypoint', '', image],
    ] as unknown as DockerEngine['command'],
    env,
  );

interface End {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stderr: string;
  readonly runtime: string;
}

/** Throws what ended the run, if it was not carried out to its end. */
function throwIfFailed(
  reports: readonly InsideReport[],
  unpacked: Unpacked | null,
  end: End,
): void {
  const failed = reports.find((report) => report.event === 'failed');
  if (failed) {
    const remedy = `${failed.remedy}${aboutRuntime(end.runtime)}`;
    throw new HarnessError(failed.code, failed.message, { remedy });
  }
  if (end.exitCode === REFUSED) {
    const { why, remedy } = explainRefusal(end.stderr);
    throw new HarnessError('DOCKER_REFUSED', `The engine did not start the container: ${why}.`, {
      remedy,
    });
  }
  if (end.stderr.includes(COLLECT) && unpacked === null) throw foreignImage();
  if (end.exitCode !== 0 || unpacked === null) throw ended(end, unpacked);
  if (unpacked.problem !== undefined) throw notUnpacked(unpacked.problem);
}

/** A runtime such as gVisor or Kata brings a kernel of its own, and that one was asked. */
const aboutRuntime = (runtime: string): string =>
  /runc|crun|youki/.test(runtime)
    ? ''
    : `; the container had the runtime ${runtime}, whose kernel may lack what a run needs: choose --docker-option=--runtime=runc`;

/** The shell could not open the script that every image of ours has. */
const foreignImage = (): HarnessError =>
  new HarnessError('DOCKER_IMAGE_UNAVAILABLE', 'The image holds no backlog-lab.', {
    remedy: 'leave --docker-image out, or build the image with docker/Dockerfile',
  });

/** As the shell has it: 128 and the number of SIGKILL. */
const KILLED = 137;

function ended({ exitCode, signal, stderr }: End, unpacked: Unpacked | null): HarnessError {
  const how =
    signal !== undefined
      ? `its docker command was ended by ${signal}`
      : exitCode === KILLED
        ? 'it was killed, by somebody or for lack of memory'
        : `exit code ${exitCode}`;
  const words = stderr === '' ? '' : ` Its last words: ${stderr.slice(-2_000)}`;
  return new HarnessError(
    'SANDBOX_ENDED',
    `The container ended before the run was over (${how}).${words}`,
    {
      remedy:
        unpacked === null
          ? 'its evidence went with it; start the run again'
          : 'the evidence so far is in the run folder; start the run again',
    },
  );
}

const notUnpacked = (problem: string): HarnessError =>
  new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot unpack the evidence: ${problem}.`, {
    remedy: 'free some disk space, or choose another place with --runs-dir DIR',
  });
