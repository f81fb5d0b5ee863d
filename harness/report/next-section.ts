import type { Observations } from '../domain/observations.ts';
import { growth } from '../verdict/figures.ts';
import { stormFigures } from '../verdict/own-server-figures.ts';
import { nextAfterServing } from './next-after-serving.ts';
import { nextAfterTimeouts } from './next-after-timeouts.ts';
import { INDENT, type Page } from './page.ts';
import type { ReportInput } from './report-input.ts';
import { shellQuoted } from './shell-quoted.ts';
import { REPRO, type Suggestion } from './suggestion.ts';

/** Where everything lies, and what to try next: lines that can be copied into a shell. */
export function nextSection(input: ReportInput, page: Page): readonly string[] {
  const { style } = page;
  const suggestions = [
    ...suggestionsFor(input).slice(0, 2),
    { command: `${REPRO} judge ${input.runFolder}`, shows: 'judge this evidence again' },
  ];
  return [
    `${style.bold('Evidence')}  ${input.runFolder}`,
    style.bold('Try next'),
    ...suggestions.map((suggestion) => suggestionLine(suggestion, page)),
  ];
}

/** What follows a run on a kernel that was named is about that kernel; images have no such name. */
function onSameKernel(suggestion: Suggestion, { surroundings }: Observations): Suggestion {
  const version = PACKAGED_KERNEL.exec(surroundings.engine ?? '')?.[1];
  const starts = suggestion.command.startsWith(`${REPRO} --`);
  return version === undefined || !starts
    ? suggestion
    : { ...suggestion, command: `${suggestion.command} --kernel debian:${version}` };
}

/** As the machine is described in surroundings.json: the package, and its version without revision. */
const PACKAGED_KERNEL = / linux-image-\S+ (\d+\.\d+\.\d+)/;

function suggestionLine({ command, shows }: Suggestion, { style, widthColumns }: Page): string {
  const line = `${INDENT}${command}`;
  const comment = `  # ${shows}`;
  return line.length + comment.length <= widthColumns ? `${line}${style.dim(comment)}` : line;
}

/** The most telling first. */
export const suggestionsFor = (input: ReportInput): readonly Suggestion[] =>
  whatNext(input).map((suggestion) => onSameKernel(suggestion, input.seen));

function whatNext(input: ReportInput): readonly Suggestion[] {
  if (input.verdict.kind === 'inconclusive') {
    return [{ command: `${REPRO} doctor`, shows: 'what this machine lacks' }];
  }
  if (input.seen.plan.parameters.ownServer) return nextForOwnServer(input);
  const special = [...nextAfterServing(input), ...nextAfterTimeouts(input)];
  if (special.length > 0) return special;
  const { backlog, clients } = input.seen.plan.parameters;
  const capacity = input.prediction.acceptQueueCapacity;
  if (
    input.prediction.connected === clients &&
    input.prediction.refusedSyns?.most === 0 &&
    input.prediction.fooled === 0 &&
    clients <= capacity &&
    capacity <= MOST_CLIENTS
  ) {
    const more = `${REPRO} --scenario ${input.scenario.id} --clients ${capacity + 1}`;
    return [{ command: more, shows: 'one client more than fits' }];
  }
  return forScenario(input, backlog).filter(({ command }) => command !== '');
}

/** A longer one would not fit into a line, and its owner knows it. */
const LONGEST_COMMAND = 40;

/** A burst that does not overflow the queue leaves open which one does. */
function nextForOwnServer({ seen }: ReportInput): readonly Suggestion[] {
  const { ownServer, port, backlog, clients } = seen.plan.parameters;
  const command = shellQuoted(ownServer?.command ?? '');
  const shown = command.length > LONGEST_COMMAND ? "'...'" : command;
  const again = `${REPRO} --server-command ${shown} --port ${port}`;
  const overflowed = stormFigures(seen).burst.refusedSyns > 0;
  const more = Math.min(MOST_CLIENTS, 2 * Math.max(clients, backlog + 1));
  return overflowed
    ? [{ command: `${again} --clients ${backlog + 1}`, shows: 'a burst that fits' }]
    : [{ command: `${again} --clients ${more}`, shows: 'a burst that may not fit' }];
}

