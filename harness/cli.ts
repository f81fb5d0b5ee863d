/** argv -> command; the only place that sets the exit code. */
import { clients } from './commands/clients.ts';
import { commandLine, lastOfEach } from './commands/command-line.ts';
import { demo } from './commands/demo.ts';
import { demoSettings } from './commands/demo-options.ts';
import { doctor } from './commands/doctor.ts';
import { exitCodeOfError } from './commands/exit-code.ts';
import { explain } from './commands/explain.ts';
import { incidents } from './commands/incident.ts';
import { incidentFrom, incidentSettings, namesIncident } from './commands/incident-options.ts';
import { judgeAgain } from './commands/judge-again.ts';
import { listKernels, wantsKernelList } from './commands/kernel-list.ts';
import { kernels } from './commands/kernels.ts';
import { list } from './commands/list.ts';
import { scenarioFrom } from './commands/own-server-options.ts';
import { writeReport } from './commands/report.ts';
import { type RunFailure, run } from './commands/run.ts';
import { sandboxSettings } from './commands/sandbox-options.ts';
import { servers } from './commands/servers.ts';
import { sweep } from './commands/sweep.ts';
import { print } from './commands/terminal.ts';
import { verify } from './commands/verify.ts';
import { HarnessError } from './domain/harness-error.ts';

const argv = process.argv.slice(2);

/** 128 and the number of SIGHUP. */
const HANGUP = 129;

const parser = commandLine(argv);

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
