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

/** The name says what is in the image, so an edited source gets one of its own. */
export function imageName({ image }: ImageChoice): string {
  if (image !== undefined) return image;
  const version = harnessVersion();
  return hasSources() ? `backlog-lab:${version}-${sourceHash()}` : `backlog-lab:${version}`;
}

function sourceHash(): string {
  const root = packageFolder();
  const hash = createHash('sha256');
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
  return readdirSync(place).flatMap((name) => filesBelow(root, `${relative}/${name}`));
}

export const buildCommand = (
  { command }: Pick<DockerEngine, 'command'>,
  choice: ImageChoice,
): readonly string[] => [
  ...[...command, 'build', '--file', path.join(packageFolder(), DOCKERFILE), '--force-rm'],
  ...['--tag', imageName(choice), '--tag', 'backlog-lab:latest'],
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
  if (choice.image !== undefined) throw notThere(name, choice);
  if (!hasSources()) throw notThere(name, choice);
  notify(`builds the image ${name}, once`);
  const base = choice.base ?? ((await isThere(engine, OWN_BASE)) ? OWN_BASE : undefined);
  await build(engine, base === undefined ? choice : { ...choice, base }, signal);
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

function notThere(name: string, { image, rebuild }: ImageChoice): HarnessError {
  const ofSources = `docker build --file ${DOCKERFILE} --tag ${name} .`;
  if (rebuild && image !== undefined) {
    return unavailable(
      `Cannot build ${name}: an image that was named is used as it is.`,
      'leave out --docker-image or --rebuild',
    );
  }
  return unavailable(
    `Cannot run in Docker because the engine has no image ${name}.`,
    hasSources()
      ? `leave out --docker-image to have one built, or build it: ${ofSources}`
      : `an installed package cannot build it; in a checkout: ${ofSources}`,
  );
}

/** Packages come over the network, slowly at times; longer than this is no progress. */
const BUILD_DEADLINE_MS = 20 * 60_000;
const LAST_LINES = 6;

async function build(engine: DockerEngine, choice: ImageChoice, signal: AbortSignal) {
  const [command = '', ...args] = buildCommand(engine, choice);
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
  throw unavailable(`Cannot build the image: ${words}`, buildRemedy(result.all, choice));
}

const lastLines = (output: string): string =>
  output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-LAST_LINES)
    .join('\n    ');

/** An image registry that cannot be reached is the usual reason, and the base can be had without one. */
function buildRemedy(output: string, { base }: ImageChoice): string {
  const isBase =
    /FROM |pull access denied|manifest|no such host|dial tcp|failed to resolve|TLS|timeout/;
  return base === undefined && isBase.test(lastLines(output))
    ? 'if no image registry can be reached: sh docker/make-base-image.sh, then start it again'
    : 'mend what the build says; its command is in --dry-run';
}

const unavailable = (message: string, remedy: string): HarnessError =>
  new HarnessError('DOCKER_IMAGE_UNAVAILABLE', message, { remedy });
