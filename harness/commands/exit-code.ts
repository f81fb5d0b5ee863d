import type { HarnessErrorCode } from '../domain/harness-error.ts';
import type { FindingKind } from '../domain/verdict.ts';

/** What the process's exit code means; documented in the README. */
export const EXIT = {
  good: 0,
  contradicted: 1,
  usage: 2,
  inconclusive: 3,
  failed: 4,
} as const;

export function exitCodeOfVerdict(kind: FindingKind): number {
  switch (kind) {
    case 'confirmed':
    case 'outdated':
      return EXIT.good;
    case 'contradicted':
      return EXIT.contradicted;
    case 'inconclusive':
      return EXIT.inconclusive;
  }
}

const USAGE_CODES: ReadonlySet<HarnessErrorCode> = new Set([
  'BACKLOG_OUT_OF_RANGE',
  'NOT_ENOUGH_PORTS',
  'SCENARIO_UNKNOWN',
  'USAGE',
]);

export const exitCodeOfError = (code: HarnessErrorCode): number =>
  USAGE_CODES.has(code) ? EXIT.usage : EXIT.failed;
