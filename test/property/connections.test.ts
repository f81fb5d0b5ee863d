import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connection } from '../../harness/domain/tcp.ts';
import { rebuildConnections } from '../../harness/evidence/connections.ts';
import type { TcpSegment } from '../../harness/evidence/tcp-segment.ts';
import { SERVER_PORT, talk, toMs } from '../helpers/tcp-talk.ts';

const U32 = 0xffffffff;

const rebuild = (segments: readonly TcpSegment[]): Connection[] =>
  rebuildConnections(segments, { serverPort: SERVER_PORT, toMs });

/** Anything either side may say, sensible or not, with sequence numbers near each other. */
const utterance = fc.record({
  fromClient: fc.boolean(),
  flags: fc.constantFrom('S', 'S.', '.', 'P.', 'F.', 'R', 'R.'),
  seq: fc.integer({ min: -1, max: 30 }),
  ack: fc.integer({ min: -1, max: 30 }),
  payloadBytes: fc.constantFrom(0, 0, 1, 10),
  attempt: fc.nat(2),
});
type Utterance = typeof utterance extends fc.Arbitrary<infer T> ? T : never;

/** What one pair of ends says over all its attempts; times are given when the talks are merged. */
const conversation = fc.record({
  isn: fc.nat(U32),
  utterances: fc.array(utterance, { minLength: 1, maxLength: 15 }),
});

const isSyn = ({ flags }: Utterance): boolean => flags === 'S' || flags === 'S.';

const segmentOf = (clientPort: number, isn: number, said: Utterance, atMs: number): TcpSegment => {
  const clientIsn = (isn + said.attempt * 0x2000_0000) >>> 0;
  const serverIsn = (isn + 1_000_000 + said.attempt * 0x2000_0000) >>> 0;
  const ends = talk({ clientPort, clientIsn, serverIsn });
  const { flags, payloadBytes } = said;
  const numbers = isSyn(said)
    ? { seq: 0, payloadBytes: 0 }
    : { seq: said.seq, ack: said.ack, payloadBytes: flags.startsWith('R') ? 0 : payloadBytes };
  return said.fromClient ? ends.client(flags, atMs, numbers) : ends.server(flags, atMs, numbers);
};

/** Which conversation speaks next, as long as it has something to say. */
const merge = (conversations: readonly TcpSegment[][], turns: readonly number[]): TcpSegment[] => {
  const waiting = conversations.map((segments) => [...segments]);
  const merged = turns.flatMap((turn) => waiting[turn % waiting.length]?.shift() ?? []);
  return [...merged, ...waiting.flat()];
};

const byPort = (connections: readonly Connection[], port: number): Connection[] =>
  connections.filter(({ clientPort }) => clientPort === port);

test('how the packets of different clients interleave does not matter', () => {
  fc.assert(
    fc.property(
      fc.array(conversation, { minLength: 2, maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 80 }),
      (conversations, turns) => {
        const talks = conversations.map(({ isn, utterances }, talker) =>
          utterances.map((said, index) => segmentOf(2000 + talker, isn, said, index * 150)),
        );
        const together = rebuild(merge(talks, turns));
        for (const [talker, alone] of talks.entries()) {
          expect(byPort(together, 2000 + talker)).toEqual(rebuild(alone));
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('no packet is lost or counted twice', () => {
  fc.assert(
    fc.property(conversation, ({ isn, utterances }) => {
      const segments = utterances.map((said, index) => segmentOf(2000, isn, said, index));
      const connections = rebuild(segments);
      const count = (of: (connection: Connection) => number): number =>
        connections.reduce((sum, connection) => sum + of(connection), 0);
      const said = (matches: (utterance: Utterance) => boolean): number =>
        utterances.filter(matches).length;
      expect(count(({ syns }) => syns.length)).toBe(
        said(({ flags, fromClient }) => flags === 'S' && fromClient),
      );
      expect(count(({ synAcks }) => synAcks.length)).toBe(
        said(({ flags, fromClient }) => flags === 'S.' && !fromClient),
      );
      expect(count(({ resets }) => resets.length)).toBe(said(({ flags }) => flags.startsWith('R')));
      expect(count(({ finishes }) => finishes.length)).toBe(said(({ flags }) => flags === 'F.'));
      expect(count(({ bareAcks, data }) => bareAcks.length + data.length)).toBe(
        said(({ flags, payloadBytes }) => {
          return flags === '.' || flags === 'P.' || (flags === 'F.' && payloadBytes > 0);
        }),
      );
    }),
    { numRuns: 500 },
  );
});

test('where the sequence numbers begin does not matter', () => {
  fc.assert(
    fc.property(conversation, fc.nat(U32), ({ isn, utterances }, other) => {
      const from = (start: number): Connection[] =>
        rebuild(utterances.map((said, index) => segmentOf(2000, start, said, index * 150)));
      expect(from(other)).toEqual(from(isn));
    }),
    { numRuns: 500 },
  );
});

test('a SYN is answered by at most one SYN-ACK, and a SYN-ACK answers at most one SYN', () => {
  fc.assert(
    fc.property(conversation, ({ isn, utterances }) => {
      const segments = utterances.map((said, index) => segmentOf(2000, isn, said, index * 150));
      for (const { syns, synAcks } of rebuild(segments)) {
        const answers = syns.flatMap(({ answeredAtMs }) => answeredAtMs ?? []);
        expect(new Set(answers).size).toBe(answers.length);
        const leftAt = synAcks.map(({ atMs }) => atMs);
        expect(leftAt).toEqual(expect.arrayContaining(answers));
      }
    }),
    { numRuns: 500 },
  );
});
