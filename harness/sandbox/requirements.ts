import { HarnessError } from '../domain/harness-error.ts';
import type { RunPlan } from '../domain/plan.ts';
import { findCommand } from './command-path.ts';

/** Commands that every run starts. */
const ALWAYS = ['unshare', 'nsenter', 'taskset', 'ip', 'ss', 'tcpdump', 'sh'] as const;

/** The commands a plan cannot do without. */
export const commandsFor = (plan: RunPlan): readonly string[] =>
  plan.steps.some(({ kind }) => kind === 'gate') ? [...ALWAYS, 'nft'] : ALWAYS;

/** Fails before anything is started (`TOOL_MISSING`), naming everything that is missing at once. */
export const assertCommandsFound = (plan: RunPlan): void =>
  assertFound(commandsFor(plan), `run '${plan.scenario}'`);

/** Throws `TOOL_MISSING` if one of the commands is not there. */
export function assertFound(commands: readonly string[], purpose: string): void {
  const missing = commands.filter((command) => findCommand(command) === undefined);
  if (missing.length === 0) return;
  throw new HarnessError(
    'TOOL_MISSING',
    `Cannot ${purpose} because this machine has no ${missing.join(', no ')}.`,
    { remedy: 'npm run setup installs what is missing, or prints the command that does' },
  );
}