/** Nobody wants to be told to start more. */
const MOST_CLIENTS = 20_000;

function forScenario({ scenario, seen }: ReportInput, backlog: number): readonly Suggestion[] {
  const fooled = {
    command: `${REPRO} --scenario fooled-client`,
    shows: 'the other way to lose: connected, and yet not',
  };
  const overflow = {
    command: `${REPRO} --backlog ${backlog + 3} --clients ${backlog + 6}`,
    shows: 'more places, and still too few',
  };
  const capped = {
    command: `${REPRO} --scenario somaxconn-caps-the-backlog`,
    shows: 'a large backlog that is cut without a word',
  };
  const again = {
    command: `${REPRO} --scenario somaxconn-needs-a-new-listen`,
    shows: 'why raising somaxconn alone changes nothing',
  };
  const sends = {
    command: `${REPRO} --scenario fooled-client-sends`,
    shows: 'how the client learns of it when it writes',
  };
  const probes = {
    command: `${REPRO} --scenario keepalive-believes`,
    shows: 'whether keepalive notices it',
  };
  const drained = {
    command: `${REPRO} --scenario drained-queue`,
    shows: 'refused clients that get in a second later',
  };
  switch (scenario.id) {
    case 'connect-timeouts-in-a-burst':
      return [roomFor(seen), drained];
    case 'young-requests':
    case 'cookies-do-not-help':
    case 'established-without-limit':
      return [fooled, drained];
    case 'abort-on-overflow':
      return [fooled, sends];
    case 'half-open-connections':
      return [sends, probes];
    case 'keepalive-believes':
      return [sends, fooled];
    case 'fooled-client-sends':
      return [probes, fooled];
    case 'backlog-beyond-16-bits':
      return [capped, again];
    case 'syn-queue':
      return synQueueSuggestions(seen);
    case 'node-default-backlog':
      return [nodesSynQueue, capped];
    case 'accept-queue-overflow':
      return [fooled, overflow];
    case 'fooled-client':
      return [abortSuggestion((growth(seen, 'server', 'EmbryonicRsts') ?? 0) > 0), capped];
    case 'somaxconn-caps-the-backlog':
      return [again, fooled];
    default:
      return [fooled, capped];
  }
}

const roomFor = ({ plan: { scenario, parameters } }: ReportInput['seen']): Suggestion => ({
  command: `${REPRO} --scenario ${scenario} --backlog ${parameters.clients - 1}`,
  shows: 'a backlog that holds the burst',
});

const abortSuggestion = (aborted: boolean): Suggestion =>
  aborted
    ? {
        command: `${REPRO} --scenario fooled-client --synack-retries 3`,
        shows: 'silence instead of RST',
      }
    : {
        command: `${REPRO} --scenario fooled-client --abort-on-overflow 1`,
        shows: 'RST instead of silence',
      };

const nodesSynQueue: Suggestion = {
  command: `${REPRO} --scenario syn-queue --backlog 511 --clients 520 --max-syn-backlog 4096`,
  shows: 'how long its SYN queue is',
};

/** The other of dropping and answering with cookies, and the third reason for a drop. */
function synQueueSuggestions({ plan }: Observations): readonly Suggestion[] {
  const cookies = Number(plan.parameters.sysctls.server['net.ipv4.tcp_syncookies'] ?? 1);
  return [
    cookies === 0
      ? {
          command: `${REPRO} --scenario syn-queue --syncookies 1`,
          shows: 'SYN cookies instead of drops',
        }
      : { command: `${REPRO} --scenario syn-queue`, shows: 'drops instead of SYN cookies' },
    {
      command: `${REPRO} --scenario syn-queue --backlog 128 --max-syn-backlog 64 --clients 60`,
      shows: 'drops before the SYN queue is full',
    },
  ];
}
