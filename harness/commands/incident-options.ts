/** The options of `incident`: their names and help for yargs, and what they mean. */
import type { Argv } from 'yargs';
import { INCIDENTS } from '../scenarios/incidents/incidents.ts';
import type { IncidentSettings } from './incident.ts';
import type { Shown } from './run.ts';
import { sandboxSettings } from './sandbox-options.ts';

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
  sandbox: sandboxSettings(given),
  runsDir: String(given['runs-dir'] ?? 'runs'),
});

function namesIn({ names }: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(names) ? names.map(String) : [];
}
