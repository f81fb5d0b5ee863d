/**
 * Many concurrent clients. Stand-alone it starts them at once; without --clients it is commanded by
 * lines on standard input. Either way it prints events and holds its sockets until it is released.
 */
import { createInterface } from 'node:readline';
import type { SwarmCommand } from '../harness/domain/wire.ts';
import { createSwarm, type Swarm } from './client-swarm.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';
import { monotonicMs } from './monotonic.ts';
import { parseSwarmCommand } from './swarm-command.ts';
import { HELP, readSwarmOptions, type SwarmOptions } from './swarm-options.ts';

const WRONG_USAGE = 2;
const NOBODY_READS = 4;

const explain = (error: unknown): void => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
};

/** Ends the program; asked twice, it goes on ending. */
type Release = (exitCode?: number) => void;

const releaseOnce = (swarm: Swarm, writer: EventWriter): Release => {
  let released = false;
  return (exitCode = 0) => {
    if (released) {
      return;
    }
    released = true;
    swarm.release();
    writer.emit({ event: 'released', monotonicMs: monotonicMs() });
    writer.end(() => process.exit(exitCode));
  };
};

const obeyStandardInput = (swarm: Swarm, writer: EventWriter, release: Release): void => {
  const obey = (command: SwarmCommand): void => {
    switch (command.command) {
      case 'release':
        release();
        return;
      case 'connect':
        swarm.connect(command, () => undefined);
        return;
      case 'send': {
        const { wave, bytes } = command;
        const clients = swarm.send(wave, bytes);
        writer.emit({ event: 'wave-sent', wave, clients, monotonicMs: monotonicMs() });
        return;
      }
      case 'stop-reconnecting':
        swarm.stopReconnecting();
        writer.emit({ event: 'reconnecting-stopped', monotonicMs: monotonicMs() });
        return;
    }
  };
  writer.emit({ event: 'ready', monotonicMs: monotonicMs() });
  const lines = createInterface({ input: process.stdin });
  lines.on('close', () => release());
  lines.on('line', (line) => {
    try {
      obey(parseSwarmCommand(line));
    } catch (error) {
      explain(error);
      release(WRONG_USAGE);
    }
  });
};

/** An end of standard input before the last outcome, as with /dev/null, only ends the holding. */
const startAtOnce = (
  swarm: Swarm,
  standAlone: NonNullable<SwarmOptions['standAlone']>,
  release: Release,
): void => {
  let settled = false;
  let inputEnded = false;
  const releaseWhenBoth = (): void => {
    if (settled && inputEnded) {
      release();
    }
  };
  swarm.connect(
    {
      command: 'connect',
      wave: 'all',
      firstClient: 1,
      clientStep: 1,
      startDelayMs: 0,
      ...standAlone,
    },
    () => {
      settled = true;
      releaseWhenBoth();
    },
  );
  process.stdin.resume().on('end', () => {
    inputEnded = true;
    releaseWhenBoth();
  });
};

const run = (options: SwarmOptions): void => {
  process.stdout.on('error', () => process.exit(NOBODY_READS));
  const writer = createEventWriter(process.stdout);
  const swarm = createSwarm(options, writer.emit);
  const release = releaseOnce(swarm, writer);
  process.on('SIGTERM', () => release());
  process.on('SIGINT', () => release());
  if (options.standAlone === undefined) {
    obeyStandardInput(swarm, writer, release);
  } else {
    startAtOnce(swarm, options.standAlone, release);
  }
};

const readOptions = (): SwarmOptions | 'help' | 'wrong' => {
  try {
    return readSwarmOptions(process.argv.slice(2));
  } catch (error) {
    explain(error);
    return 'wrong';
  }
};

const options = readOptions();
if (options === 'help') {
  process.stdout.write(HELP);
} else if (options === 'wrong') {
  process.exitCode = WRONG_USAGE;
} else {
  run(options);
}
