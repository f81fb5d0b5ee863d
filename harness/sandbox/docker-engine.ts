import { execa } from 'execa';
import { HarnessError } from '../domain/harness-error.ts';
import { findCommand } from './command-path.ts';
import { sandboxEnvironment } from './environment.ts';

/** Which engine, as the docker command itself has it. Neither: what DOCKER_HOST or its context says. */
export interface EngineChoice {
  readonly host?: string;
  readonly context?: string;
}

/** An engine that answered. */
export interface DockerEngine {
  /** `docker`, with the options that choose this engine. */
  readonly command: readonly [string, ...string[]];
  /** The release of the kernel that its containers run on. */
  readonly kernelRelease: string;
  /** It confines containers by AppArmor, whose default profile forbids to write into /proc/sys. */
  readonly appArmor: boolean;
  /** Root in its containers is root of the kernel: neither rootless nor user-namespace remapping. */
  readonly rootIsRoot: boolean;
  readonly defaultRuntime: string;
  /** For reports, such as `Docker 20.10.24, runc, cgroup v1`. */
  readonly description: string;
}

/** Nothing that is asked of an engine but building takes long; a daemon that hangs must not hang us. */
export const ENGINE_DEADLINE_MS = 20_000;

export const dockerCommand = ({ host, context }: EngineChoice): DockerEngine['command'] => [
  'docker',
  ...(host === undefined ? [] : ['--host', host]),
  ...(context === undefined ? [] : ['--context', context]),
];

/** Asks the engine what it is. Throws `DOCKER_UNAVAILABLE`. */
export async function findEngine(
  choice: EngineChoice,
  signal?: AbortSignal,
): Promise<DockerEngine> {
  if (findCommand('docker') === undefined) {
    throw unavailable('there is no docker command', INSTALL);
  }
  const command = dockerCommand(choice);
  const [docker, ...options] = command;
  const answer = await execa(docker, [...options, 'info', '--format', '{{json .}}'], {
    env: sandboxEnvironment(),
    reject: false,
    stdin: 'ignore',
    timeout: ENGINE_DEADLINE_MS,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const info = parsed(answer.stdout);
  if (info?.version?.Version !== undefined) throw unavailable(PODMAN.why, PODMAN.remedy);
  if (info === undefined || !info.ServerVersion) {
    throw explainSilence(answer.timedOut ? TIMED_OUT : answer.stderr, info, choice);
  }
  if (info.OSType !== 'linux') {
    throw unavailable(
      `its engine runs ${info.OSType} containers, and only Linux has the queues in question`,
      'switch Docker Desktop to Linux containers',
    );
  }
  return { command, ...described(info) };
}

const INSTALL =
  'install an engine (on Debian: sudo apt-get install docker.io; elsewhere Docker Desktop), and start it';
const TIMED_OUT = `it did not answer within ${ENGINE_DEADLINE_MS / 1_000} s`;

/** Podman's docker command knows nothing of an engine, but Podman can be one. */
const PODMAN = {
  why: "this docker command is Podman's own",
  remedy:
    'start podman system service, and name its socket: --docker-host unix:///run/podman/podman.sock with the command of Docker',
};

/** The part of `docker info` that matters here. */
interface EngineInfo {
  /** Of Podman's. */
  readonly version?: { readonly Version?: string };
  readonly ServerVersion?: string;
  readonly ServerErrors?: readonly string[];
  readonly OSType?: string;
  readonly KernelVersion?: string;
  readonly OperatingSystem?: string;
  readonly CgroupVersion?: string;
  readonly DefaultRuntime?: string;
  readonly SecurityOptions?: readonly string[] | null;
}

function parsed(text: string): EngineInfo | undefined {
  try {
    return JSON.parse(text) as EngineInfo;
  } catch {
    return undefined;
  }
}

export function described(info: EngineInfo): Omit<DockerEngine, 'command'> {
  const security = (info.SecurityOptions ?? []).map((option) => option.split(',')[0]);
  const rootless = security.includes('name=rootless');
  const remapped = security.includes('name=userns');
  const defaultRuntime = info.DefaultRuntime ?? 'runc';
  return {
    kernelRelease: info.KernelVersion ?? 'unknown',
    appArmor: security.includes('name=apparmor'),
    rootIsRoot: !rootless && !remapped,
    defaultRuntime,
    description: [
      `${info.OperatingSystem === 'Docker Desktop' ? 'Docker Desktop' : 'Docker'} ${info.ServerVersion}`,
      defaultRuntime,
      ...(info.CgroupVersion === undefined ? [] : [`cgroup v${info.CgroupVersion}`]),
      ...(rootless ? ['rootless'] : []),
      ...(remapped ? ['user namespaces remapped'] : []),
    ].join(', '),
  };
}

/** Why there is no answer, from what the docker command printed. */
function explainSilence(
  stderr: string,
  info: EngineInfo | undefined,
  { host, context }: EngineChoice,
): HarnessError {
  const words = stderr.trim() === '' ? (info?.ServerErrors ?? []).join('; ') : stderr.trim();
  if (/publickey|host key verification|ssh:/i.test(words)) {
    return unavailable(
      `there is no way in by ssh: ${lastLine(words)}`,
      'try the same address with ssh first; its keys and known hosts are used',
    );
  }
  if (/permission denied/i.test(words)) {
    return unavailable(
      'this user may not talk to the engine',
      'sudo usermod -aG docker "$USER" and log in again (the group is as powerful as root), or use rootless Docker',
    );
  }
  if (/context .*not found/i.test(words)) {
    return unavailable(
      `there is no context ${context ?? ''}`,
      'docker context ls shows those there are',
    );
  }
  return unavailable(
    words === '' ? 'the engine does not answer' : `the engine does not answer: ${lastLine(words)}`,
    host === undefined && context === undefined && process.env['DOCKER_HOST'] === undefined
      ? 'start the engine (sudo systemctl start docker, or Docker Desktop), or name another one with --docker-host or --docker-context'
      : 'check the address (unix://, tcp:// or ssh://, by --docker-host, --docker-context or DOCKER_HOST), and that the engine there is started',
  );
}

const lastLine = (words: string): string =>
  (words.split('\n').at(-1) ?? words)
    .replace(/\.$/, '')
    .replace(/ Is the docker daemon running\?$/, '');

const unavailable = (why: string, remedy: string): HarnessError =>
  new HarnessError('DOCKER_UNAVAILABLE', `Cannot use Docker because ${why}.`, { remedy });
