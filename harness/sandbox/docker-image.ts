import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../domain/harness-error.ts';
import { harnessVersion, packageFolder } from '../package-files.ts';
import type { DockerEngine } from './docker-engine.ts';
import { ENGINE_DEADLINE_MS } from './docker-engine.ts';
import { sandboxEnvironment } from './environment.ts';

export interface ImageChoice {
  /** An image that is to be used as it is; undefined: the one of these sources. */
  readonly image?: string;
  /** What it is built from; undefined: what docker/make-base-image.sh made, or the Dockerfile's choice. */
  readonly base?: string;
  /** Build it anew even if it is there. */
  readonly rebuild: boolean;
}

const DOCKERFILE = 'docker/Dockerfile';
/** What docker/make-base-image.sh makes; where it is there, the Dockerfile's own choice was not to be had. */
const OWN_BASE = 'backlog-lab-base';
/** What the image is made of: see .dockerignore. */
const SOURCES = [
  'package.json',
  'package-lock.json',
  'harness',
  'servers',
  'clients',
  DOCKERFILE,
  'docker/collect.sh',
];

/** A checkout can build an image, an installed package cannot. */
const hasSources = (): boolean => existsSync(path.join(packageFolder(), DOCKERFILE));

/** The name says what is in the image: edited sources, or another base, get one of their own. */
export function imageName({ image, base }: ImageChoice): string {
  if (image !== undefined) return image;
  const version = harnessVersion();
  return hasSources() ? `backlog-lab:${version}-${sourceHash(base)}` : `backlog-lab:${version}`;
}

function sourceHash(base = ''): string {
  const root = packageFolder();
  const hash = createHash('sha256').update(base);
  for (const file of SOURCES.flatMap((source) => filesBelow(root, source)).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}

function filesBelow(root: string, relative: string): readonly string[] {
  const place = path.join(root, relative);
  if (!statSync(place).isDirectory()) return [relative];
  // Editors leave links and files whose names begin with a dot.
  return readdirSync(place)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => filesBelow(root, `${relative}/${name}`));
}

export const buildCommand = (
  { command }: Pick<DockerEngine, 'command'>,
  choice: ImageChoice,
  name: string,
): readonly string[] => [
  ...[...command, 'build', '--file', path.join(packageFolder(), DOCKERFILE), '--force-rm'],
  ...['--tag', name],
  ...['--build-arg', `VERSION=${harnessVersion()}`],
  ...(choice.rebuild ? ['--no-cache'] : []),
  ...(choice.base === undefined ? [] : ['--build-arg', `BASE_IMAGE=${choice.base}`]),
  packageFolder(),
];

export interface ImagePreparation {
  readonly signal: AbortSignal;
  readonly notify: (what: string) => void;
}

/** Makes sure that the image is there. Returns its name. Throws `DOCKER_IMAGE_UNAVAILABLE`. */
export async function provideImage(
  engine: DockerEngine,
  choice: ImageChoice,
  { signal, notify }: ImagePreparation,
): Promise<string> {
  const name = imageName(choice);
  if (!choice.rebuild && (await isThere(engine, name))) return name;
  if (choice.image !== undefined || !hasSources()) throw notThere(name, choice);
  const times = choice.rebuild ? 'anew' : 'once for these sources';
  notify(`builds the image ${name}, ${times}, which takes up to a minute or two`);
  const base = choice.base ?? ((await isThere(engine, OWN_BASE)) ? OWN_BASE : undefined);
  const command = buildCommand(engine, base === undefined ? choice : { ...choice, base }, name);
  await build(command, choice.base, signal);
  if (!(await isThere(engine, name))) {
    throw unavailable(
      `The image ${name} was built, but the engine does not have it: another builder keeps it.`,
      'unset BUILDX_BUILDER, or docker buildx use default',
    );
  }
  return name;
}

async function isThere({ command: [docker, ...options] }: DockerEngine, name: string) {
  const { failed } = await execa(docker, [...options, 'image', 'inspect', name], {
    env: sandboxEnvironment(),
    reject: false,
    stdio: 'ignore',
    timeout: ENGINE_DEADLINE_MS,
  });
  return !failed;
}

function notThere(name: string, { image }: ImageChoice): HarnessError {
  return unavailable(
    `Cannot run in Docker because the engine has no image ${name}.`,
    image === undefined
      ? `an installed package cannot build it; in a checkout: docker build --file ${DOCKERFILE} --tag ${name} .`
      : 'check the name (docker image ls backlog-lab shows those there are), or leave --docker-image out',
  );
}

/** Packages come over the network, slowly at times; longer than this is no progress. */
const BUILD_DEADLINE_MS = 20 * 60_000;
const LAST_LINES = 6;

async function build(
  [command = '', ...args]: readonly string[],
  base: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const result = await execa(command, args, {
    env: sandboxEnvironment(),
    reject: false,
    all: true,
    stdin: 'ignore',
    cancelSignal: signal,
    timeout: BUILD_DEADLINE_MS,
  });
  if (result.isCanceled) throw signal.reason;
  if (!result.failed) return;
  const words = result.timedOut ? 'it took too long' : lastLines(result.all);
  throw unavailable(
    `Cannot build the image: ${words}`,
    buildRemedy(words, base, [command, ...args].join(' ')),
  );
}

/** What the builder says of itself, and its progress, say nothing of the failure. */
const NOISE =
  /DEPRECATED|Install the buildx|docs\.docker\.com|^Sending build context|^Step \d|^ ?--->/;

const lastLines = (output: string): string =>
  output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NOISE.test(line))
    .slice(-LAST_LINES)
    .join('\n    ');

/** An image registry that cannot be reached is the usual reason, and the base can be had without one. */
function buildRemedy(words: string, base: string | undefined, command: string): string {
  const isBase =
    /FROM |pull access denied|manifest|no such host|dial tcp|failed to resolve|TLS|timeout/;
  if (!isBase.test(words)) return `mend what the build says; its command was: ${command}`;
  return base === undefined
    ? 'if no image registry can be reached: sh docker/make-base-image.sh, then start it again'
    : `check the name ${base}; if no image registry can be reached: sh docker/make-base-image.sh, and leave --docker-base out`;
}

const unavailable = (message: string, remedy: string): HarnessError =>
  new HarnessError('DOCKER_IMAGE_UNAVAILABLE', message, { remedy });
