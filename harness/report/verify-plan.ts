import type { WorkList } from '../domain/catalogue.ts';
import { padded, paddedStart, widest } from './layout.ts';
import { INDENT } from './page.ts';
import type { Style } from './style.ts';
import { count, duration } from './words.ts';

/** What `verify` would run, longest first, for --dry-run. */
export function verifyPlanReport(
  { profile, runs, claims, untested }: WorkList,
  style: Style,
): string {
  const label = widest(runs.map((run) => run.label));
  const lasts = widest(runs.map(({ variant }) => duration(variant.lastsMs)));
  const lines = runs.map((run) => {
    const ids = run.claims.map(({ id }) => id).join(', ');
    const time = paddedStart(duration(run.variant.lastsMs), lasts);
    return `${INDENT}${padded(run.label, label)}  ${time}  ${style.dim(ids)}`;
  });
  return `${[
    `${style.bold('Work list')} of the profile '${profile}': ${count(runs.length, 'run')}, ${count(claims.length, 'claim')}; nothing was started`,
    ...lines,
    ...untested.map(({ id, reason }) => `${INDENT}not tested: ${id}, ${reason}`),
  ].join('\n')}\n`;
}

export const verifyPlanJson = ({ profile, runs, untested }: WorkList): object => ({
  schemaVersion: 1,
  dryRun: true,
  profile,
  runs: runs.map(({ label, scenario, variant, parameters, claims }) => ({
    label,
    scenario: scenario.id,
    variant: variant.name,
    lastsMs: variant.lastsMs,
    claims: claims.map(({ id }) => id),
    parameters,
  })),
  untested,
});
