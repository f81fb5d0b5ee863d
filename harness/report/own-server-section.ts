import type { OwnServerSeen } from '../domain/observations.ts';
import type { OwnServer } from '../domain/parameters.ts';
import { type StormFigures, stormFigures } from '../verdict/own-server-figures.ts';
import { adviceAfter } from './own-server-advice.ts';
import { entry, type Page } from './page.ts';
import type { ReportInput } from './report-input.ts';
import { count, duration } from './words.ts';

const LABEL_COLUMNS = 'what to change'.length;

/** What the storm showed about a server that is not ours; nothing in a run with ours. */
export function ownServerSection({ seen }: ReportInput, page: Page): readonly string[] {
  const own = seen.plan.parameters.ownServer;
  if (own === undefined) return [];
  const figures = stormFigures(seen);
  const rows: readonly (readonly [label: string, text: string])[] = [
    ['command', own.command.replace(/\s+/g, ' ')],
    ['listens', listensWords(seen.ownServer, own, seen.plan.network.port)],
    ['backlog', backlogWords(figures)],
    ['one client', aloneWords(figures)],
    ['burst', burstWords(figures)],
    ['frozen', frozenWords(figures)],
    ['going on', thawedWords(figures)],
    ...adviceAfter(figures, seen.ownServer).map((text, index) =>
      pair(index === 0 ? 'what to change' : '', text),
    ),
  ];
  return [
    page.style.bold('Your server'),
    ...rows.flatMap(([label, text]) => entry(page, label, LABEL_COLUMNS, text)),
  ];
}

const pair = (label: string, text: string): readonly [string, string] => [label, text];

function listensWords(server: OwnServerSeen | undefined, own: OwnServer, port: number): string {
  if (server === undefined) return `it never listened (waited ${duration(own.readyWithinMs)})`;
  const { program, executable, processes, address, readyAfterMs } = server;
  const name = program === executable ? program : `${program} (${executable})`;
  const held = processes > 1 ? `, its listening socket is held by ${processes} processes` : '';
  const where = address.includes(':') ? `[${address}]` : address;
  return `${name} on ${where}:${port}, ${duration(readyAfterMs)} after its start${held}`;
}

function backlogWords({ limit, places, somaxconn }: StormFigures): string {
  if (limit === undefined) return 'not known';
  const asked =
    somaxconn !== undefined && limit >= somaxconn
      ? `it asked for ${limit} or more, and somaxconn is ${somaxconn}: the limit is ${limit}`
      : `it asked for ${limit} (somaxconn ${somaxconn ?? 'unknown'} would allow more)`;
  return `${asked}. Effective: ${count(places ?? limit + 1, 'connection')} can wait to be accepted${places === undefined ? '' : ', as measured'}`;
}

const aloneWords = ({ acceptsOne }: StormFigures): string =>
  acceptsOne === false ? 'connected, but was not accepted' : 'was accepted';

function burstWords({ burst, limit }: StormFigures): string {
  const { clients, atOnce, late, timedOut, rejected, fooled, refusedSyns, mostWaiting } = burst;
  const parts = [
    `${atOnce} of ${clients} clients connected at once`,
    ...(late > 0 ? [`${late} only when they repeated their SYN, a second later or more`] : []),
    ...(fooled > 0
      ? [`${fooled} of these are fooled (connected, but your server never got the connection)`]
      : []),
    ...(timedOut > 0 ? [`${timedOut} timed out`] : []),
    ...(rejected > 0 ? [`${rejected} were refused or closed by the server`] : []),
  ];
  if (refusedSyns > 0) {
    return `${parts.join(', ')}. It overflowed: ${count(refusedSyns, 'SYN')} found all ${(limit ?? 0) + 1} places taken and got no answer`;
  }
  const seen = mostWaiting === undefined ? '' : ` (most seen waiting: ${mostWaiting})`;
  return `${parts.join(', ')}. It did not overflow${seen}`;
}

function frozenWords({ frozen, places }: StormFigures): string {
  const { before = 0, connected, refused } = frozen;
  const already = before === 0 ? '' : `${before} waited already, `;
  return `${already}${connected} more connected without being accepted, ${refused} got no answer. A server that does not accept for a second, for whatever reason, overflows when more than ${places ?? 'so many'} clients come in it`;
}

function thawedWords({ thawed: { left, emptyAfterMs } }: StormFigures): string {
  if (left === undefined) return 'nobody looked';
  if (left > 0) return `${count(left, 'connection')} were still waiting when the queue was at rest`;
  return emptyAfterMs === undefined
    ? 'all that waited were accepted'
    : `all that waited were accepted within ${duration(emptyAfterMs)}`;
}

/** The same for programs; nothing in a run with our server. */
export function ownServerJson({ seen }: ReportInput): object {
  const own = seen.plan.parameters.ownServer;
  if (own === undefined) return {};
  const figures = stormFigures(seen);
  return {
    ownServer: {
      command: own.command,
      ...seen.ownServer,
      ...figures,
      whatToChange: adviceAfter(figures, seen.ownServer),
    },
  };
}
