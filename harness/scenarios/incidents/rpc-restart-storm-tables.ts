/** What is shown of the incident of document 000 besides its verdict. */
import type { Failure, Incident } from '../../domain/incident.ts';
import type { Observations } from '../../domain/observations.ts';
import { growth } from '../../verdict/figures.ts';
import {
  establishedWhenStormed,
  ignoredSyns,
  lastServedAfterMs,
  lostRequests,
  requestsThat,
  resetClients,
  STORMED,
  seenTooLate,
} from './rpc-restart-storm-figures.ts';

const seconds = (ms: number | undefined): string =>
  ms === undefined ? 'not in this run' : `${(ms / 1_000).toFixed(1)} s`;

const orUnknown = (value: number | undefined): string => `${value ?? 'unknown'}`;

export const figures: Incident['figures'] = (seen) => [
  ['connections at the consumers, by ss', orUnknown(establishedWhenStormed(seen, 'client'))],
  ['connections at the provider, by ss', orUnknown(establishedWhenStormed(seen, 'server'))],
  ['requests answered', `${requestsThat(seen, 'answered').length}`],
  ['requests timed out, seen late', `${seenTooLate(seen).length}`],
  ['requests lost: never seen', `${lostRequests(seen).length}`],
  ['requests not sent: no connection', `${requestsThat(seen, 'not-sent').length}`],
  ['connections ended by RST', `${resetClients(seen).length}`],
  ['close old channel, create new channel', `${seen.application?.replaced.length ?? 0}`],
  ['refused SYNs', `${ignoredSyns(seen)}`],
  ['ListenOverflows', orUnknown(growth(seen, 'server', 'ListenOverflows'))],
  ['from listen(2) to the last consumer served', seconds(lastServedAfterMs(seen))],
];

/** One that timed out and one that was cut off, of those that the provider never saw. */
export const failures = (seen: Observations): readonly Failure[] =>
  (['read-timed-out', 'connection-lost'] as const).flatMap((kind) => {
    const lost = lostRequests(seen).find(({ outcome }) => outcome === kind);
    if (lost?.client === undefined) return [];
    const { request, client, wave, code, startedAtMs, endedAtMs = startedAtMs } = lost;
    const what = kind === 'read-timed-out' ? 'timed out' : `cut off (${code ?? 'no code'})`;
    const after = `after ${Math.round(endedAtMs - startedAtMs)} ms`;
    const says = `request ${request} (${wave}): ${what} ${after}`;
    return [{ says, atMs: endedAtMs, client, request }];
  });

export const COST_COLUMNS = [
  'without a connection',
  'fooled',
  'refused SYNs',
  'requests lost',
  'not sent from then on',
  'last served after',
] as const;

/** Of one backlog, at the moment when all consumers had tried, and afterwards. */
export const costOfStorm = (seen: Observations): readonly string[] => {
  const stormedAtMs = seen.snapshots.get(STORMED)?.atMs ?? 0;
  const atConsumers = establishedWhenStormed(seen, 'client') ?? 0;
  const atProvider = establishedWhenStormed(seen, 'server') ?? 0;
  const notSent = requestsThat(seen, 'not-sent').filter((each) => each.startedAtMs > stormedAtMs);
  return [
    `${seen.plan.parameters.clients - atConsumers}`,
    `${atConsumers - atProvider}`,
    `${ignoredSyns(seen)}`,
    `${lostRequests(seen).length}`,
    `${notSent.length}`,
    seconds(lastServedAfterMs(seen)),
  ];
};
