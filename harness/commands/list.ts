/** `list`: the scenarios and what they put to the test. */

import type { Scenario } from '../domain/scenario.ts';
import { scenarioList } from '../report/scenario-list.ts';
import { SCENARIOS } from '../scenarios/catalogue.ts';
import { INCIDENTS } from '../scenarios/incidents/incidents.ts';
import { print, terminalStyle } from './terminal.ts';

export function list(json: boolean): number {
  if (!json) {
    const incidents = INCIDENTS.map(({ scenario }) => scenario);
    print(scenarioList(SCENARIOS, incidents, terminalStyle()));
    return 0;
  }
  const incidents = INCIDENTS.map(({ scenario, phases }) => ({
    ...described(scenario),
    phases: phases.map(({ name, role, title }) => ({ name, role, title })),
  }));
  print(
    JSON.stringify({ schemaVersion: 1, scenarios: SCENARIOS.map(described), incidents }, null, 2),
  );
  return 0;
}

const described = ({ id, title, story, claims, defaults }: Scenario) => ({
  id,
  title,
  story,
  claims: claims.map(({ id: claim, document, statement }) => ({
    id: claim,
    document,
    claim: statement,
  })),
  defaults,
});
