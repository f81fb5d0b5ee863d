import type { Counters, Observations } from '../domain/observations.ts';
import { type ClientStory, type Connection, HOSTS } from '../domain/tcp.ts';
import type { Finding, Identity, Ledger, Verdict } from '../domain/verdict.ts';
import {
  clientsThat,
  closing,
  refusedSyns,
  repeatedSynAcks,
  repeatedSyns,
  resetsFrom,
  synQueueLengthAt,
  synsOf,
} from '../verdict/figures.ts';
import { type ClientView, viewClients } from './client-views.ts';
import { ownServerJson } from './own-server-section.ts';
import type { ReportInput } from './report-input.ts';

/**
 * One run as plain data: the contract with programs. Fields may be added, none is renamed, removed
 * or given another meaning within a schemaVersion. Times are milliseconds; null: not known.
 */
export function jsonReport(input: ReportInput): object {
  const { scenario, seen, prediction, verdict, runFolder } = input;
  const { kernelRelease, architecture, distribution, sandbox } = seen.surroundings;
  return {
    schemaVersion: 1,
    scenario: scenario.id,
    verdict: verdict.kind,
    reason: verdict.reason,
    claims: claimsOf(verdict),
    unexercised: verdict.unexercised,
    parameters: seen.plan.parameters,
    kernel: { release: kernelRelease, architecture, distribution },
    sandbox,
    prediction,
    outcomes: outcomesOf(seen),
    listener: listenerOf(seen),
    counters: Object.fromEntries(HOSTS.map((host) => [host, movedCounters(seen.counters[host])])),
    wire: wireOf(seen),
    ledger: ledgerOf(verdict.ledger),
    ...ownServerJson(input),
    clients: viewClients(seen).map(clientOf),
    timings: timingsOf(seen),
    runFolder,
  };
}

const claimsOf = ({ claims }: Verdict): readonly object[] =>
  claims.map(({ id, document, claim, finding }) => ({
    id,
    document,
    claim,
    verdict: finding.kind,
    documented: finding.documented,
    ...foundOf(finding),
    testimonies: finding.testimonies,
  }));

function foundOf(finding: Finding): object {
  if (finding.kind === 'inconclusive') {
    return { observed: null, rule: null, reason: finding.reason, remedy: finding.remedy };
  }
  return { observed: finding.observed, rule: finding.kind === 'outdated' ? finding.rule : null };
}

const outcomesOf = (seen: Observations): object => ({
  connected: clientsThat(seen, 'connected'),
  timedOut: clientsThat(seen, 'timed-out'),
  refused: clientsThat(seen, 'refused'),
  reset: clientsThat(seen, 'reset'),
  failed: clientsThat(seen, 'failed'),
  unsettled: clientsThat(seen, 'unsettled'),
});

function listenerOf(seen: Observations): object {
  const listener = closing(seen)?.listener;
  return {
    acceptQueueLength: listener?.acceptQueueLength ?? null,
    acceptQueueLimit: listener?.acceptQueueLimit ?? null,
    synQueueLength: synQueueLengthAt(closing(seen)) ?? null,
  };
}

/** Those that say most are there even when they stood still; a kernel that lacks one shows none. */
const ALWAYS_SHOWN: readonly string[] = ['ListenOverflows', 'ListenDrops', 'TCPSynRetrans'];

const movedCounters = (counters: Counters): object =>
  Object.fromEntries([...counters].filter(([name, by]) => by !== 0 || ALWAYS_SHOWN.includes(name)));

const wireOf = (seen: Observations): object => ({
  syns: synsOf(seen).length,
  synRetransmissions: repeatedSyns(seen),
  synAcks: seen.connections.reduce((sum, { synAcks }) => sum + synAcks.length, 0),
  synAckRetransmissions: repeatedSynAcks(seen),
  refusedSyns: refusedSyns(seen),
  rsts: resetsFrom(seen, 'server') + resetsFrom(seen, 'client'),
});

const ledgerOf = ({ balanced, identities }: Ledger): object => ({
  balanced,
  identities: identities.map((identity) => ({ ...identity, holds: holds(identity) })),
});

/** Null where the law could not be weighed, or does not bind this run: see `status`. */
const holds = ({ status }: Identity): boolean | null =>
  status === 'holds' ? true : status === 'broken' ? false : null;

const clientOf = ({ story, connection, fooled }: ClientView): object => ({
  client: story.client,
  wave: story.wave,
  localPort: story.localPort ?? null,
  ...outcomeOf(story),
  ...endOf(story),
  fooled,
  ...synsOfClient(connection),
});

function outcomeOf({ outcome }: ClientStory): object {
  return {
    outcome: outcome.kind,
    afterMs: 'afterMs' in outcome ? rounded(outcome.afterMs) : null,
    ...('by' in outcome ? { by: outcome.by } : {}),
    ...('code' in outcome ? { code: outcome.code } : {}),
  };
}

function endOf({ end }: ClientStory): object {
  if (end === undefined) return {};
  return { end: end.kind, ...('atMs' in end ? { endedAtMs: rounded(end.atMs) } : {}) };
}

const synsOfClient = (connection: Connection | undefined): object => ({
  syns: connection?.syns.length ?? 0,
  refusedSyns:
    connection?.syns.filter(({ answeredAtMs }) => answeredAtMs === undefined).length ?? 0,
});

function timingsOf({ surroundings, steps }: Observations): object {
  const startMs = steps[0]?.startedAtMs;
  const endMs = steps.at(-1)?.endedAtMs;
  return {
    startedAt: surroundings.startedAt,
    wallMs: startMs === undefined || endMs === undefined ? null : rounded(endMs - startMs),
    steps: steps.map(({ label, startedAtMs, endedAtMs }) => ({
      label,
      startedAtMs: rounded(startedAtMs),
      endedAtMs: rounded(endedAtMs),
    })),
  };
}

const rounded = (ms: number): number => Number(ms.toFixed(3));
