/** What document 003 measured of its clients and its server, and what its remedies do. */
import type { Observations } from '../../domain/observations.ts';
import type { Claim } from '../../domain/scenario.ts';
import type { Finding } from '../../domain/verdict.ts';
import { growth, listenerDrops, refusedSyns, synsOf } from '../../verdict/figures.ts';
import { netstatGrowth } from '../../verdict/syn-queue-figures.ts';
import { decide, type Question, type Statement } from '../../verdict/testimony.ts';
import type { rolesOf } from './phases.ts';
import {
  connectTimeouts,
  countIn,
  crowdedPauses,
  errorsOf,
  givenUp,
  risesIn,
  startsOf,
} from './short-connections-figures.ts';

type RoleOf = ReturnType<typeof rolesOf>;
type Sentence = Pick<Claim, 'id' | 'statement'>;

const EVERY_PAUSE = 'in every pause';
const NEVER = 'never';

/** `total` is of the whole run: in a remedy nothing may go wrong outside the pauses either. */
export function whenItHappens(
  total: number | undefined,
  inPauses: readonly (number | undefined)[],
): string | undefined {
  if (total === undefined || inPauses.includes(undefined)) return undefined;
  if (total === 0) return NEVER;
  const concerned = inPauses.filter((count) => count !== 0).length;
  return inPauses.length > 0 && concerned === inPauses.length
    ? EVERY_PAUSE
    : `in ${concerned} of ${inPauses.length} pauses`;
}

function statementsOf(seen: Observations): readonly Statement[] {
  const pauses = crowdedPauses(seen);
  const refusedAtMs = synsOf(seen)
    .filter(({ answeredAtMs }) => answeredAtMs === undefined)
    .map(({ atMs }) => atMs);
  const errors = errorsOf(seen).length;
  const counted = [
    ['ListenOverflows', 'listenOverflows'],
    ['ListenDrops', 'listenDrops'],
  ] as const;
  return [
    {
      witness: 'clients',
      of: `${errors} errors, ${connectTimeouts(seen).length} of them connect timeouts`,
      value: whenItHappens(errors, countIn(pauses, startsOf(givenUp(seen)))),
    },
    {
      witness: 'packets',
      of: `${refusedAtMs.length} refused SYNs`,
      value: whenItHappens(refusedAtMs.length, countIn(pauses, refusedAtMs)),
    },
    ...counted.map(([name, field]) => {
      const grown = growth(seen, 'server', name);
      return {
        witness: 'counters' as const,
        of: `${name} +${grown}`,
        value: whenItHappens(grown, risesIn(pauses, seen, field)),
      };
    }),
  ];
}

/** The fault shows in every pause of the server, and repaired it never does. */
export const inEveryPause = (
  sentence: Sentence,
  phases: readonly string[],
  roleOf: RoleOf,
): Claim => ({
  ...sentence,
  document: '003',
  notExercisedBecause: ({ phase }) =>
    phases.includes(phase ?? '') ? null : `the phase ${phase} does not concern it`,
  judge: (seen) => {
    const documented = roleOf(seen.plan.parameters.phase) === 'fault' ? EVERY_PAUSE : NEVER;
    const statements = statementsOf(seen);
    return inWords({ documented, documentedValue: documented, statements });
  },
});

const BOTH = 'both rise, by the same amount';
const NEITHER = 'neither rises';

/** `lost` is what the listener has lost by another witness. */
export function howTheyRise(
  drops: number | undefined,
  overflows: number | undefined,
  lost: number | undefined,
): string | undefined {
  if (drops === undefined || overflows === undefined || lost === undefined) return undefined;
  if (drops !== overflows || drops !== lost) return 'they differ';
  return drops === 0 ? NEITHER : BOTH;
}

/** The listener counts a refused SYN once and a dropped ACK twice: see the ledger. */
function lostAtListener(seen: Observations): number | undefined {
  const drops = listenerDrops(seen);
  const refused = refusedSyns(seen);
  return drops === undefined ? undefined : refused + (drops - refused) / 2;
}

/** The two numbers of `netstat -s` are of one queue. */
export const bothByTheSame = (
  sentence: Sentence,
  phases: readonly string[],
  roleOf: RoleOf,
): Claim => ({
  ...sentence,
  document: '003',
  notExercisedBecause: ({ phase }) =>
    phases.includes(phase ?? '') ? null : `the phase ${phase} does not concern it`,
  judge: (seen) => {
    const documented = roleOf(seen.plan.parameters.phase) === 'fault' ? BOTH : NEITHER;
    const drops = growth(seen, 'server', 'ListenDrops');
    const overflows = growth(seen, 'server', 'ListenOverflows');
    const text = netstatGrowth(seen);
    const lost = lostAtListener(seen);
    const statements: readonly Statement[] = [
      {
        witness: 'counters',
        of: `ListenOverflows +${overflows}, ListenDrops +${drops}`,
        value: howTheyRise(drops, overflows, overflows),
      },
      {
        witness: 'counters',
        of: `netstat -s: overflowed +${text?.overflowed}, dropped +${text?.dropped}`,
        value: howTheyRise(text?.dropped, text?.overflowed, overflows),
      },
      {
        witness: 'sockets',
        of: `${lost} segments lost by the listener, ${refusedSyns(seen)} of them refused SYNs`,
        value: howTheyRise(drops, overflows, lost),
      },
    ];
    return inWords({ documented, documentedValue: documented, statements });
  },
});

/** The finding with what each witness counted. */
function inWords(question: Question): Finding {
  const finding = decide(question);
  if (finding.kind === 'inconclusive') return finding;
  const counted = question.statements.flatMap(({ of, value }) => (value === undefined ? [] : [of]));
  return { ...finding, observed: `${finding.observed}: ${counted.join('; ')}` };
}
