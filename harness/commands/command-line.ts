import yargs from 'yargs';
import { harnessVersion } from '../package-files.ts';
import { CLIENTS_LISTS, describeClientsOptions } from './clients-options.ts';
import { describeDemoOptions } from './demo-options.ts';
import { EXAMPLES, GROUPS, INTRODUCTION, SCRIPT } from './help-texts.ts';
import { describeIncidentOptions } from './incident-options.ts';
import { describeKernelsOptions, KERNELS_LISTS } from './kernels-options.ts';
import { describeLadderOptions } from './ladder-options.ts';
import { describeReport, describeReportOption } from './report-options.ts';
import { describeRunOptions } from './run-options.ts';
import { describeSandboxOptions, SANDBOX_LISTS } from './sandbox-options.ts';
import { describeServersOptions, SERVERS_LISTS } from './servers-options.ts';
import { describeSweepOptions, SWEEP_LISTS } from './sweep-options.ts';
import { explainUsage } from './usage-errors.ts';
import { describeVerifyOptions, VERIFY_LISTS } from './verify-options.ts';
import { describeWatchOptions } from './watch-options.ts';

/** Every command and option, as `--help` shows them. Bad input is thrown as `USAGE`. */
export const commandLine = (argv: readonly string[]) => {
  const parser = describeSandboxOptions(
    GROUPS.reduce((ordered, group) => ordered.group([], group), yargs(argv)),
  )
    .scriptName(SCRIPT)
    .usage(INTRODUCTION)
    .command('$0', false, (command) =>
      describeReportOption(
        describeWatchOptions(
          describeLadderOptions(
            describeRunOptions(
              command.option('scenario', {
                type: 'string',
                requiresArg: true,
                describe: 'which experiment (accept-queue-overflow); see list',
                group: 'Run:',
              }),
            ),
          ),
        ),
      ),
    )
    .command('verify', 'all scenarios: which claims hold on this kernel', (command) =>
      describeReportOption(describeVerifyOptions(command)),
    )
    .command('kernels', 'verify on several kernels, as one table', (command) =>
      describeReportOption(describeKernelsOptions(command)),
    )
    .command(
      'sweep',
      'what both queues hold, for many settings, beside the prediction',
      (command) => describeReportOption(describeSweepOptions(command)),
    )
    .command('clients', 'what client libraries report when a server is in trouble', (command) =>
      describeClientsOptions(command),
    )
    .command(
      'servers',
      'what the accept queues of real servers hold, and what changes it',
      (command) => describeServersOptions(command),
    )
    .command('demo', 'a guided workshop in ten steps, with a real run in each', (command) =>
      describeDemoOptions(command),
    )
    .command('incident [names..]', 'a system of the documents, broken and repaired', (command) =>
      describeReportOption(describeWatchOptions(describeIncidentOptions(command))),
    )
    .command(
      'judge <folder>',
      'compare a stored run with the claims again, without Linux and without root',
      (command) => describeLadderOptions(command),
    )
    .command(
      'report <folder>',
      'write report.html, one file that shows a stored run',
      describeReport,
    )
    .command(
      'explain <claim>',
      'what a claim such as 001-b is about; 001 lists a document',
      (command) =>
        command.positional('claim', { type: 'string', demandOption: true }).option('runs-dir', {
          type: 'string',
          requiresArg: true,
          default: 'runs',
          describe: 'where to look for the last run',
        }),
    )
    .command('list', 'the scenarios and the claims they put to the test')
    .command('doctor', 'what this machine can do, and how to mend what it cannot')
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'one JSON object on stdout, nothing else (npm run --silent repro -- --json)',
      group: 'Output:',
    })
    .option('quiet', {
      type: 'boolean',
      default: false,
      describe: 'the verdict and one line a claim',
      group: 'Output:',
    })
    .option('verbose', {
      type: 'boolean',
      default: false,
      describe: 'every identity and counter, and a log on stderr',
      group: 'Output:',
    })
    .option('dry-run', {
      type: 'boolean',
      default: false,
      describe: 'print the plan and the exact commands; needs no privilege',
      group: 'Output:',
    })
    .epilogue(EXAMPLES)
    .parserConfiguration({ 'boolean-negation': false })
    .version(harnessVersion())
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      throw explainUsage(message ?? error.message, parser, argv);
    });
  return parser;
};

/** By command: the options that may be repeated. yargs forgets them when it has parsed. */
const REPEATABLE: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['verify', [...VERIFY_LISTS, ...SANDBOX_LISTS]],
  ['kernels', [...KERNELS_LISTS, ...SANDBOX_LISTS]],
  ['sweep', [...SWEEP_LISTS, ...SANDBOX_LISTS]],
  ['clients', [...CLIENTS_LISTS, ...SANDBOX_LISTS]],
  ['servers', [...SERVERS_LISTS, ...SANDBOX_LISTS]],
  ['demo', SANDBOX_LISTS],
  ['incident', ['names', ...SANDBOX_LISTS]],
  [undefined, ['sysctl', ...SANDBOX_LISTS]],
]);

/** Of an option that was given twice the last counts, unless it is one that may be repeated. */
export function lastOfEach<Given extends { readonly _: readonly unknown[] }>(given: Given): Given {
  const repeatable = REPEATABLE.get(given._[0]) ?? [];
  const entries = Object.entries(given).map(([name, value]) => [
    name,
    Array.isArray(value) && name !== '_' && !repeatable.includes(name) ? value.at(-1) : value,
  ]);
  return Object.fromEntries(entries) as Given;
}
