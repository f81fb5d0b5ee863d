import { expect, test } from 'vitest';
import { ASSUMED_UP, afterCheck, wordsOf } from '../../../clients/server-health.ts';

const thresholds = { rise: 2, fall: 3 };

/** What is held of the server after each check, `.` good and `x` failed, with the last words. */
const told = (checks: string) => {
  let health = ASSUMED_UP;
  let words = '';
  const states = [...checks].map((check) => {
    const before = health;
    health = afterCheck(before, check === '.', thresholds);
    words = wordsOf(before, health, thresholds);
    return health.up ? 'U' : 'D';
  });
  return { states: states.join(''), words };
};

test.each([
  ['.', 'U', 'server is up'],
  ['xx', 'UU', 'server is still up: 2 of 3 failed checks'],
  ['xx.', 'UUU', 'server is up'],
  ['xx.xx', 'UUUUU', 'server is still up: 2 of 3 failed checks'],
  ['xxx', 'UUD', 'server is DOWN after 3 failed checks'],
  ['xxxx', 'UUDD', 'server is down'],
  ['xxx.', 'UUDD', 'server is still down: 1 of 2 good checks'],
  ['xxx.x.', 'UUDDDD', 'server is still down: 1 of 2 good checks'],
  ['xxx..', 'UUDDU', 'server is UP after 2 good checks'],
  ['xxx..xx', 'UUDDUUU', 'server is still up: 2 of 3 failed checks'],
])('checks %s: %s, %s', (checks, states, words) => {
  expect(told(checks)).toEqual({ states, words });
});
