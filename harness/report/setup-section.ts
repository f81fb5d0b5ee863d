import type { AppliedSysctl } from '../domain/evidence.ts';
import type { Observations } from '../domain/observations.ts';
import type { RunPlan, Step } from '../domain/plan.ts';
import type { Connection } from '../domain/tcp.ts';
import { limitAt } from './client-views.ts';
import { machineEntries } from './machine-entries.ts';
import { entry, type Page } from './page.ts';
import { isRefused } from './refusal-words.ts';
import type { ReportInput } from './report-input.ts';
import { arrivalWords, habitWords, optionWords, stepWords } from './step-words.ts';
import { count, duration, times } from './words.ts';

const LABEL_COLUMNS = 12;
const SOMAXCONN = 'net.core.somaxconn';

/** What was done to whom, in the words that the rest of the report then uses. */
export function setupSection(input: ReportInput, page: Page): readonly string[] {
  return [
    page.style.bold('What was set up'),
    ...setupEntries(input).flatMap(([label, text]) => entry(page, label, LABEL_COLUMNS, text)),
  ];
}

/** Label and text of each part. */
export function setupEntries(input: ReportInput): readonly (readonly [string, string])[] {
  const { plan } = input.seen;
  return [
    ['server', serverWords(input)],
    ['accept queue', acceptQueueWords(input)],
    ['clients', clientWords(input)],
    ...refusalEntries(input.seen),
    ...containerEntries(input.seen),
    ...machineEntries(input.seen),
    ...courseOf(plan.steps),
    ...sysctlEntries(input.seen.sysctls),
  ];
}

const ACCEPTING: readonly string[] = ['accept', 'serve'];

function serverWords({ seen: { plan } }: ReportInput): string {
  const accepts = plan.steps.some(
    (step) => step.kind === 'server-command' && ACCEPTING.includes(step.command.command),
  );
  const manner = accepts ? 'and accepts only when told to' : 'and never calls accept()';
  const caps = plan.steps.flatMap((step) =>
    step.kind === 'start-server' && step.maxConnections !== undefined ? [step.maxConnections] : [],
  );
  const { relays = 1, port } = plan.network;
  if (plan.parameters.ownServer) return `your own, on port ${port}`;
  const program = plan.steps.flatMap((step) =>
    step.kind === 'start-server' && step.program ? [step.program] : [],
  )[0];
  if (program !== undefined) return programWords(program, plan);
  const who = relays === 1 ? 'listens' : `${relays} of them, each with an address, listen`;
  const which = relays === 1 ? 'it' : 'the first';
  const cap = caps.map((most) => `; ${which} keeps at most ${count(most, 'connection')}`);
  return `${who} on port ${port} ${backlogWords(plan)} ${manner}${cap.join('')}`;
}

/** A server program accepts in its own way, which its name and its options tell. */
function programWords(program: ServerProgramOf, plan: RunPlan): string {
  const { relays = 1, port } = plan.network;
  const who = relays === 1 ? 'listens' : `${relays} of them, each with an address, listen`;
  return `${program.name}${optionWords(program.options)}: ${who} on port ${port} ${backlogWords(plan)}`;
}

type ServerProgramOf = NonNullable<Extract<Step, { kind: 'start-server' }>['program']>;

/** Node takes a backlog of its own where it is given none, or 0. */
function backlogWords({ steps, parameters }: RunPlan): string {
  const given = steps.find((step) => step.kind === 'start-server')?.backlog;
  if (given === null) return `without a backlog (Node takes ${parameters.backlog})`;
  return given === 0
    ? `with a backlog of 0 (Node takes ${parameters.backlog})`
    : `with a backlog of ${parameters.backlog}`;
}

function acceptQueueWords({ seen, prediction }: ReportInput): string {
  const { backlog } = seen.plan.parameters;
  const limit = limitAt(seen, -Infinity) ?? prediction.acceptQueueLimit;
  const somaxconn = seen.sysctls.find(({ host, key }) => host === 'server' && key === SOMAXCONN);
  const why =
    somaxconn?.found == null || seen.plan.parameters.ownServer
      ? ''
      : `, the smaller of the backlog (${backlog}) and somaxconn (${somaxconn.found}, a kernel setting that caps every backlog)`;
  return `the kernel finishes handshakes by itself and keeps the connections here until the program calls accept(). The limit is ${limit}${why}. The queue counts as full only above its limit, so it has ${count(limit + 1, 'place')}`;
}

