import type { AppliedSysctl } from '../domain/evidence.ts';
import type { Step } from '../domain/plan.ts';
import { limitAt } from './client-views.ts';
import { entry, type Page } from './page.ts';
import type { ReportInput } from './report-input.ts';
import { arrivalWords, behaviourWords, stepWords } from './step-words.ts';
import { count } from './words.ts';

const LABEL_COLUMNS = 12;
const SOMAXCONN = 'net.core.somaxconn';

/** What was done to whom, in the words that the rest of the report then uses. */
export function setupSection(input: ReportInput, page: Page): readonly string[] {
  const { plan } = input.seen;
  const lines = [
    ['server', serverWords(input)],
    ['accept queue', acceptQueueWords(input)],
    ['clients', clientWords(input)],
    ...courseOf(plan.steps),
    ...sysctlEntries(input.seen.sysctls),
  ] as const;
  return [
    page.style.bold('What was set up'),
    ...lines.flatMap(([label, text]) => entry(page, label, LABEL_COLUMNS, text)),
  ];
}

function serverWords({ seen: { plan } }: ReportInput): string {
  const accepts = plan.steps.some(
    (step) => step.kind === 'server-command' && step.command.command === 'accept',
  );
  const manner = accepts ? 'and accepts only when told to' : 'and never calls accept()';
  return `listens on port ${plan.network.port} with a backlog of ${plan.parameters.backlog} ${manner}`;
}

function acceptQueueWords({ seen, prediction }: ReportInput): string {
  const { backlog } = seen.plan.parameters;
  const limit = limitAt(seen, -Infinity) ?? prediction.acceptQueueLimit;
  const somaxconn = seen.sysctls.find(({ host, key }) => host === 'server' && key === SOMAXCONN);
  const why =
    somaxconn?.found == null ? '' : ` = min(backlog ${backlog}, somaxconn ${somaxconn.found})`;
  return `finished handshakes wait here for accept(): limit ${limit}${why}. It holds ${limit + 1}, since only a length above the limit counts as full`;
}

function clientWords({ seen: { plan } }: ReportInput): string {
  const waves = plan.steps.filter((step) => step.kind === 'connect');
  const [first] = waves;
  if (first === undefined) return 'none';
  const clients = waves.reduce((sum, wave) => sum + wave.clients, 0);
  const arrivals = waves.length === 1 ? arrivalWords(first.arrivals) : `in ${waves.length} waves`;
  return `${count(clients, 'client')}, ${arrivals}; ${behaviourWords(first.behaviour)}`;
}

/** The steps in between, where there is more to a run than clients that connect. */
function courseOf(steps: readonly Step[]): readonly (readonly [string, string])[] {
  const special = ['gate', 'server-command', 'set-sysctl'];
  if (!steps.some(({ kind }) => special.includes(kind))) return [];
  const told = steps
    .filter(({ kind }) => kind === 'connect' || special.includes(kind))
    .map((step, index) => `${index + 1}. ${stepWords(step)}`);
  return [['course', told.join('; ')]];
}

function sysctlEntries(sysctls: readonly AppliedSysctl[]): readonly (readonly [string, string])[] {
  const asked = sysctls.filter(({ requirement }) => requirement === 'required');
  const otherwise = sysctls.filter(
    ({ requirement, asked: wanted, found }) => requirement === 'pinned' && found !== wanted,
  );
  return [
    ...(asked.length === 0
      ? []
      : [
          [
            'asked for',
            asked.map(({ host, key, found }) => `${host} ${key} = ${found}`).join(', '),
          ] as const,
        ]),
    ...(otherwise.length === 0
      ? []
      : [['not as pinned', otherwise.map(unpinnedWords).join(', ')] as const]),
  ];
}

const unpinnedWords = ({ host, key, asked, found }: AppliedSysctl): string =>
  found === null
    ? `${host} ${key}: this kernel has no such setting`
    : `${host} ${key} is ${found} and could not be set to ${asked}`;
