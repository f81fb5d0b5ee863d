/** `--watch`, `--lang` and `--record` of a run. */
import type { Argv } from 'yargs';

export const describeWatchOptions = (parser: Argv): Argv =>
  parser
    .option('watch', {
      type: 'boolean',
      describe: 'show the queues, clients, counters and packets while the run goes on',
      group: 'Drawing:',
    })
    .option('lang', {
      type: 'string',
      requiresArg: true,
      describe: 'language of --watch and --ladder: en or zh',
      group: 'Drawing:',
    })
    .option('record', {
      type: 'string',
      requiresArg: true,
      describe: 'keep what is written to standard output as an asciicast, such as run.cast',
      group: 'Drawing:',
    });
