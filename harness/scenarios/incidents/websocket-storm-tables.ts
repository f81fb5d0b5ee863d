/** What is shown of the storm: figures side by side, failures to follow, and what a backlog buys. */
import type { HealthCheck, RequestStory } from '../../domain/application.ts';
import type { Failure, Incident, OpenQuestion } from '../../domain/incident.ts';
import type { Observations } from '../../domain/observations.ts';
import { growth, refusedSyns } from '../../verdict/figures.ts';
import {
  clientsFooled,
  clientsRefused,
  downtimeMs,
  failedChecks,
  longestWithoutHealthMs,
  upgradesOf,
  upgradeTimes,
} from './websocket-storm-figures.ts';

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const ofAll = (part: number, all: number): string => `${part} of ${all}`;

const refusedWords = (seen: Observations): string =>
  ofAll(clientsRefused(seen), seen.plan.parameters.clients);

export const figures: Incident['figures'] = (seen) => {
  const { medianMs, worstMs, lastAfterMs } = upgradeTimes(seen);
  const downMs = downtimeMs(seen);
  return [
    [
      'health checks failed',
      ofAll(failedChecks(seen).length, seen.application?.health.length ?? 0),
    ],
    ['longest without a healthy check', seconds(longestWithoutHealthMs(seen))],
    ['server taken for down', downMs === 0 ? 'never' : `for ${seconds(downMs)}`],
    ['clients refused at least once', refusedWords(seen)],
    ['clients fooled for a while', `${clientsFooled(seen)}`],
    ['refused SYNs', `${refusedSyns(seen)}`],
    ['SYNs to LISTEN sockets dropped', `${growth(seen, 'server', 'ListenDrops') ?? 'unknown'}`],
    ['listen queue overflowed', `${growth(seen, 'server', 'ListenOverflows') ?? 'unknown'}`],
    ['upgrades answered', ofAll(upgradesOf(seen).length, seen.plan.parameters.clients)],
    ['upgrade time, median', seconds(medianMs)],
    ['upgrade time, worst', seconds(worstMs)],
    ['last upgrade after', seconds(lastAfterMs)],
  ];
};

/** One that takes the server down if there is one. */
function failedCheck(seen: Observations): readonly Failure[] {
  const failed = failedChecks(seen);
  const check = failed.find(({ up }) => !up) ?? failed[0];
  return check === undefined
    ? []
    : [{ says: wordsOf(check), atMs: check.atMs, client: check.client }];
}

const wordsOf = ({ client, up }: HealthCheck): string =>
  `health check ${client} failed: no connection in time; the server ${up ? 'still counts as up' : 'counts as down'}`;

const requestFailure = (
  { request, client, startedAtMs, endedAtMs = startedAtMs }: RequestStory,
  says: (afterMs: number) => string,
): readonly Failure[] =>
  client === undefined
    ? []
    : [{ says: says(endedAtMs - startedAtMs), atMs: endedAtMs, client, request }];

function slowestUpgrade(seen: Observations): readonly Failure[] {
  const { worst } = upgradeTimes(seen);
  return worst === undefined
    ? []
    : requestFailure(
        worst,
        (afterMs) =>
          `request ${worst.request}: 101 Switching Protocols, but only after ${seconds(afterMs)}`,
      );
}

/** Seen on busy machines: a request of a fooled client comes when the server has forgotten it. */
function lostUpgrade({ application }: Observations): readonly Failure[] {
  const lost = application?.requests.find(({ outcome }) => outcome === 'connection-lost');
  return lost === undefined
    ? []
    : requestFailure(
        lost,
        (afterMs) =>
          `request ${lost.request}: the connection was lost after ${seconds(afterMs)}${lost.code === undefined ? '' : ` (${lost.code})`}`,
      );
}

export const failures: Incident['failures'] = (seen) => [
  ...failedCheck(seen),
  ...slowestUpgrade(seen),
  ...lostUpgrade(seen),
];

export const howLargeABacklog: Omit<OpenQuestion, 'phases'> = {
  title: 'Open question: how large a backlog is enough?',
  columns: [
    'clients refused',
    'failed checks',
    'longest without a healthy check',
    'last upgrade after',
  ],
  row: (seen) => [
    refusedWords(seen),
    `${failedChecks(seen).length}`,
    seconds(longestWithoutHealthMs(seen)),
    seconds(upgradeTimes(seen).lastAfterMs),
  ],
};
