import { expect, test } from 'vitest';
import { KERNEL_RULES } from '../../../harness/kernel/rules.ts';
import { CHINESE } from '../../../harness/page/language.ts';
import { TITLES_ZH } from '../../../harness/page/words/titles-zh.ts';
import { CHINESE_CLAIMS } from '../../../harness/report/chinese/claims.ts';
import { CHINESE_RULES } from '../../../harness/report/chinese/rules.ts';
import { CHINESE_STORIES } from '../../../harness/report/chinese/stories.ts';
import { COUNTER_MEANINGS } from '../../../harness/report/counter-meanings.ts';
import { SCENARIOS } from '../../../harness/scenarios/catalogue.ts';
import { INCIDENTS } from '../../../harness/scenarios/incidents/incidents.ts';
import { ownServer } from '../../../harness/scenarios/own-server.ts';
import { predictionClaim } from '../../../harness/verdict/judge.ts';

const ALL = [...SCENARIOS, ...INCIDENTS.map(({ scenario }) => scenario), ownServer];

test('every claim of the catalogue and of the incidents is there in Chinese, and no other', () => {
  const ids = new Set([
    ...ALL.flatMap(({ claims }) => claims.map(({ id }) => id)),
    predictionClaim.id,
  ]);
  expect(Object.keys(CHINESE_CLAIMS).sort()).toEqual([...ids].sort());
});

test('every scenario and incident has a Chinese title', () => {
  expect(Object.keys(TITLES_ZH)).toEqual(expect.arrayContaining(ALL.map(({ id }) => id)));
});

test('every scenario and incident tells its story in Chinese, too', () => {
  expect(Object.keys(CHINESE_STORIES).sort()).toEqual(ALL.map(({ id }) => id).sort());
});

test('every kernel rule is there in Chinese, and no other', () => {
  const ids = Object.values(KERNEL_RULES).map(({ id }) => id);
  expect(Object.keys(CHINESE_RULES).sort()).toEqual([...ids].sort());
});

test('a sentence with numbers keeps them; one that is not known stays as it is', () => {
  expect(
    CHINESE.sentence('Clients 1-3 are connected and in the accept queue, waiting to be accepted.'),
  ).toBe('客户端 1-3 已连接，在 accept 队列中等待被 accept。');
  expect(CHINESE.sentence('its program gives up after 2503 ms: its own connect timeout')).toBe(
    '客户端程序在 2503 ms 后放弃：自身的连接超时',
  );
  expect(CHINESE.sentence('Nobody has said this yet.')).toBe('Nobody has said this yet.');
});

test('what ListenOverflows and ListenDrops mean is said in Chinese, too', () => {
  const meanings = [COUNTER_MEANINGS['ListenOverflows'], COUNTER_MEANINGS['ListenDrops']];
  for (const meaning of meanings) {
    const english = typeof meaning === 'object' ? (meaning.server ?? '') : '';
    expect(CHINESE.sentence(english)).toMatch(/^\p{Script=Han}/u);
  }
});
