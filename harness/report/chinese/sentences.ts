/** Sentences of the harness in Chinese. One that is not known here is shown in English. */

import { CLIENT_SENTENCES } from './client-sentences.ts';
import { FINDING_SENTENCES } from './finding-sentences.ts';
import { INCIDENT_SENTENCES } from './incident-sentences.ts';
import { NOTE_SENTENCES } from './ladder.ts';
import { LEDGER_SENTENCES } from './ledger-sentences.ts';
import { OTHER_SENTENCES } from './other-sentences.ts';
import { SETUP_SENTENCES } from './setup-sentences.ts';
import { type SentencePattern, translated } from './translated.ts';
import { WITNESS_SENTENCES } from './witness-sentences.ts';

const SENTENCES: readonly SentencePattern[] = [
  ...NOTE_SENTENCES,
  ...CLIENT_SENTENCES,
  ...SETUP_SENTENCES,
  ...FINDING_SENTENCES,
  ...LEDGER_SENTENCES,
  ...WITNESS_SENTENCES,
  ...INCIDENT_SENTENCES,
  ...OTHER_SENTENCES,
];

/** What stands for anything must not run on into the next part. */
const WITH_SEMICOLON = SENTENCES.filter(([pattern]) => pattern.source.includes(';'));

/** Whole, or else part by part: what stands before and after a colon, or between semicolons. */
export function inChinese(english: string): string {
  const whole = wholeInChinese(english);
  if (whole !== undefined) return whole;
  const [before = '', after] = halves(english);
  const parts = english.split('; ');
  if (parts.length > 1 && (after === undefined || wholeInChinese(after) === undefined)) {
    return parts.map(inChinese).join('；');
  }
  return after === undefined ? english : `${inChinese(before)}：${inChinese(after)}`;
}

function wholeInChinese(english: string): string | undefined {
  const patterns = english.includes('; ') ? WITH_SEMICOLON : SENTENCES;
  return translated(english, patterns)?.replaceAll(SPAN, '$1 至 $2');
}

function halves(english: string): readonly string[] {
  const colon = english.indexOf(': ');
  return colon < 0 ? [english] : [english.slice(0, colon), english.slice(colon + 2)];
}

/** `0.3 to 1.2 ms` */
const SPAN = /(\d(?: ms| s)?) to (\d)/g;
