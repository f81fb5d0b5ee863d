import type { ClientProgramCommand } from '../domain/application.ts';
import { swarmEventsFile, swarmLogFile } from '../domain/evidence.ts';
import type { ProgramOptions, RunPlan, Step } from '../domain/plan.ts';
import { fieldOf } from '../evidence/json-shape.ts';
import { compiledProgram } from '../package-files.ts';
import { hearEvents } from './hear-events.ts';
import { clientAddressesOf, serverAddress } from './host-network.ts';
import type { Program } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { Site } from './site.ts';
import { onClientsProcessor } from './swarm.ts';
import { until } from './until.ts';

export type StartClients = Extract<Step, { kind: 'start-clients' }>;

/** Closing some thousands of sockets takes a busy machine a while. */
const RELEASE_DEADLINE_MS = 30_000;
const LOOK_EVERY_MS = 10;

/**
 * Each program numbers its connections and requests from a million of its own, so that they are
 * unique in the run.
 */
const NUMBERS_EACH = 1_000_000;

/** The client programs of a run, by wave, as they are started one after another. */
export interface ClientPrograms extends AsyncDisposable {
  start(step: StartClients): void;
  /** Events of that name so far. */
  told(wave: string, event: string): number;
  /** Resolves when a program that should rest says that it does. */
  command(wave: string, command: ClientProgramCommand, deadlineMs: number): Promise<void>;
  release(): Promise<void>;
}

interface Running {
  readonly program: Program;
  readonly told: Map<unknown, number>;
}

/** `onFailure` hears of a program that ends before it should. */
export function clientPrograms(
  launch: Site['startClients'],
  recorder: RunRecorder,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): ClientPrograms {
  const running = new Map<string, Running>();

  const start = (step: StartClients): void => {
    const index = running.size;
    const told = new Map<unknown, number>();
    const program = launch(
      step,
      index,
    )({
      name: `the client program ${step.program}`,
      failure: 'SWARM_FAILED',
      signal,
      ...hearEvents(
        recorder,
        { events: swarmEventsFile(index), log: swarmLogFile(index) },
        (said: unknown) => {
          const event = fieldOf(said, 'event');
          told.set(event, (told.get(event) ?? 0) + 1);
        },
      ),
    });
    program.unexpectedEnd.catch(onFailure);
    running.set(step.wave, { program, told });
  };
  const told = (wave: string, event: string): number => running.get(wave)?.told.get(event) ?? 0;
  const release = async (): Promise<void> => {
    await Promise.all(
      [...running.values()].map(({ program }) =>
        program.finish('end-of-input', RELEASE_DEADLINE_MS),
      ),
    );
  };
  return {
    start,
    told,
    command: async (wave, command, deadlineMs) => {
      running.get(wave)?.program.say(command);
      if (command.command === 'release') return;
      await until(() => told(wave, 'resting') > 0, LOOK_EVERY_MS, {
        for: `clients '${wave}' to rest`,
        deadlineMs,
        signal,
        seen: () => 'something is still under way',
      });
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** `index` counts the client programs of the run. */
export function clientProgramCommand(
  step: StartClients,
  index: number,
  { network }: Pick<RunPlan, 'network'>,
): readonly string[] {
  const { family, port } = network;
  const { address, toRelays = 1 } = step;
  const hosts = Array.from({ length: toRelays }, (_, relay) => serverAddress(family, relay));
  const source = address === undefined ? undefined : clientAddressesOf(network)[address];
  return [
    ...onClientsProcessor(port),
    ...[process.execPath, compiledProgram(`clients/${step.program}.js`)],
    ...['--host', hosts.join(','), '--port', `${port}`, '--wave', step.wave],
    ...['--first', `${1 + index * NUMBERS_EACH}`],
    ...(source === undefined ? [] : ['--source-address', source]),
    ...optionsOf(step.options),
  ];
}

/** As arguments; a switch has no value. */
export const optionsOf = (options: ProgramOptions): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, `${value}`],
  );
