import type { Scenario } from '../domain/scenario.ts';
import { wrap } from './layout.ts';
import type { Style } from './style.ts';

const WIDTH_COLUMNS = 88;

/** Every scenario with its story and the claims it puts to the test, the default one first. */
export function scenarioList(scenarios: readonly Scenario[], style: Style): string {
  const entries = scenarios.map((scenario, index) =>
    entryLines(scenario, index === 0, style).join('\n'),
  );
  return `${entries.join('\n\n')}\n`;
}

function entryLines(
  { id, title, story, claims }: Scenario,
  isDefault: boolean,
  style: Style,
): readonly string[] {
  const tested = `claims ${claims.map((claim) => claim.id).join(', ')}`;
  return [
    `${style.bold(id)}${isDefault ? style.dim('  (default)') : ''}`,
    `  ${title}`,
    ...wrap(story, WIDTH_COLUMNS).map((line) => style.dim(`  ${line}`)),
    `  ${tested}`,
    style.dim(`  npm run repro -- --scenario ${id}`),
  ];
}
