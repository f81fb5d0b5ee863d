import { CHINESE_CLAIMS } from '../report/chinese/claims.ts';
import { CHINESE_RULES } from '../report/chinese/rules.ts';
import { inChinese } from '../report/chinese/sentences.ts';
import { CHINESE_STORIES } from '../report/chinese/stories.ts';
import { EN } from './words/en.ts';
import { TITLES_ZH } from './words/titles-zh.ts';
import type { Words } from './words/words.ts';
import { ZH } from './words/zh.ts';

/** How a page speaks. What the harness wrote in English is translated where it is known. */
export interface Language {
  readonly words: Words;
  readonly claim: (id: string, english: string) => string;
  /** Of a scenario, an incident or a kind of page. */
  readonly title: (id: string, english: string) => string;
  /** Of a kernel rule. */
  readonly rule: (id: string, english: string) => string;
  readonly sentence: (english: string) => string;
  /** Of a scenario or an incident. */
  readonly story: (id: string, english: string) => string;
}

export const ENGLISH: Language = {
  words: EN,
  claim: (_, english) => english,
  title: (_, english) => english,
  rule: (_, english) => english,
  sentence: (english) => english,
  story: (_, english) => english,
};

export const CHINESE: Language = {
  words: ZH,
  claim: (id, english) => CHINESE_CLAIMS[id] ?? english,
  title: (id, english) => TITLES_ZH[id] ?? english,
  rule: (id, english) => CHINESE_RULES[id] ?? english,
  sentence: inChinese,
  story: (id, english) => CHINESE_STORIES[id] ?? english,
};
