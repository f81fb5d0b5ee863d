/** `list`: the scenarios and what they put to the test. */
import { scenarioList } from '../report/scenario-list.ts';
import { SCENARIOS } from '../scenarios/catalogue.ts';
import { print, terminalStyle } from './terminal.ts';

export function list(json: boolean): number {
  if (!json) {
    print(scenarioList(SCENARIOS, terminalStyle()));
    return 0;
  }
  const scenarios = SCENARIOS.map(({ id, title, story, claims, defaults }) => ({
    id,
    title,
    story,
    claims: claims.map(({ id: claim, document, statement }) => ({
      id: claim,
      document,
      claim: statement,
    })),
    defaults,
  }));
  print(JSON.stringify({ schemaVersion: 1, scenarios }, null, 2));
  return 0;
}
