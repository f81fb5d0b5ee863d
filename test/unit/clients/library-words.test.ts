import { describe, expect, test } from 'vitest';
import { LIBRARY_FACTS, timerOf } from '../../../harness/domain/library-timers.ts';
import { CLIENT_LIBRARIES } from '../../../harness/domain/usual-clients.ts';
import { outcomeWords, timerWords, wireWords } from '../../../harness/report/library-words.ts';
import { aConnection, anError, aStory, unanswered } from './library-story.ts';

const fromServer = [{ atMs: 5, from: 'server', retransmission: false }] as const;

describe('the timer that fired', () => {
  test('is told from the kernel by the number of the error, whatever its code', () => {
    const invented = anError('connect ETIMEDOUT', { code: 'ETIMEDOUT' });
    expect(timerOf('mysql2', invented)).toEqual({ by: 'library', option: 'connectTimeout' });
    expect(timerOf('mysql2', { ...invented, errno: -110 })).toEqual({ by: 'kernel' });
  });

  test('is found in the cause that fetch hides it in', () => {
    const cause = anError('Connect Timeout Error', { code: 'UND_ERR_CONNECT_TIMEOUT' });
    const error = anError('fetch failed', { name: 'TypeError', cause });
    expect(timerOf('fetch', error)).toEqual({ by: 'library', option: 'connectTimeout' });
  });

  test('is none when the server ended the connection', () => {
    const reset = anError('read ECONNRESET', { code: 'ECONNRESET', errno: -104 });
    for (const library of CLIENT_LIBRARIES) expect(timerOf(library, reset)).toBeNull();
  });

  test('is told by an event that ends nothing', () => {
    const story = aStory('node:http', { said: [{ what: 'timeout', afterMs: 2_004, error: null }] });
    expect(timerWords(story)).toBe('timeout');
    expect(outcomeWords(story)).toBe("event 'timeout' after 2 s; still waiting after 15 s");
  });

  test('every option that a timeout is given to is a documented timer', () => {
    for (const { timers, timeoutOptions } of Object.values(LIBRARY_FACTS)) {
      const names = timers.map(({ option }) => option);
      expect(names).toEqual(expect.arrayContaining([...timeoutOptions]));
      expect(timeoutOptions).not.toEqual([]);
    }
  });
});

describe('what a library reported', () => {
  test('equal sayings are told once, and an end that was said before too', () => {
    const error = anError('connect ETIMEDOUT', { code: 'ETIMEDOUT' });
    const said = [2_004, 4_060].map((afterMs) => ({ what: 'error', afterMs, error }));
    expect(outcomeWords(aStory('ioredis', { said }))).toBe(
      "event 'error' (ETIMEDOUT: connect ETIMEDOUT) twice, first after 2 s; still waiting after 15 s",
    );
    const [once] = said;
    const end = { kind: 'failed', afterMs: 2_005, error } as const;
    expect(outcomeWords(aStory('mysql2', { said: once === undefined ? [] : [once], end }))).toBe(
      'ETIMEDOUT: connect ETIMEDOUT, after 2 s',
    );
  });

  test('a cause is named unless it says the same', () => {
    const cause = anError('socket hang up', { code: 'ECONNRESET' });
    const failed = (error: ReturnType<typeof anError>): string =>
      outcomeWords(aStory('axios', { end: { kind: 'failed', afterMs: 8, error } }));
    expect(failed({ ...cause, cause })).toBe('ECONNRESET: socket hang up, after 8 ms');
    expect(failed(anError('fetch failed', { name: 'TypeError', cause }))).toBe(
      'TypeError: fetch failed, caused by ECONNRESET: socket hang up, after 8 ms',
    );
  });
});

describe('what was on the wire', () => {
  test.each([
    [[], 'nothing'],
    [[unanswered(1)], '1 SYN, no answer'],
    [[unanswered(2), unanswered(2), unanswered(3)], '2 SYNs, no answer (twice); 3 SYNs, no answer'],
    [[aConnection()], 'connected, then silence'],
    [[aConnection({ finishes: fromServer })], 'connected, FIN from the server'],
    [
      [aConnection({ finishes: fromServer, resets: [{ atMs: 4, from: 'server' }] })],
      'connected, RST from the server',
    ],
    [[aConnection({ resets: [{ atMs: 4, from: 'client' }] })], 'connected, then silence'],
    [
      [aConnection({ data: [{ atMs: 1, from: 'client', bytes: 65, retransmission: false }] })],
      'connected, 1 data segment in vain',
    ],
  ])('%#: %s', (connections, words) => {
    expect(wireWords(aStory('node:net', { connections }))).toBe(words);
  });
});
