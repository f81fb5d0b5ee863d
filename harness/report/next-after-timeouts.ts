import type { ReportInput } from './report-input.ts';
import { REPRO, type Suggestion } from './suggestion.ts';

const LINEAR = 'net.ipv4.tcp_syn_linear_timeouts';

const schedule: Suggestion = {
  command: `${REPRO} --scenario syn-retransmissions`,
  shows: 'when a SYN is repeated',
};
const patience: Suggestion = {
  command: `${REPRO} --scenario short-and-long-timeouts`,
  shows: 'what patience is worth',
};
const givesUp: Suggestion = {
  command: `${REPRO} --scenario kernel-gives-up`,
  shows: 'whose timer ends an attempt',
};
const closedPort: Suggestion = {
  command: `${REPRO} --scenario refused-needs-a-closed-port`,
  shows: 'what an overflow is not',
};

/** What to try after a run about clients that wait; nothing for any other. */
export function nextAfterTimeouts({ scenario, seen }: ReportInput): readonly Suggestion[] {
  switch (scenario.id) {
    case 'syn-retransmissions':
      return [otherSchedule(seen.plan.parameters.sysctls.client[LINEAR] === '0'), givesUp];
    case 'kernel-gives-up':
      return [closedPort, schedule];
    case 'refused-needs-a-closed-port':
      return [givesUp, patience];
    case 'short-and-long-timeouts':
      return [schedule, givesUp];
    case 'slow-accept':
      return [patience, closedPort];
    default:
      return [];
  }
}

const otherSchedule = (doubles: boolean): Suggestion => ({
  command: `${REPRO} --scenario syn-retransmissions --syn-retries 2 --syn-linear-timeouts ${doubles ? 4 : 0}`,
  shows: doubles ? 'as today' : 'as before 6.5',
});
