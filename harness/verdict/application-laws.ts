/** What must add up among the requests of an incident: clients and server tell of the same. */
import type { RequestStory } from '../domain/application.ts';
import type { Observations } from '../domain/observations.ts';
import type { Law } from './law.ts';

export function applicationLaws({ application }: Observations): readonly Law[] {
  if (application === undefined || application.requests.length === 0) return [];
  const { requests } = application;
  const answered = requests.filter(({ outcome }) => outcome === 'answered');
  const unsent = requests.filter(neverWritten);
  return [
    {
      name: 'every request has an outcome',
      left: ['requests begun', requests.length],
      right: [
        'requests with an outcome',
        requests.filter(({ outcome }) => outcome !== null).length,
      ],
    },
    {
      name: 'the server saw what it answered',
      left: ['requests that were answered', answered.length],
      right: ['of these, requests that the server says it read', seenOf(answered)],
    },
    {
      name: 'the server saw nothing that was not written',
      left: ['requests that were never written, and seen by the server', seenOf(unsent)],
      right: ['none', 0],
    },
  ];
}

const seenOf = (requests: readonly RequestStory[]): number =>
  requests.filter(({ seenAtMs }) => seenAtMs !== undefined).length;

const neverWritten = ({ outcome }: RequestStory): boolean =>
  outcome === 'not-sent' || outcome === 'connect-timed-out' || outcome === 'connect-failed';
