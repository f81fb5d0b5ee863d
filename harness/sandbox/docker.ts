/**
 * A container for each run, in which the harness's own inside part works as it does in namespaces.
 * Nothing is mounted into it: the plan goes in on standard input, the evidence comes out on standard
 * output. So the engine may be anywhere, and the files belong to the caller.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { FILES } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { type Conversation, converse, failureOf } from './converse.ts';
import { type DockerEngine, ENGINE_DEADLINE_MS, findEngine } from './docker-engine.ts';
import { type ImagePreparation, provideImage } from './docker-image.ts';
import { explainRefusal } from './docker-refusals.ts';
import {
  COLLECT,
  type Container,
  type DockerSettings,
  insideOptions,
  keeperPrefix,
  LABEL,
  runCommand,
} from './docker-run.ts';
import { sandboxEnvironment } from './environment.ts';
import type { CollectRequest, Sandbox } from './sandbox.ts';
import { keepTraceInstance } from './trace-keeper.ts';

/** The exit code of `docker run` when it is not the container's. */
const REFUSED = 125;

/** Finds the engine and provides the image. Throws `DOCKER_UNAVAILABLE`, `DOCKER_IMAGE_UNAVAILABLE`. */
export async function openDockerSandbox(
  settings: DockerSettings,
  preparation: ImagePreparation,
): Promise<Sandbox> {
  const engine = await findEngine(settings, preparation.signal);
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
  options.findLast((option) => option.startsWith('--runtime='))?.slice('--runtime='.length);

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
  const conversation = await converse(
    {
      command: runCommand(engine.command, engine, settings, container),
      opening: [planLine(request.folder)],
      // The keeper of the tracing instance is a container too: tracefs is the engine's machine's.
      ...(request.trace && engine.rootIsRoot
        ? { keeper: keepTraceInstance(keeperPrefix(container, engine)) }
        : {}),
    },
    request,
  );
  // Whoever kills the docker command does not kill the container.
  if (conversation.signal !== undefined) await ask(engine, ['rm', '--force', container.name]);
  throwIfFailed(conversation, { image: container.image, runtime, options: settings.options });
}

const planLine = (folder: string): string =>
  JSON.stringify(JSON.parse(readFileSync(path.join(folder, FILES.plan), 'utf8')));

/** What may have led to a failure. */
interface Given {
  readonly image: string;
  readonly runtime: string;
  readonly options: readonly string[];
}

/** Throws what ended the run, if it was not carried out to its end. */
function throwIfFailed(conversation: Conversation, { image, runtime, options }: Given): void {
  const { reports, exitCode, words, unpacked } = conversation;
  const failed = failureOf(reports);
  if (failed) {
    const { code, message } = failed;
    const remedy = code === 'RUN_FOLDER_UNWRITABLE' ? ENGINES_DISK : failed.remedy;
    throw new HarnessError(code, message, { remedy: `${remedy}${aboutRuntime(runtime)}` });
  }
  if (exitCode === REFUSED) {
    const { why, remedy } = explainRefusal(words, options);
    throw new HarnessError('DOCKER_REFUSED', `The engine did not start the container: ${why}.`, {
      remedy,
    });
  }
  const lacksProgram = exitCode === 126 || exitCode === 127 || words.includes(COLLECT);
  if (lacksProgram && unpacked === null) throw foreignImage(image);
  if (exitCode !== 0 || unpacked === null) throw ended(conversation);
  if (unpacked.problem !== undefined) throw notUnpacked(unpacked.problem);
}

/** Inside, the run folder is the container's. */
const ENGINES_DISK =
  'free space where the engine keeps containers: docker system df shows what takes it';

/** A runtime such as gVisor or Kata brings a kernel of its own, and that one was asked. */
const aboutRuntime = (runtime: string): string =>
  /runc|crun|youki/.test(runtime)
    ? ''
    : `; the container had the runtime ${runtime}, whose kernel may lack what a run needs: choose --docker-option=--runtime=runc`;

/** The shell could not open the script that every image of ours has. */
const foreignImage = (image: string): HarnessError =>
  new HarnessError('DOCKER_IMAGE_UNAVAILABLE', `The image ${image} holds no backlog-lab.`, {
    remedy: `leave --docker-image out; if it is a base to build from: --docker-base ${image}`,
  });

/** As the shell has it: 128 and the number of SIGKILL. */
const KILLED = 137;

function ended({ exitCode, signal, words, unpacked }: Conversation): HarnessError {
  const how =
    signal !== undefined
      ? `its docker command was ended by ${signal}`
      : exitCode === KILLED
        ? 'it was killed, by somebody or for lack of memory'
        : `exit code ${exitCode}`;
  const last = words === '' ? '' : ` Its last words: ${words.slice(-2_000)}`;
  return new HarnessError(
    'SANDBOX_ENDED',
    `The container ended before the run was over (${how}).${last}`,
    {
      remedy:
        unpacked === null || unpacked.problem !== undefined
          ? 'its evidence went with it; start the run again'
          : 'the evidence so far is in the run folder; start the run again',
    },
  );
}

const notUnpacked = (problem: string): HarnessError =>
  new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot unpack the evidence: ${problem}.`, {
    remedy: 'free some disk space, or choose another place with --runs-dir DIR',
  });
