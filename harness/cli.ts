/** argv -> command; the only place that sets the exit code. */
import yargs, { type Argv } from 'yargs';
import { clients } from './commands/clients.ts';
import { CLIENTS_LISTS, describeClientsOptions } from './commands/clients-options.ts';
import { demo } from './commands/demo.ts';
import { demoSettings, describeDemoOptions } from './commands/demo-options.ts';
import { doctor } from './commands/doctor.ts';
import { exitCodeOfError } from './commands/exit-code.ts';
import { explain } from './commands/explain.ts';
import { EXAMPLES, GROUPS, INTRODUCTION, SCRIPT } from './commands/help-texts.ts';
import { incidents } from './commands/incident.ts';
import {
  describeIncidentOptions,
  incidentFrom,
  incidentSettings,
  namesIncident,
} from './commands/incident-options.ts';
import { judgeAgain } from './commands/judge-again.ts';
import { listKernels, wantsKernelList } from './commands/kernel-list.ts';
import { kernels } from './commands/kernels.ts';
import { describeKernelsOptions, KERNELS_LISTS } from './commands/kernels-options.ts';
import { describeLadderOptions } from './commands/ladder-options.ts';
import { list } from './commands/list.ts';
import { nearest } from './commands/nearest.ts';
import { scenarioFrom } from './commands/own-server-options.ts';
import { writeReport } from './commands/report.ts';
import { describeReport, describeReportOption } from './commands/report-options.ts';
import { type RunFailure, run } from './commands/run.ts';
import { describeRunOptions } from './commands/run-options.ts';
import {
  describeSandboxOptions,
  SANDBOX_LISTS,
  sandboxSettings,
} from './commands/sandbox-options.ts';
import { servers } from './commands/servers.ts';
import { describeServersOptions, SERVERS_LISTS } from './commands/servers-options.ts';
import { sweep } from './commands/sweep.ts';
import { describeSweepOptions, SWEEP_LISTS } from './commands/sweep-options.ts';
import { print } from './commands/terminal.ts';
import { usage } from './commands/values.ts';
import { verify } from './commands/verify.ts';
import { describeVerifyOptions, VERIFY_LISTS } from './commands/verify-options.ts';
import { describeWatchOptions } from './commands/watch-options.ts';
import { HarnessError } from './domain/harness-error.ts';
import { harnessVersion } from './package-files.ts';

const argv = process.argv.slice(2);

/** 128 and the number of SIGHUP. */
const HANGUP = 129;

const COMMANDS = [
  'verify',
  'kernels',
  'sweep',
  'incident',
  'clients',
  'servers',
  'demo',
  'explain',
  'judge',
  'report',
  'list',
  'doctor',
] as const;

/** yargs says in its own words what it does not know or lacks; we add what to do about it. */
function explainUsage(message: string, parser: Argv): HarnessError {
  const unknown = /Unknown arguments?: ([^,\s]+)/.exec(message)?.[1];
  if (unknown === 'watch') return explainWatch();
  if (unknown !== undefined) return explainUnknown(unknown, parser);
  const lacking = /Not enough arguments following: (\S+)/.exec(message)?.[1];
  if (lacking === 'docker-option') {
    return usage(
      'The option --docker-option needs a value.',
      'write both as one word: --docker-option=--runtime=runc',
    );
  }
  if (lacking !== undefined) {
    return usage(`The option --${lacking} needs a value.`, `write --${lacking} VALUE; see --help`);
  }
  if (message.startsWith('Not enough non-option arguments')) {
    return argv[0] === 'explain'
      ? usage('The command explain needs a claim.', 'name one, such as 001-b; see list')
      : usage(`The command ${argv[0]} needs a folder.`, 'name a run folder below runs/');
  }
  return usage(message, 'npm run repro -- --help shows every option');
}

/** It is an option of single runs, and many look for it elsewhere. */
const explainWatch = (): HarnessError =>
  usage(
    `Cannot use --watch with ${argv[0]} because it shows one run at a time.`,
    'leave it out: progress is on stderr; or watch one of its runs: --scenario NAME --watch, see list',
  );

/** Says what was probably meant. */
function explainUnknown(unknown: string, parser: Argv): HarnessError {
  const options = Object.keys(
    (parser as unknown as { getOptions(): { key: object } }).getOptions().key,
  );
  const isOption = argv.some((word) => word.startsWith(`--${unknown}`) || word === `-${unknown}`);
  const near = isOption
    ? nearest(
        unknown,
        options.filter((option) => option.length > 1),
      )
    : nearest(unknown, COMMANDS);
  const spelled = `${unknown.length > 1 ? '--' : '-'}${unknown}`;
  return usage(
    isOption ? `There is no option ${spelled}.` : `There is no command '${unknown}'.`,
    near === undefined
      ? 'npm run repro -- --help shows every option and command'
      : `did you mean ${isOption ? '--' : ''}${near}?`,
  );
}

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
  .command('sweep', 'what both queues hold, for many settings, beside the prediction', (command) =>
    describeReportOption(describeSweepOptions(command)),
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
  .command('report <folder>', 'write report.html, one file that shows a stored run', describeReport)
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
    throw explainUsage(message ?? error.message, parser);
  });

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
function lastOfEach<Given extends { readonly _: readonly unknown[] }>(given: Given): Given {
  const repeatable = REPEATABLE.get(given._[0]) ?? [];
  const entries = Object.entries(given).map(([name, value]) => [
    name,
    Array.isArray(value) && name !== '_' && !repeatable.includes(name) ? value.at(-1) : value,
  ]);
  return Object.fromEntries(entries) as Given;
}

