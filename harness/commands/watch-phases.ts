/** How the phases of an incident come along: one run after the other, so each can be watched. */
import type { CatalogueOptions } from '../catalogue-run.ts';
import type { CatalogueRun } from '../domain/catalogue.ts';
import type { Scenario } from '../domain/scenario.ts';
import { unameOf } from '../kernel/release.ts';
import type { LiveLanguage } from '../live/live-texts.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type Shown, synQueueCapacity } from './run.ts';
import { showVerifyProgress } from './verify-progress.ts';
import { startWatch } from './watch.ts';

type PhasesShown = Disposable & Pick<CatalogueOptions, 'onStart' | 'onEnd' | 'onFolder' | 'onStep'>;

/** One line of progress on stderr, or with `--watch` the phase that is under way. */
export function showPhases(
  scenario: Scenario,
  runs: readonly CatalogueRun[],
  settings: Shown & { readonly watch: LiveLanguage | undefined },
  sandbox: Sandbox,
): PhasesShown {
  if (settings.watch === undefined) {
    const progress = showVerifyProgress(runs, { jobs: 1, enabled: !settings.quiet });
    return {
      onStart: progress.started,
      onEnd: progress.ended,
      [Symbol.dispose]: () => progress[Symbol.dispose](),
    };
  }
  const watch = startWatch(settings.watch, settings, sandbox.kind);
  return {
    onStart: () => undefined,
    onEnd: () => undefined,
    onFolder: (run, folder, plan) =>
      watch.begin({
        title: `${scenario.id}: ${run.label} (${runs.indexOf(run) + 1}/${runs.length})`,
        folder,
        plan,
        synQueueCapacity: synQueueCapacity(scenario, plan, unameOf(sandbox)),
      }),
    onStep: watch.step,
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  };
}
