/** What document 002 saw of its incident, each by several witnesses. */
import type { Observations } from '../../domain/observations.ts';
import type { Claim } from '../../domain/scenario.ts';
import { growth, listenerDrops, refusedSyns, repeatedSyns } from '../../verdict/figures.ts';
import { netstatGrowth } from '../../verdict/syn-queue-figures.ts';
import { decide } from '../../verdict/testimony.ts';
import type { rolesOf } from './phases.ts';
import type { Symptom } from './symptom.ts';
import { connectedLate, failedChecks, unansweredChecks } from './websocket-storm-figures.ts';

export const failingHealthChecks: Symptom = {
  id: '002-i (health checks)',
  document: '002',
  statement:
    'Whenever many clients connect at once, the TCP health check of the service times out.',
  sightings: (seen) => [
    { witness: 'clients', of: 'failed health checks', count: failedChecks(seen).length },
    {
      witness: 'packets',
      of: 'health checks whose SYN was never answered',
      count: unansweredChecks(seen),
    },
    {
      witness: 'counters',
      of: 'ListenOverflows of the server',
      count: growth(seen, 'server', 'ListenOverflows'),
    },
  ],
};

export const lateUpgrades: Symptom = {
  id: '002-i (late upgrades)',
  document: '002',
  statement:
    'At the same time many upgrades take long, because their connections are admitted late.',
  sightings: (seen) => [
    {
      witness: 'clients',
      of: 'clients connected a second late or more, with a refused SYN',
      count: connectedLate(seen),
    },
    { witness: 'packets', of: 'repeated SYNs', count: repeatedSyns(seen) },
    {
      witness: 'counters',
      of: 'TCPSynRetrans of the client',
      count: growth(seen, 'client', 'TCPSynRetrans'),
    },
  ],
};

const BOTH = 'both rise, by the same amount';
const NEITHER = 'neither rises';

/** `lost` is what another side knows to have been lost at the listener. */
function countedWords(
  drops: number | undefined,
  overflows: number | undefined,
  lost: number | undefined = overflows,
): string | undefined {
  if (drops === undefined || overflows === undefined || lost === undefined) return undefined;
  if (drops === 0 && overflows === 0 && lost === 0) return NEITHER;
  return drops === overflows && lost > 0 && overflows > 0
    ? BOTH
    : `${drops} dropped, ${overflows} overflows, ${lost} seen lost`;
}

const countersOf = (seen: Observations) =>
  [growth(seen, 'server', 'ListenDrops'), growth(seen, 'server', 'ListenOverflows')] as const;

/** One queue that overflows moves both counters; the document takes it for two queues. */
export const bothCounters = (roleOf: ReturnType<typeof rolesOf>): Claim => ({
  id: '002-i (counters)',
  document: '002',
  statement:
    'netstat -s shows "SYNs to LISTEN sockets dropped" and "times the listen queue of a socket overflowed"; with the larger backlog neither rises.',
  notExercisedBecause: ({ phase }) =>
    roleOf(phase) === 'fault' || roleOf(phase) === 'remedy'
      ? null
      : 'this phase is measured, not judged',
  judge: (seen) => {
    const counters = countersOf(seen);
    const counted = `ListenDrops ${counters[0]}, ListenOverflows ${counters[1]}`;
    const text = netstatGrowth(seen);
    const documented = roleOf(seen.plan.parameters.phase) === 'fault' ? BOTH : NEITHER;
    const finding = decide({
      documented,
      documentedValue: documented,
      statements: [
        {
          witness: 'counters',
          of: counted,
          value: countedWords(...counters),
        },
        {
          witness: 'counters',
          of: 'netstat -s',
          value: countedWords(text?.dropped, text?.overflowed),
        },
        {
          witness: 'packets',
          of: `beside ${refusedSyns(seen)} refused SYNs`,
          value: countedWords(...counters, refusedSyns(seen)),
        },
        {
          witness: 'sockets',
          of: `beside ${listenerDrops(seen)} drops of the listener`,
          value: countedWords(...counters, listenerDrops(seen)),
        },
      ],
    });
    return finding.kind === 'inconclusive'
      ? finding
      : { ...finding, observed: `${finding.observed}: ${counted}` };
  },
});
