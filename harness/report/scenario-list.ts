import type { Scenario } from '../domain/scenario.ts';
import { wrap } from './layout.ts';
import type { Style } from './style.ts';

const WIDTH_COLUMNS = 88;

/**
 * Every scenario with its story and the claims it puts to the test, the default one first, and then
 * the incidents.
 */
export function scenarioList(
  scenarios: readonly Scenario[],
  incidents: readonly Scenario[],
  style: Style,
): string {
  const entries = [
    ...scenarios.map((scenario, index) =>
      entryLines(scenario, `--scenario ${scenario.id}`, index === 0, style).join('\n'),
    ),
    ...incidents.map((scenario) =>
      entryLines(scenario, `incident ${scenario.id}`, false, style).join('\n'),
    ),
  ];
  return `${entries.join('\n\n')}\n`;
}

function entryLines(
  { id, title, story, claims }: Scenario,
  command: string,
  isDefault: boolean,
  style: Style,
): readonly string[] {
  const tested = `claims ${claims.map((claim) => claim.id).join(', ')}`;
  return [
    `${style.bold(id)}${isDefault ? style.dim('  (default)') : ''}`,
    `  ${title}`,
    ...wrap(story, WIDTH_COLUMNS).map((line) => style.dim(`  ${line}`)),
    `  ${tested}`,
    style.dim(`  npm run repro -- ${command}`),
  ];
}
