import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
const DEADLINE_MS = 10_000;

/**
 * Looks until `look` finds something (anything but undefined) and returns it. Fails after 10 s,
 * unless told otherwise, with what was waited for and what `seen` has to say.
 */
export async function waitUntil<Found>(
  what: string,
  look: () => Found | undefined,
  options: { readonly seen?: () => string; readonly deadlineMs?: number } = {},
): Promise<Found> {
  const { seen = () => 'nothing', deadlineMs = DEADLINE_MS } = options;
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > giveUpAt) {
      throw new Error(`Waited ${deadlineMs} ms for ${what} in vain; seen: ${seen()}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}
