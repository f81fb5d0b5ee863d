import type { Observations } from '../domain/observations.ts';
import type { ClientView } from './client-views.ts';
import { causeOfRefusal } from './refusal-words.ts';
import { count, numberRanges, span } from './words.ts';

/** The run in a few sentences, for the head of a report. */
export function inShort(views: readonly ClientView[], seen: Observations): readonly string[] {
  const waiting = views.filter(({ place }) => place !== undefined);
  const late = waiting.filter(({ connection }) => (connection?.syns.length ?? 0) > 1);
  const fooled = views.filter((view) => view.fooled);
  const rejected = views.filter((view) => view.rejected);
  const timedOut = views.filter(({ story }) => story.outcome.kind === 'timed-out');
  return [
    ...say(waiting, ['is', 'are'], 'connected and in the accept queue, waiting to be accepted'),
    ...say(late, ['got', 'got'], 'in only by repeating the SYN'),
    ...say(fooled, ['is', 'are'], 'fooled: connected, but the server has no such connection'),
    ...say(rejected, ['was', 'were'], 'connected until the server answered the ACK with RST'),
    ...say(timedOut, ['timed', 'timed'], `out: ${whyTimedOut(timedOut, seen)}`),
  ];
}

function say(
  group: readonly ClientView[],
  [one, several]: readonly [one: string, several: string],
  rest: string,
): readonly string[] {
  if (group.length === 0) return [];
  const numbers = numberRanges(group.map(({ story }) => story.client));
  return [
    group.length === 1
      ? `Client ${numbers} ${one} ${rest}.`
      : `Clients ${numbers} ${several} ${rest}.`,
  ];
}

function whyTimedOut(group: readonly ClientView[], seen: Observations): string {
  const [first] = group.flatMap(({ connection }) => connection?.syns ?? []);
  if (first === undefined) return 'the capture has no SYN of it';
  const sent = group.map(({ connection }) => connection?.syns.length ?? 0);
  const whose =
    group.length === 1
      ? `its ${count(sent[0] ?? 0, 'SYN')}`
      : `their ${span(sent, String)} SYNs each`;
  return `the server answered none of ${whose}, ${causeOfRefusal(seen, first.atMs)}`;
}
