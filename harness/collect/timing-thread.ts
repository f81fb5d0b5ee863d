/**
 * Wakes up every few milliseconds and notes how late it was: what a machine that stops and goes does
 * to a thread it does to every timer of its kernel. A thread of its own, so that the harness's own
 * work does not count. The message is posted when `stop` is set.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { LateWaking, MachineTiming } from '../domain/evidence.ts';

const EVERY_MS = 10;
/** A scheduler's ordinary doings. */
const LEAST_TOLD_MS = 5;
const MOST_TOLD = 5_000;
const READINGS = 200;

const { stop } = workerData as { readonly stop: Int32Array };
const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The smallest step that this machine's clock makes, as far as readings in a row show it. */
function clockResolutionMs(): number {
  let [leastMs, lastMs] = [Number.POSITIVE_INFINITY, monotonicMs()];
  // A clock that goes by ticks stands still for many readings, and infinity is no JSON.
  for (let reading = 0; reading < READINGS || leastMs === Number.POSITIVE_INFINITY; reading += 1) {
    const nowMs = monotonicMs();
    if (nowMs > lastMs) leastMs = Math.min(leastMs, nowMs - lastMs);
    lastMs = nowMs;
  }
  return leastMs;
}

const late: LateWaking[] = [];
const resolutionMs = clockResolutionMs();
let looks = 0;
let worstMs = 0;
for (;;) {
  const dueMs = monotonicMs() + EVERY_MS;
  if (Atomics.wait(stop, 0, 0, EVERY_MS) !== 'timed-out') break;
  const lateMs = monotonicMs() - dueMs;
  looks += 1;
  if (lateMs < LEAST_TOLD_MS) continue;
  // The worst is what counts, so it is told even when many have been.
  if (late.length < MOST_TOLD || lateMs > worstMs) late.push({ monotonicMs: dueMs, lateMs });
  worstMs = Math.max(worstMs, lateMs);
}
const timing: MachineTiming = {
  schemaVersion: 1,
  everyMs: EVERY_MS,
  looks,
  clockResolutionMs: resolutionMs,
  late,
};
parentPort?.postMessage(timing);
