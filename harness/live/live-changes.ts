import { CLIENT_STATES, tally } from './live-clients.ts';
import type { LiveView } from './live-frame.ts';
import type { LiveState } from './live-state.ts';

/** What can be said of a run at a moment, by subject: for where no screen can be redrawn. */
export type LiveFacts = ReadonlyMap<string, string>;

export function liveFacts(
  state: LiveState,
  { step, texts, synQueueCapacity }: LiveView,
): LiveFacts {
  const { acceptQueueLength, acceptQueueLimit, synQueueLength, clients, capture } = state;
  const limit = acceptQueueLimit === undefined ? undefined : acceptQueueLimit + 1;
  const counts = tally(clients);
  const states = CLIENT_STATES.filter((each) => counts[each] > 0);
  const length = (now: number | undefined, capacity: number | undefined): string | undefined => {
    if (now === undefined) return undefined;
    return capacity === undefined ? `${now}` : texts.of(now, capacity);
  };
  const facts: readonly (readonly [subject: string, says: string | undefined])[] = [
    ['', texts.stepName(step)],
    [texts.acceptQueue, length(acceptQueueLength, limit)],
    [texts.synQueue, length(synQueueLength, synQueueCapacity)],
    ...states.map((each) => [texts.states[each], `${counts[each]}`] as const),
    ...[...state.counters].map(([name, { first, last }]) => [name, `${last - first}`] as const),
    [texts.accepted, state.accepted > 0 ? `${state.accepted}` : undefined],
    [texts.packetsSeen, capture.packets > 0 ? `${capture.packets}` : undefined],
  ];
  return new Map(facts.flatMap(([subject, says]) => (says ? [[subject, says] as const] : [])));
}

/** One line with what is new; undefined when nothing is. */
export function changedLine(
  before: LiveFacts,
  after: LiveFacts,
  { elapsedMs, texts }: LiveView,
): string | undefined {
  const gone = [...before.keys()].filter((subject) => subject !== '' && !after.has(subject));
  const changed = [
    ...[...after].filter(([subject, says]) => before.get(subject) !== says),
    // Such as clients in a state that nobody is in any more.
    ...gone.map((subject) => [subject, '0'] as const),
  ];
  if (changed.length === 0) return undefined;
  const words = changed.map(([subject, says]) => (subject === '' ? says : `${subject} ${says}`));
  return `${texts.elapsed((elapsedMs / 1_000).toFixed(1))}  ${words.join('; ')}`;
}
