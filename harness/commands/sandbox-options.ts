/** The options that choose the sandbox: their names and help for yargs, and what they mean. */
import type { Argv } from 'yargs';
import { openSandbox, type SandboxSettings, sandboxKind } from '../sandbox/choose.ts';
import type { ImagePreparation } from '../sandbox/docker-image.ts';
import { SANDBOX_KINDS, type Sandbox } from '../sandbox/sandbox.ts';
import { usage, wholeNumber } from './values.ts';

const TEXTS: readonly (readonly [string, string])[] = [
  ['docker-host', 'the engine, as docker --host has it (DOCKER_HOST, or its context)'],
  ['docker-context', 'the engine, as docker --context has it'],
  ['docker-image', 'an image that holds backlog-lab already (one is built from the sources)'],
  ['docker-base', "what the image is built from (the Dockerfile's own choice)"],
];

const MACHINE_TEXTS: readonly (readonly [string, string])[] = [
  [
    'kernel',
    'the kernel of --sandbox vm: debian:6.1, or the path of an image; list: which there are',
  ],
  ['modules', "where an image's modules lie, such as /lib/modules/6.1.0-50-amd64"],
  ['vm-memory', 'memory of the machine in MiB (1536)'],
];

/** The options that may be repeated. */
export const SANDBOX_LISTS: readonly string[] = ['docker-option'];

export function describeSandboxOptions<Given>(parser: Argv<Given>): Argv<Given> {
  const group = 'Docker:';
  parser.option('sandbox', {
    type: 'string',
    requiresArg: true,
    default: 'auto',
    describe: `where it runs: auto or one of ${SANDBOX_KINDS.join(', ')}`,
    group: 'Run:',
  });
  for (const [name, describe] of TEXTS) {
    parser.option(name, { type: 'string', requiresArg: true, describe, group });
  }
  parser.option('docker-option', {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'a further option of docker run, such as --docker-option=--runtime=runc; repeatable',
    group,
  });
  const machine = 'Virtual machine:';
  for (const [name, describe] of MACHINE_TEXTS) {
    parser.option(name, { type: 'string', requiresArg: true, describe, group: machine });
  }
  parser.option('rebuild', { type: 'boolean', describe: 'build the image anew', group });
  parser.option('privileged', {
    type: 'boolean',
    describe: 'docker run --privileged, which no run needs',
    group,
  });
  return parser;
}

/** What was asked for. Throws `USAGE`. */
export function sandboxSettings(given: Readonly<Record<string, unknown>>): SandboxSettings {
  const kind = kindFor(given);
  return {
    kind,
    cluster: { swarms: swarmsOf(kind, given) },
    docker: dockerSettings(given),
    vm: kernelSettings(given),
  };
}

const textOf = (given: Readonly<Record<string, unknown>>, name: string): string | undefined =>
  typeof given[name] === 'string' ? given[name] : undefined;

function dockerSettings(given: Readonly<Record<string, unknown>>): SandboxSettings['docker'] {
  const [host, context] = [textOf(given, 'docker-host'), textOf(given, 'docker-context')];
  const [image, base] = [textOf(given, 'docker-image'), textOf(given, 'docker-base')];
  if (host !== undefined && context !== undefined) {
    throw usage('There are two engines: of --docker-host and of --docker-context.', 'name one');
  }
  if (image !== undefined && (base !== undefined || given['rebuild'] === true)) {
    throw usage(
      `The image ${image} is used as it is: nothing is built.`,
      'leave out --docker-image, or --docker-base and --rebuild',
    );
  }
  return {
    ...(host === undefined ? {} : { host }),
    ...(context === undefined ? {} : { context }),
    ...(image === undefined ? {} : { image }),
    ...(base === undefined ? {} : { base }),
    rebuild: given['rebuild'] === true,
    privileged: given['privileged'] === true,
    options: optionsOfRun(given),
  };
}

function kernelSettings(given: Readonly<Record<string, unknown>>): SandboxSettings['vm'] {
  const [kernel, modules] = [textOf(given, 'kernel'), textOf(given, 'modules')];
  return {
    ...(kernel === undefined ? {} : { kernel }),
    ...(modules === undefined ? {} : { modules }),
    memoryMib: memoryOf(textOf(given, 'vm-memory')),
  };
}

const OF_DOCKER = [...TEXTS.map(([name]) => name), 'docker-option', 'rebuild', 'privileged'];

const OF_MACHINE = MACHINE_TEXTS.map(([name]) => name);

/** Whoever names an engine or a kernel wants that one; a verdict about another would mislead. */
function kindFor(given: Readonly<Record<string, unknown>>): SandboxSettings['kind'] {
  const kind = sandboxKind(String(given['sandbox']));
  const isNamed = (name: string): boolean => given[name] !== undefined && given[name] !== false;
  const named = [['docker', OF_DOCKER] as const, ['vm', OF_MACHINE] as const].flatMap(
    ([meant, names]) =>
      names
        .filter(isNamed)
        .slice(0, 1)
        .map((name) => ({ meant, name })),
  );
  const chosen = kind === 'auto' ? (named[0]?.meant ?? kind) : kind;
  const odd = named.find(({ meant }) => meant !== chosen);
  if (odd === undefined) return chosen;
  throw usage(
    `The option --${odd.name} says something about --sandbox ${odd.meant} only.`,
    kind === 'auto'
      ? `leave it out, or --${named[0]?.name}`
      : `leave it out, or pass --sandbox ${odd.meant} instead of ${kind}`,
  );
}

