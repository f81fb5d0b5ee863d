/** What is judged of fooled clients that write: 001-e. */
import type { Observations } from '../domain/observations.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import type { ClientStory, Connection } from '../domain/tcp.ts';
import { growth } from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { decide } from '../verdict/testimony.ts';
import { clientsOf, connectionsOf } from '../verdict/waves.ts';
import { answers, forgottenBetweenMs, nobodyFooled, wavesOf } from './held-clients.ts';

/** The wave that is fooled and writes. */
export const SENDERS = 'senders';

const DIES = 'repeated unanswered, then RST from the server';
const NEVER_TOLD = 'repeated unanswered, never a RST';

/** What all say, or the first that says otherwise. */
const together = (words: readonly string[]): string | undefined =>
  words.find((word) => word !== DIES) ?? words[0];

/** A timer fires late by up to an eighth of its length, and 40 ms are for a busy machine. */
function isDoubled(distanceMs: number, beforeMs: number): boolean {
  const dueMs = 2 * beforeMs;
  return distanceMs >= dueMs / 1.125 - 40 && distanceMs <= dueMs * 1.125 + 40;
}

/** The first repetition is a loss probe (TLP), which comes sooner than the timer would have it. */
function backsOff(sentMs: readonly number[]): boolean {
  const distancesMs = sentMs.slice(1).map((atMs, index) => atMs - (sentMs[index] ?? 0));
  return distancesMs
    .slice(2)
    .every((distanceMs, index) => isDoubled(distanceMs, distancesMs[index + 1] ?? 0));
}

/** The RST answers the first segment that came when the request was forgotten, and no other. */
function isFirstAfterForgetting(
  sentMs: readonly number[],
  { synAcks }: Connection,
  prediction: Prediction,
): boolean {
  const [earliestMs, latestMs] = forgottenBetweenMs(prediction);
  const sinceMs = synAcks[0]?.atMs ?? 0;
  const lastMs = sentMs.at(-1) ?? 0;
  const beforeMs = sentMs.at(-2) ?? 0;
  return lastMs - sinceMs >= earliestMs && beforeMs - sinceMs <= latestMs;
}

function wordOfPackets(connection: Connection, prediction: Prediction): string {
  const { data, resets, bareAcks } = connection;
  const [reset] = resets;
  if (bareAcks.some(({ from }) => from === 'server')) return 'answered with an ACK';
  if (reset === undefined) return NEVER_TOLD;
  if (reset.from === 'client') return 'RST from the client';
  const sentMs = data.filter(({ from }) => from === 'client').map(({ atMs }) => atMs);
  const times = sentMs.map((atMs) => ((atMs - (sentMs[0] ?? 0)) / 1_000).toFixed(2)).join(', ');
  if (sentMs.length < 2) return `sent ${sentMs.length} times, then RST`;
  if (!backsOff(sentMs)) return `sent at ${times} s, not at doubling distances`;
  return answers(sentMs.at(-1) ?? 0, resets) &&
    isFirstAfterForgetting(sentMs, connection, prediction)
    ? DIES
    : `sent at ${times} s, RST at another time than the request’s end`;
}

/** A client that waits no longer for an answer has nothing to say of the end. */
function wordOfClient(story: ClientStory, prediction: Prediction): string | undefined {
  const { end, sentBytes, receivedBytes, startedAtMs } = story;
  if (end?.kind === 'read-timed-out') return undefined;
  if (sentBytes === undefined) return 'nothing sent';
  if (receivedBytes !== undefined) return 'answered with data';
  if (end?.kind === 'held' || end?.kind === 'timed-out-by-kernel') return NEVER_TOLD;
  if (end?.kind !== 'reset-after-data') return `sent, ${end?.kind ?? 'without an end'}`;
  const [earliestMs] = forgottenBetweenMs(prediction);
  return end.atMs - startedAtMs >= earliestMs ? DIES : 'reset before the request’s end';
}

/** Each repetition but the last was dropped as a final ACK is: for a full accept queue. */
function wordOfCounters(seen: Observations, senders: number): string | undefined {
  const repeated = difference(
    growth(seen, 'client', 'RetransSegs'),
    growth(seen, 'client', 'TCPSynRetrans'),
  );
  const overflows = growth(seen, 'server', 'ListenOverflows');
  const resets = growth(seen, 'server', 'OutRsts');
  if (repeated === undefined || overflows === undefined || resets === undefined) return undefined;
  if (repeated < senders || overflows < repeated) {
    return `${repeated} repetitions, ${overflows} dropped`;
  }
  if (resets === 0) return NEVER_TOLD;
  return resets === senders ? DIES : `${resets} RSTs for ${senders} clients`;
}

export const diesByReset: Claim = {
  id: '001-e',
  document: '001',
  statement:
    'A fooled client goes on sending; its data is repeated several times unanswered, and then a RST (in the document the client’s own) ends the connection.',
  notExercisedBecause: nobodyFooled,
  judge: (seen, prediction) => {
    const packets = connectionsOf(seen, SENDERS).map((connection) =>
      wordOfPackets(connection, prediction),
    );
    const clients = clientsOf(seen, SENDERS).flatMap(
      (story) => wordOfClient(story, prediction) ?? [],
    );
    return decide({
      documented: 'repeated unanswered, then RST (which the document takes for the client’s)',
      documentedValue: DIES,
      statements: [
        { witness: 'packets', of: 'data of the fooled clients', value: together(packets) },
        { witness: 'clients', of: 'ends of the fooled clients', value: together(clients) },
        {
          witness: 'counters',
          of: 'RetransSegs of the client, ListenOverflows and OutRsts of the server',
          value: wordOfCounters(seen, wavesOf(seen.plan.parameters).held),
        },
      ],
    });
  },
};