const isIgnored = ({ syns, resets }: Connection): boolean =>
  syns.some(isRefused) && !resets.some(({ from }) => from === 'server');

/** In this report a refusal is not what programs call "connection refused". */
const refusalEntries = (seen: Observations): readonly (readonly [string, string])[] =>
  !seen.connections.some(isIgnored)
    ? []
    : [
        [
          'refused SYN',
          'a SYN that the server drops in silence. The client gets no answer and no error, so its kernel sends the SYN again',
        ],
      ];

function clientWords({ seen: { plan } }: ReportInput): string {
  const waves = plan.steps.filter((step) => step.kind === 'connect');
  const [first] = waves;
  if (first === undefined) return programsWords(plan);
  const clients = waves.reduce((sum, wave) => sum + wave.clients, 0);
  const arrivals = waves.length === 1 ? arrivalWords(first.arrivals) : `in ${waves.length} waves`;
  return `${count(clients, 'client')}, ${arrivals}; ${[patienceWords(waves), ...habitWords(first.behaviour)].join(', ')}`;
}

function programsWords({ steps }: RunPlan): string {
  const programs = steps.filter(({ kind }) => kind === 'start-clients').length;
  return programs === 0 ? 'none' : `${count(programs, 'client program')}, as the course says`;
}

/** Where the clients lived, if not on a host of our own, and on what kernels. */
function containerEntries({
  cluster,
  surroundings,
}: ReportInput['seen']): readonly (readonly [string, string])[] {
  if (cluster === undefined) return [];
  const far = cluster.filter(({ sameMachine }) => !sameMachine).length;
  const where = far === 0 ? 'on the server’s machine' : `${far} of them on other machines`;
  const others = new Set(
    cluster
      .map(({ kernelRelease }) => kernelRelease)
      .filter((release) => release !== surroundings.kernelRelease),
  );
  const kernels = others.size === 0 ? '' : `; kernels that differ: ${[...others].join(', ')}`;
  return [['containers', `${count(cluster.length, 'client container')}, ${where}${kernels}`]];
}

/** When clients give up connecting, by their own timers. */
function patienceWords(waves: readonly Pick<ConnectStep, 'clients' | 'behaviour'>[]): string {
  const byTimeout = new Map<number, number>();
  for (const { clients, behaviour } of waves) {
    const { connectTimeoutMs } = behaviour;
    byTimeout.set(connectTimeoutMs, (byTimeout.get(connectTimeoutMs) ?? 0) + clients);
  }
  const [[only] = [0], ...others] = byTimeout;
  if (others.length === 0)
    return `each gives up connecting after ${duration(only)} (its own connect timeout)`;
  const told = [...byTimeout].map(([ms, clients]) => `${clients} of them after ${duration(ms)}`);
  return `each gives up connecting by its own connect timeout (${told.join(', ')})`;
}

type ConnectStep = Extract<Step, { kind: 'connect' }>;

const PROGRAM_STEPS: readonly string[] = ['start-clients', 'clients-command'];

/** The steps in between, where there is more to a run than clients that connect. */
function courseOf(steps: readonly Step[]): readonly (readonly [string, string])[] {
  const special = ['gate', 'server-command', 'freeze', 'set-sysctl', 'send', ...PROGRAM_STEPS];
  if (!steps.some(({ kind }) => special.includes(kind))) return [];
  const told = steps
    .filter(({ kind }) => kind === 'connect' || special.includes(kind))
    .map((step) => [stepWords(step), ...habitsOf(step, steps)].join(', '));
  return [['course', onceEach(told).join('; ')]];
}

/** Numbered; a step that comes several times in a row is told once. */
function onceEach(told: readonly string[]): readonly string[] {
  const firsts = told.flatMap((words, index) => (words === told[index - 1] ? [] : [index]));
  return firsts.map((first, index) => {
    const repeated = (firsts[index + 1] ?? told.length) - first;
    return `${index + 1}. ${told[first]}${repeated === 1 ? '' : ` (${times(repeated)})`}`;
  });
}

/** What sets a wave apart from the first one, which is described already. */
function habitsOf(step: Step, steps: readonly Step[]): readonly string[] {
  const first = steps.find(({ kind }) => kind === 'connect');
  if (step.kind !== 'connect' || first?.kind !== 'connect') return [];
  const known = habitWords(first.behaviour);
  return habitWords(step.behaviour).filter((habit) => !known.includes(habit));
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