const MEMORY_MIB = 1_536;
/** Half of it is the file system that the machine starts from. */
const LEAST_MEMORY_MIB = 640;
const MOST_MEMORY_MIB = 1_048_576;

function memoryOf(text: string | undefined): number {
  if (text === undefined) return MEMORY_MIB;
  if (/^\d+$/.test(text) && Number(text) < LEAST_MEMORY_MIB) {
    throw usage(
      `Cannot use --vm-memory ${text} because the file system that the machine starts from does not fit into it.`,
      `pass ${LEAST_MEMORY_MIB} MiB or more, or leave it out for ${MEMORY_MIB}`,
    );
  }
  return wholeNumber('vm-memory', text, LEAST_MEMORY_MIB, MOST_MEMORY_MIB);
}

const SWARMS = 4;

/** The containers of a cluster have one set of sysctls and are there for one run at a time. */
function swarmsOf(kind: SandboxSettings['kind'], given: Readonly<Record<string, unknown>>): number {
  const command = (given['_'] as readonly unknown[] | undefined)?.[0];
  if (kind === 'cluster' && command !== undefined) {
    throw usage(
      `Cannot use --sandbox cluster with ${String(command)} because its containers have one set of sysctls, for one run at a time.`,
      `leave it out, or name one scenario instead of ${String(command)}`,
    );
  }
  const text = given['swarms'];
  if (typeof text !== 'string') return SWARMS;
  if (kind === 'cluster') return wholeNumber('swarms', text, 1, MOST_SWARMS);
  throw usage('The option --swarms says something about --sandbox cluster only.', 'leave it out');
}

/** Addresses of a /16 network are more; somewhere connections to all of them become too many. */
const MOST_SWARMS = 1_000;

/** What the sandbox rests on: without its lifeline a container would outlive its run, and so on. */
const OURS =
  /^--(detach|interactive|attach|rm|name|tty|log-driver|log-opt|entrypoint|init|help|label|cidfile|pull|sig-proxy|network|net|pid|ipc|volumes-from|read-only|privileged)\b/;

function optionsOfRun(given: Readonly<Record<string, unknown>>): readonly string[] {
  const options = ((given['docker-option'] as readonly string[] | undefined) ?? []).map(String);
  for (const option of options) assertOurOptionsStay(option);
  const command = (given['_'] as readonly unknown[] | undefined)?.[0];
  if (command !== undefined && sysctlsOfEngine(given).length > 0) {
    throw usage(
      `Cannot set a sysctl by the engine for ${String(command)}: its runs set their own.`,
      'leave it out, or make a single run',
    );
  }
  return options;
}

/** In one word, or docker would take the image's name for the value. */
function assertOurOptionsStay(option: string): void {
  if (OURS.test(option)) {
    throw usage(
      `Cannot hand '${option}' to docker run: --sandbox docker sets that itself.`,
      'leave it out; --dry-run shows the whole command',
    );
  }
  if (/^--[a-z][a-z-]*=./.test(option)) return;
  throw usage(
    `Cannot hand '${option}' to docker run: only options of the form --name=value can be.`,
    'write option and value as one word: --docker-option=--memory=1g',
  );
}

/** `--docker-option=--sysctl=KEY=VALUE` is a sysctl of the server, set by the engine. */
export const sysctlsOfEngine = (given: Readonly<Record<string, unknown>>): readonly string[] =>
  ((given['docker-option'] as readonly string[] | undefined) ?? []).flatMap((option) => {
    const [, setting] = /^--sysctl=(.+)$/.exec(option) ?? [];
    return setting === undefined ? [] : [`server:${setting}`];
  });

/** Opens the sandbox; says on stderr what takes long. */
export const openChosenSandbox = (
  settings: SandboxSettings,
  signal: ImagePreparation['signal'],
): Promise<Sandbox> =>
  openSandbox(settings, {
    signal,
    notify: (what) => void process.stderr.write(`backlog-lab ${what}.\n`),
  });

/** For commands about what is installed here: a container has packages of its own. Throws `USAGE`. */
export function onThisMachine(
  settings: SandboxSettings,
  command: string,
  because: string,
): SandboxSettings {
  const { kind } = settings;
  if (kind === 'netns' || kind === 'auto') return { ...settings, kind: 'netns' };
  if (kind === 'vm') {
    throw usage(
      `Cannot use --kernel with ${command} because ${because} and not in a virtual machine.`,
      'leave it out: then the kernel of this computer is met',
    );
  }
  throw usage(
    `Cannot use --sandbox ${kind} with ${command} because ${because} and not in a container.`,
    'leave it out; npm run repro -- doctor says whether network namespaces can be made here',
  );
}
