/** What document 000 says of its incident, each sentence with those who witness it. */
import type { Observations } from '../../domain/observations.ts';
import { growth } from '../../verdict/figures.ts';
import { difference } from '../../verdict/law.ts';
import {
  answeredByReset,
  currEstabWhenStormed,
  establishedWhenStormed,
  lostRequests,
  neverAccepted,
  payloadAnsweredByReset,
  resetClients,
  unansweredOnResetConnections,
} from './rpc-restart-storm-figures.ts';
import type { Symptom } from './symptom.ts';

export const lostRequestsSymptom: Symptom = {
  id: '000-g (lost requests)',
  document: '000',
  statement:
    'Whenever the provider restarts, calls time out whose sequence number the provider never sees.',
  sightings: (seen) => [
    {
      witness: 'clients',
      of: 'requests without an answer on connections that were then reset',
      count: unansweredOnResetConnections(seen).length,
    },
    {
      witness: 'server',
      of: 'requests that timed out or were cut off and are not in the provider’s log',
      count: lostRequests(seen).length,
    },
    {
      witness: 'packets',
      of: 'segments with new payload that nothing but a RST answered',
      count: payloadAnsweredByReset(seen),
    },
  ],
};

const onlyAtTheClients = (
  seen: Observations,
  countAt: typeof establishedWhenStormed,
): number | undefined => difference(countAt(seen, 'client'), countAt(seen, 'server'));

export const twoEndsSymptom: Symptom = {
  id: '000-g (the two ends)',
  document: '000',
  statement:
    'The two ends count differently: 1000 connections at the consumers, 999 at the provider.',
  sightings: (seen) => [
    {
      witness: 'sockets',
      of: 'ESTABLISHED rows of the consumers’ host beyond those of the provider’s',
      count: onlyAtTheClients(seen, establishedWhenStormed),
    },
    {
      witness: 'counters',
      of: 'CurrEstab of the consumers’ host beyond that of the provider’s',
      count: onlyAtTheClients(seen, currEstabWhenStormed),
    },
  ],
};

export const resetSymptom: Symptom = {
  id: '000-g (RST)',
  document: '000',
  statement:
    'A connection that the provider never had is ended by a RST, when the consumer next writes.',
  sightings: (seen) => [
    {
      witness: 'clients',
      of: 'connections of the storm that ended with ECONNRESET',
      count: resetClients(seen).length,
    },
    {
      witness: 'server',
      of: 'of these, connections that the provider never accepted',
      count: neverAccepted(seen, resetClients(seen)).length,
    },
    {
      witness: 'packets',
      of: 'completed handshakes whose payload the provider’s host answered with RST',
      count: answeredByReset(seen).length,
    },
    {
      witness: 'counters',
      of: 'EstabResets of the consumers’ host',
      count: growth(seen, 'client', 'EstabResets'),
    },
  ],
};
