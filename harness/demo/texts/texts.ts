/** The words of the workshop: one object a language, of one type, so that nothing is forgotten. */
import type { Host } from '../../domain/tcp.ts';
import type { FindingKind, Testimony } from '../../domain/verdict.ts';
import type { LadderRow } from '../../report/ladder.ts';
import type { LadderWords } from '../../report/ladder-words.ts';
import type { TimelineWords } from '../../report/timeline-text.ts';
import type { Facts, QueuesBefore, StepId } from '../step.ts';
import { CHINESE } from './chinese.ts';
import { ENGLISH } from './english.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface StepText {
  readonly title: string;
  /** What one has to know before the question; a paragraph each. */
  readonly introduction: (facts: Facts) => readonly string[];
  readonly question: (facts: Facts) => string;
  readonly choices: (facts: Facts) => readonly [string, string, string];
  /** Why it is as it is, when the kernel does what the step expects; a paragraph each. */
  readonly explanation: readonly string[];
}

/** What became of the clients; those of whom there are none are not mentioned. */
export interface Tally {
  readonly connected: number;
  readonly timedOut: number;
  /** With those whose connect() was reset. */
  readonly refused: number;
  /** These are among the connected ones. */
  readonly fooled: number;
  readonly reset: number;
  readonly closedByServer: number;
}

export interface QueueWords {
  readonly client: string;
  readonly program: string;
  readonly synQueue: string;
  readonly acceptQueue: string;
  /** Below the boxes: what waits in each. */
  readonly requests: string;
  readonly connections: string;
  readonly held: (length: number | undefined) => string;
  readonly heldOf: (length: number, places: number | undefined) => string;
  /** The same picture as a sentence. */
  readonly sentence: (
    synQueue: number | undefined,
    acceptQueue: number,
    places: number | undefined,
  ) => string;
}

export interface PageWords {
  readonly demo: string;
  readonly stepOf: (step: number, steps: number, title: string) => string;
  readonly screenOf: (screen: number, screens: number) => string;
  /** Title and place as sentences, for those who hear them; no place on the only screen. */
  readonly heading: (title: string, place: string | undefined) => string;
  /** What a page is called by those who have heard its step's title. */
  readonly resultTitle: string;
  readonly more: string;
  readonly pictureOf: Readonly<Record<QueuesBefore['moment'], string>>;
  readonly question: string;
  readonly chooseNow: string;
  readonly running: (scenario: string, kernel: string) => string;
  readonly elapsed: (seconds: string) => string;
  readonly cancelHint: string;
  readonly stopping: string;
}

export interface ResultWords {
  readonly youSaid: (choice: string) => string;
  readonly right: string;
  readonly wrong: string;
  readonly kernelDid: (kernel: string, choice: string) => string;
  readonly soSay: (witnesses: readonly string[]) => string;
  readonly witness: Readonly<Record<Testimony['witness'], string>>;
  readonly undecided: string;
  readonly saysChoice: (witness: string, choice: string) => string;
  readonly somethingElse: string;
  readonly noStatement: string;
  readonly otherwise: (expected: string) => string;
  readonly expectedBecause: string;
  readonly inconclusive: (reason: string) => string;
  readonly tally: (tally: Tally) => string;
  readonly ladderTitle: (client: number) => string;
  readonly timelineTitle: string;
  readonly queuesTitle: string;
  readonly countersTitle: string;
  readonly counterMissing: string;
  readonly counterMeaning: (host: Host, counter: string) => string;
  readonly documentsTitle: string;
  readonly verdict: Readonly<Record<FindingKind, string>>;
  readonly documentSays: string;
  readonly measured: string;
  readonly rule: (statement: string, since: string, commit: string | null) => string;
  readonly notTested: (claims: readonly string[]) => string;
  /** Before claims that the run puts to the test although the step is not about them. */
  readonly besides: (claims: readonly string[]) => string;
  /** One of them; `step` is about it. */
  readonly beside: (id: string, verdict: string, step: number | undefined) => string;
  /** The judge words its findings in English: elsewhere the rule that stands behind one must do. */
  readonly quotesFindings: boolean;
  readonly ofThisStep: (verdict: string) => string;
  /** The numbers asked for lead to something else than those that the explanation is about. */
  readonly otherNumbers: (backlog: number, clients: number) => string;
  readonly again: string;
  readonly failed: (message: string) => string;
  readonly remedy: (remedy: string) => string;
}

export interface EndWords {
  readonly title: string;
  readonly introduction: string;
  readonly notRun: string;
  /** One line of the summary: what happened at a step, and the verdict. */
  readonly line: (title: string, did: string, verdict: string) => string;
  /** After leaving, below the shell's prompt: where somebody was, and how many runs there were. */
  readonly left: (step: number, steps: number, runs: number) => string;
  readonly goOn: (command: string) => string;
  readonly next: readonly string[];
}

export interface AskWords {
  readonly title: string;
  readonly backlog: (now: number, most: number) => string;
  readonly clients: (now: number, most: number) => string;
  readonly outOfRange: (most: number) => string;
  readonly hint: string;
  readonly jumpTitle: string;
  readonly jump: string;
  readonly jumpOutOfRange: (steps: number) => string;
}

export interface KeyWords {
  readonly helpTitle: string;
  /** Key and what it does. */
  readonly help: readonly (readonly [key: string, does: string])[];
  readonly introduction: string;
  readonly running: string;
  readonly result: string;
  readonly end: string;
  readonly helpPage: string;
  readonly ask: string;
}

export interface RefusedTally {
  readonly syns: number;
  readonly clients: number;
  /** Of each client, where that is one number. */
  readonly each: number | undefined;
}

/** Sentences for those who hear a page instead of seeing it. */
export interface PlainWords {
  readonly segment: (row: Extract<LadderRow, { kind: 'segment' }>, seconds: string) => string;
  readonly note: (atServer: boolean, says: string, seconds: string) => string;
  /** Null: before the first client. */
  readonly level: (length: number, seconds: string | null) => string;
  readonly refusals: (refused: RefusedTally, firstSeconds: string, lastSeconds: string) => string;
  readonly counter: (host: Host, counter: string, by: string, meaning: string) => string;
}

export interface DemoTexts {
  readonly steps: Readonly<Record<StepId, StepText>>;
  readonly page: PageWords;
  readonly queues: QueueWords;
  readonly result: ResultWords;
  readonly end: EndWords;
  readonly ask: AskWords;
  readonly keys: KeyWords;
  readonly plain: PlainWords;
  readonly ladder: LadderWords;
  readonly timeline: TimelineWords;
  /** A claim's statement, or a rule's, in this language. */
  readonly claim: (id: string, statement: string) => string;
  readonly kernelRule: (id: string, statement: string) => string;
}

export const TEXTS: Readonly<Record<Language, DemoTexts>> = { en: ENGLISH, zh: CHINESE };

/** From the first of LC_ALL, LC_MESSAGES and LANG that is set, such as `zh_CN.UTF-8`. */
export const languageOf = (locale: string | undefined): Language =>
  locale?.toLowerCase().startsWith('zh') === true ? 'zh' : 'en';