/** What `verify` and `sweep` are told alike. */
const asked = (given: Parameters<typeof sandboxSettings>[0] & { readonly 'dry-run': boolean }) => ({
  sandbox: sandboxSettings(given),
  dryRun: given['dry-run'],
  report: wantsReport(given),
});

const wantsReport = (given: object): boolean => 'report' in given && given.report === true;

/** 0: nothing more to do, for example after --help. */
async function dispatch(): Promise<number | RunFailure> {
  const given = lastOfEach(await parser.parseAsync());
  if (argv.some((word) => ['--help', '-h', '--version'].includes(word))) return 0;
  const shown = { json: given.json, quiet: given.quiet, verbose: given.verbose };
  if (wantsKernelList(given)) return listKernels(given.json);
  switch (given._[0]) {
    case 'verify':
      return verify({ ...shown, ...asked(given) }, given);
    case 'kernels':
      return kernels({ ...shown, dryRun: given['dry-run'], report: wantsReport(given) }, given);
    case 'sweep':
      return sweep({ ...shown, ...asked(given) }, given);
    case 'clients':
      return clients(
        { ...shown, sandbox: sandboxSettings(given), dryRun: given['dry-run'] },
        given,
      );
    case 'servers':
      return servers(
        { ...shown, sandbox: sandboxSettings(given), dryRun: given['dry-run'] },
        given,
      );
    case 'demo':
      return demo(demoSettings(given, process.env));
    case 'incident':
      return incidents(incidentSettings(given, { ...shown, dryRun: given['dry-run'] }));
    case 'judge':
      return judgeAgain(String((given as { folder?: unknown }).folder), shown, given);
    case 'report': {
      const { folder, output } = given as { folder?: unknown; output?: unknown };
      return writeReport(String(folder), typeof output === 'string' ? output : undefined);
    }
    case 'explain': {
      const { claim, 'runs-dir': runsDir } = given as { claim?: unknown; 'runs-dir'?: unknown };
      return explain(String(claim), { json: given.json, runsDir: String(runsDir) });
    }
    case 'list':
      return list(given.json);
    case 'doctor':
      return doctor(given.json, sandboxSettings(given));
    default:
      if (namesIncident(given))
        return incidents(incidentFrom(given, { ...shown, dryRun: given['dry-run'] }));
      return run(
        {
          ...shown,
          scenario: scenarioFrom(given),
          sandbox: sandboxSettings(given),
          runsDir: String((given as { 'runs-dir'?: unknown })['runs-dir'] ?? 'runs'),
          dryRun: given['dry-run'],
          report: wantsReport(given),
        },
        given,
      );
  }
}

/** `CODE  message`, the remedy on its own line; for --json the same as an object. */
function tell(error: HarnessError, folder: string | undefined): void {
  const { code, message, remedy } = error;
  if (argv.includes('--json')) {
    print(
      JSON.stringify(
        { schemaVersion: 1, error: { code, message, remedy }, runFolder: folder ?? null },
        null,
        2,
      ),
    );
  }
  const where = folder === undefined ? '' : `\n  Evidence so far: ${folder}`;
  process.stderr.write(`${code}  ${message}\n  Remedy: ${remedy}${where}\n`);
}

// A reader such as `head` that has seen enough is no failure, nor is a terminal that was closed.
let isTerminalGone = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  isTerminalGone ||= error.code === 'EIO';
  if (error.code !== 'EPIPE' && !isTerminalGone) throw error;
});
// Progress that nobody reads any more, or whose terminal is gone, must not cost the result.
process.stderr.on('error', () => undefined);

/** What nobody foresaw is told as a failure too: Node's exit code for it, 1, would be a verdict. */
function fail(cause: unknown): void {
  const error = cause instanceof HarnessError ? cause : defect(cause);
  tell(error, undefined);
  process.exitCode = exitCodeOfError(error.code);
}

function defect(cause: unknown): HarnessError {
  const detail = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return new HarnessError('PROGRAM_FAILED', `The harness itself failed: ${detail}`, {
    remedy: 'this is a defect of backlog-lab: report it, with the run folder if there is one',
    cause,
  });
}

process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

// Node sets terminals back when it ends, and aborts where one is gone: die of the hangup instead.
process.on('exit', (code) => {
  if (isTerminalGone || (code === HANGUP && process.stdin.isTTY))
    process.kill(process.pid, 'SIGHUP');
});

try {
  const result = await dispatch();
  if (typeof result === 'number') process.exitCode = result;
  else {
    tell(result.error, result.folder);
    process.exitCode = result.exitCode ?? exitCodeOfError(result.error.code);
  }
} catch (error) {
  fail(error);
}
