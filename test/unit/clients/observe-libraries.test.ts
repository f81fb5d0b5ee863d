import { expect, test } from 'vitest';
import type { Step } from '../../../harness/domain/plan.ts';
import type { LibraryClient, LibraryEvent } from '../../../harness/domain/usual-clients.ts';
import { createEvidenceReader } from '../../../harness/evidence/evidence-reader.ts';
import { observeLibraries } from '../../../harness/evidence/observe-libraries.ts';
import { aConnection, anError } from './library-story.ts';

const client: LibraryClient = { library: 'pg', version: '8', entry: '/x', timeoutMs: null };
const steps: readonly Step[] = [{ kind: 'load-libraries', clients: [client] }];

const observed = (lines: readonly (LibraryEvent | object)[]) => {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const evidence = new Map([['library-0.jsonl', new TextEncoder().encode(text)]]);
  const reader = createEvidenceReader(evidence);
  const connections = [aConnection({ clientPort: 1 }), aConnection({ clientPort: 2 })];
  return { stories: observeLibraries(reader, steps, connections), problems: reader.problems };
};

const error = anError('timeout expired');

test('times count from the call, and connections are those of its own ports', () => {
  const { stories, problems } = observed([
    { event: 'ready', monotonicMs: 900 },
    { event: 'begun', monotonicMs: 1_000 },
    { event: 'socket', monotonicMs: 1_001, localPort: 2 },
    { event: 'said', monotonicMs: 1_500, what: 'error', error },
    { event: 'failed', monotonicMs: 3_000, error },
    { event: 'something new', monotonicMs: 3_001 },
  ]);
  expect(problems).toEqual([]);
  expect(stories).toEqual([
    {
      client,
      said: [{ afterMs: 500, what: 'error', error }],
      end: { kind: 'failed', afterMs: 2_000, error },
      connections: [aConnection({ clientPort: 2 })],
    },
  ]);
});

test('a call without an end is unsettled, and damaged events are told of', () => {
  const { stories, problems } = observed([
    { event: 'begun', monotonicMs: 1_000 },
    { event: 'failed', monotonicMs: 2_000, error: { ...error, cause: { message: 1 } } },
  ]);
  expect(stories[0]?.end).toEqual({ kind: 'unsettled' });
  expect(problems).toMatchObject([{ file: 'library-0.jsonl' }]);
});
