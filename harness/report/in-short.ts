import type { Observations } from '../domain/observations.ts';
import { closesTheListener } from '../verdict/plan-facts.ts';
import { attemptsWords, peopleOf } from './client-names.ts';
import type { ClientView } from './client-views.ts';
import { causeOfRefusal, HELD_BACK, isAnsweredInVain } from './refusal-words.ts';
import { count, numberRanges, span } from './words.ts';

/** The run in a few sentences, for the head of a report. */
export function inShort(views: readonly ClientView[], seen: Observations): readonly string[] {
  const waiting = views.filter(({ place }) => place !== undefined);
  const served = seen.accepted === 0 ? [] : views.filter(isServed);
  const late = [...waiting, ...served].filter(
    ({ connection }) => (connection?.syns.length ?? 0) > 1,
  );
  const fooled = views.filter((view) => view.fooled);
  const rejected = views.filter((view) => view.rejected);
  const closed = views.filter(({ story }) => story.end?.kind === 'closed-by-server');
  const timedOut = views.filter(({ story }) => story.outcome.kind === 'timed-out');
  const heldBack = timedOut.filter(isAnsweredInVain);
  const refused = timedOut.filter((view) => !isAnsweredInVain(view));
  const byKernel = refused.filter(isGivenUpByKernel);
  const byTimer = refused.filter((view) => !isGivenUpByKernel(view));
  const dropped = closesTheListener(seen.plan) ? views.filter(isReset) : [];
  const nobodyThere = views.filter(({ story }) => story.outcome.kind === 'refused');
  return [
    ...say(waiting, ['is', 'are'], 'connected and in the accept queue, waiting to be accepted'),
    ...say(served, ['was', 'were'], 'connected and accepted by the server'),
    ...say(late, ['got', 'got'], 'in only by repeating the SYN'),
    ...say(fooled, ['is', 'are'], 'fooled: connected, but the server has no such connection'),
    ...say(rejected, ['was', 'were'], 'connected until the server answered the ACK with RST'),
    ...say(
      closed,
      ['was', 'were'],
      `closed by the server as soon as connected${attemptsWords(closed)}`,
    ),
    ...say(heldBack, ['timed', 'timed'], `out: ${HELD_BACK}`),
    ...say(byTimer, ['timed', 'timed'], `out: ${whyTimedOut(byTimer, seen)}`),
    ...say(
      byKernel,
      ['was', 'were'],
      `given up by the kernel with ETIMEDOUT: ${whyTimedOut(byKernel, seen)}`,
    ),
    ...say(dropped, ['was', 'were'], 'in the accept queue and reset when the listener was closed'),
    ...say(nobodyThere, ['was', 'were'], 'refused: nobody listened any more'),
  ];
}

/** Connected to a server that accepts, and still there. */
const isServed = ({ story: { outcome, end }, fooled, place }: ClientView): boolean =>
  outcome.kind === 'connected' && end?.kind === 'held' && !fooled && place === undefined;

const isGivenUpByKernel = ({ story: { outcome } }: ClientView): boolean =>
  outcome.kind === 'timed-out' && outcome.by === 'kernel';

const isReset = ({ story: { end } }: ClientView): boolean =>
  end?.kind === 'reset-before-data' || end?.kind === 'reset-after-data';

function say(
  group: readonly ClientView[],
  [one, several]: readonly [one: string, several: string],
  rest: string,
): readonly string[] {
  if (group.length === 0) return [];
  const people = peopleOf(group);
  const numbers = numberRanges(people);
  return [
    people.length === 1
      ? `Client ${numbers} ${one} ${rest}.`
      : `Clients ${numbers} ${several} ${rest}.`,
  ];
}

function whyTimedOut(group: readonly ClientView[], seen: Observations): string {
  const [first] = group.flatMap(({ connection }) => connection?.syns ?? []);
  if (first === undefined) return 'the capture has no SYN of it';
  const sent = group.map(({ connection }) => connection?.syns.length ?? 0);
  return `${unanswered(sent)}, ${causeOfRefusal(seen, first.atMs)}`;
}

/** How many SYNs each of them sent in vain. */
function unanswered(sent: readonly number[]): string {
  if (sent.every((syns) => syns === 1)) {
    return `the server did not answer ${sent.length === 1 ? 'its SYN' : 'their SYNs'}`;
  }
  return sent.length === 1
    ? `the server answered none of its ${count(sent[0] ?? 0, 'SYN')}`
    : `the server answered none of their ${span(sent, String)} SYNs each`;
}
