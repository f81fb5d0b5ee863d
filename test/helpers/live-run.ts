import type { Evidence } from '../../harness/domain/evidence.ts';
import type { LiveView, Screen } from '../../harness/live/live-frame.ts';
import { absorb, isWatched, type LiveState, NOTHING_SEEN } from '../../harness/live/live-state.ts';
import { LIVE_TEXTS } from '../../harness/live/live-texts.ts';
import { plainStyle } from '../../harness/report/style.ts';

/** What the live view has seen when a recorded run is over. */
export function seenLive(evidence: Evidence): LiveState {
  let state = NOTHING_SEEN;
  for (const [file, bytes] of evidence) if (isWatched(file)) state = absorb(state, file, bytes);
  return state;
}

export const liveView = (changes: Partial<LiveView> = {}): LiveView => ({
  scenario: 'accept-queue-overflow',
  step: "wait for every attempt of wave 'all' to have an outcome",
  steps: 6,
  synQueueCapacity: 3,
  blind: false,
  elapsedMs: 1_234,
  texts: LIVE_TEXTS.en,
  ...changes,
});

export const screenOf = (widthColumns: number, heightRows: number): Screen => ({
  widthColumns,
  heightRows,
  style: plainStyle,
});

const encoder = new TextEncoder();

export const jsonLines = (...values: readonly unknown[]): Uint8Array =>
  encoder.encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
