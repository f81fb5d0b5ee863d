import { RECONNECTION_STRIDE } from '../domain/wire.ts';
import type { ClientView } from './client-views.ts';
import { count } from './words.ts';

/** `7`, or `7, attempt 3`: one who connects again has a number for each attempt. */
export function nameOf({ story: { client }, person }: ClientView): string {
  const attempt = (client - person) / RECONNECTION_STRIDE + 1;
  return attempt === 1 ? `${client}` : `${person}, attempt ${attempt}`;
}

/** The numbers of those who made these attempts, each once, in ascending order. */
export const peopleOf = (views: readonly ClientView[]): readonly number[] =>
  [...new Set(views.map(({ person }) => person))].sort((left, right) => left - right);

/** How often they tried, if that is more than once each. */
export function attemptsWords(views: readonly ClientView[]): string {
  const people = peopleOf(views).length;
  return people === views.length ? '' : ` in ${count(views.length, 'attempt')}`;
}
