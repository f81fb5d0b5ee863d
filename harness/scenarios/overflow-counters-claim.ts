/** 002-g (accept queue): which counters an overflow of the accept queue moves. */
import type { Observations } from '../domain/observations.ts';
import type { Claim } from '../domain/scenario.ts';
import type { KernelRule } from '../domain/verdict.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { growth, ignoredHandshakes, listenerDrops, refusedSyns } from '../verdict/figures.ts';
import { netstatGrowth } from '../verdict/syn-queue-figures.ts';
import { decide } from '../verdict/testimony.ts';
import { needsOverflow } from './overflow-claims.ts';

const ONLY_OVERFLOWS = 'an overflow of the accept queue counts in ListenOverflows alone';
const BOTH = 'an overflow of the accept queue counts in ListenDrops, too';

interface Counted {
  readonly drops: number;
  readonly overflows: number;
}

/** `lost` is what another side knows to have been lost at the listener. */
function countedWords({ drops, overflows }: Counted, lost = overflows): string | undefined {
  if (lost === 0 || overflows === 0) return undefined;
  if (drops === 0) return ONLY_OVERFLOWS;
  return drops >= overflows && lost >= overflows
    ? BOTH
    : `${drops} in ListenDrops, ${overflows} in ListenOverflows`;
}

function counted(seen: Observations): Counted | undefined {
  const drops = growth(seen, 'server', 'ListenDrops');
  const overflows = growth(seen, 'server', 'ListenOverflows');
  return drops === undefined || overflows === undefined ? undefined : { drops, overflows };
}

function countedByNetstat(seen: Observations): string | undefined {
  const text = netstatGrowth(seen);
  return text && countedWords({ drops: text.dropped, overflows: text.overflowed });
}

/** ACKs and data of clients whose handshake the server was not content with. */
const ignoredSegments = (seen: Observations): number =>
  ignoredHandshakes(seen).flatMap(({ bareAcks, data }) =>
    [...bareAcks, ...data].filter(({ from }) => from === 'client'),
  ).length;

/** Final ACKs have counted in both all along, refused SYNs since 3.8. */
function ruleOf(seen: Observations): KernelRule {
  const refused = refusedSyns(seen);
  const overflows = counted(seen)?.overflows ?? 0;
  return refused > 0 && overflows >= refused
    ? KERNEL_RULES.refusedSynCounted
    : KERNEL_RULES.overflowIsAlsoDrop;
}

export const overflowsCountTheAcceptQueue: Claim = {
  id: '002-g (accept queue)',
  document: '002',
  statement:
    '"times the listen queue of a socket overflowed" counts the overflows of the accept queue, and "SYNs to LISTEN sockets dropped" those of the SYN queue.',
  notExercisedBecause: ({ clients }, prediction) => needsOverflow(prediction, clients),
  judge: (seen) => {
    const counters = counted(seen);
    const refused = refusedSyns(seen);
    const ignored = ignoredSegments(seen);
    return decide({
      documented: ONLY_OVERFLOWS,
      documentedValue: ONLY_OVERFLOWS,
      statements: [
        {
          witness: 'counters',
          of: 'ListenDrops and ListenOverflows',
          value: counters && countedWords(counters),
        },
        { witness: 'counters', of: 'netstat -s', value: countedByNetstat(seen) },
        {
          witness: 'packets',
          of: `both counters beside ${refused} refused SYNs and ${ignored} ignored segments`,
          value: counters && countedWords(counters, refused + ignored),
        },
        {
          witness: 'sockets',
          of: 'both counters beside the drops of the listener',
          value: counters && countedWords(counters, listenerDrops(seen) ?? 0),
        },
      ],
      otherRules: [{ rule: ruleOf(seen), value: BOTH }],
    });
  },
};
