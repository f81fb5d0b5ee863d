/** The options of `incident`: their names and help for yargs, and what they mean. */
import type { Argv } from 'yargs';
import { INCIDENTS, incidentNamed } from '../scenarios/incidents/incidents.ts';
import type { IncidentSettings } from './incident.ts';
import type { Shown } from './run.ts';
import { RUN_OPTIONS, type RunArguments } from './run-options.ts';
import { sandboxSettings } from './sandbox-options.ts';
import { usage } from './values.ts';
import { watchLanguage } from './watch.ts';

export function describeIncidentOptions(parser: Argv): Argv {
  const group = 'Incident:';
  const names = INCIDENTS.map(({ scenario }) => scenario.id);
  return parser
    .positional('names', { type: 'string', array: true, describe: `${names.join(', ')} (all)` })
    .option('measure', {
      type: 'boolean',
      default: false,
      group,
      describe: 'also measure what the document leaves open',
    })
    .option('runs-dir', {
      type: 'string',
      requiresArg: true,
      default: 'runs',
      group,
      describe: 'where run folders are made',
    })
    .usage(
      '$0 incident [names..] [options]\n\nRebuilds the systems of the documents with real programs, runs each with its fault and with its remedy under the same load, and confirms an incident only if its symptoms show in the one and not in the other. One failure of each kind is followed from the application down to the kernel.',
    )
    .example('$0 incident tomcat-accept-count', 'connect timeouts and read timeouts, told apart')
    .example('$0 incident --quiet', 'all five, a few lines each')
    .example('$0 incident short-connections --measure', 'and what the document leaves open')
    .epilogue(
      'Exit codes: 0 every incident confirmed (or outdated); 1 contradicted; 2 wrong usage; 3 inconclusive; 4 the harness or its surroundings failed; 130 interrupted.',
    );
}

export const incidentSettings = (
  given: Parameters<typeof sandboxSettings>[0],
  shown: Shown & { readonly dryRun: boolean },
): IncidentSettings => ({
  ...shown,
  names: namesIn(given),
  measure: given['measure'] === true,
  report: given['report'] === true,
  watch: watchLanguage(given),
  record: given['record'],
  sandbox: sandboxSettings(given),
  runsDir: String(given['runs-dir'] ?? 'runs'),
});

/** Whether `--scenario` names an incident: then it is run as one, with all its phases. */
export const namesIncident = ({ scenario }: RunArguments): boolean =>
  typeof scenario === 'string' && incidentNamed(scenario) !== undefined;

/** `--scenario NAME` of an incident. Throws `USAGE` for options of a single run. */
export function incidentFrom(
  given: Parameters<typeof sandboxSettings>[0],
  shown: Shown & { readonly dryRun: boolean },
): IncidentSettings {
  const name = String(given['scenario']);
  refuseDrawings(given, name);
  const other = RUN_OPTIONS.find((option) => given[option] !== undefined);
  if (other !== undefined) {
    throw usage(
      `Cannot use --${other} with ${name} because the phases of an incident set it themselves.`,
      `leave it out; npm run repro -- incident ${name} --dry-run shows the phases`,
    );
  }
  return { ...incidentSettings(given, shown), names: [name] };
}

/** These draw one client, and each phase has its own. Throws `USAGE`, for none is ignored in silence. */
export function refuseDrawings(given: RunArguments, incident: string): void {
  const drawing = ['ladder', 'client'].find((option) => given[option] !== undefined);
  if (drawing === undefined) return;
  throw usage(
    `Cannot use --${drawing} with ${incident} because it is about one run, and an incident is several.`,
    'leave it out; judge takes the folder of one phase, with --ladder too',
  );
}

function namesIn({ names }: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(names) ? names.map(String) : [];
}
