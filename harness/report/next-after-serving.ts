import type { ReportInput } from './report-input.ts';
import { REPRO, type Suggestion } from './suggestion.ts';

/** What to try after a run whose server accepts, so that not its places decide; else nothing. */
export function nextAfterServing({ scenario, seen }: ReportInput): readonly Suggestion[] {
  const { cap = 0, clients } = seen.plan.parameters;
  const fits = clients <= cap;
  const otherCap = {
    command: `${REPRO} --scenario ${scenario.id} --cap ${fits ? clients - 1 : clients}`,
    shows: fits ? 'one connection too few' : 'a cap that holds all',
  };
  switch (scenario.id) {
    case 'connection-cap':
      return [
        otherCap,
        {
          command: `${REPRO} --scenario relay-traffic`,
          shows: 'what it does to the traffic of relays',
        },
      ];
    case 'relay-traffic':
      return [
        otherCap,
        { command: `${REPRO} --scenario connection-cap`, shows: 'one server, many clients' },
      ];
    case 'short-connections-and-somaxconn':
      return [
        {
          command: `${REPRO} --scenario somaxconn-needs-a-new-listen`,
          shows: 'why raising somaxconn alone changes nothing',
        },
        { command: `${REPRO} --scenario short-and-long-timeouts`, shows: 'what patience is worth' },
      ];
    default:
      return [];
  }
}
