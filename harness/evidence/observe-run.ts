import {
  type AppliedSysctl,
  type Evidence,
  FILES,
  type RunStatus,
  type Surroundings,
} from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { RunPlan } from '../domain/plan.ts';
import { createEvidenceReader, type EvidenceReader, keepShaped } from './evidence-reader.ts';
import { readJsonList, readJsonObject } from './json-text.ts';
import { planProblem } from './plan-shape.ts';

const unreadablePlan = (problem: string): HarnessError =>
  new HarnessError('EVIDENCE_UNREADABLE', `Cannot judge this run folder: ${problem}`, {
    remedy:
      'give the folder of a run (it has a plan.json), and judge it with the version of ' +
      'backlog-lab that recorded it.',
  });

/**
 * The plan tells what all other evidence is evidence of. Throws HarnessError EVIDENCE_UNREADABLE
 * when it is missing, no JSON, or of another schema version.
 */
export const readPlan = (evidence: Evidence): RunPlan => {
  const reader = createEvidenceReader(evidence);
  const plan = reader.text(FILES.plan, (text) =>
    readJsonObject<RunPlan>(text, { schemaVersion: 'number' }),
  );
  const [problem] = reader.problems;
  if (plan === undefined) throw unreadablePlan(`${FILES.plan}: ${problem?.problem}`);
  if (plan.schemaVersion !== 1) {
    throw unreadablePlan(`${FILES.plan} has schema version ${plan.schemaVersion}, not 1.`);
  }
  const misshapen = planProblem(plan);
  if (misshapen !== undefined) throw unreadablePlan(`${FILES.plan}: ${misshapen}`);
  return plan;
};

const UNKNOWN_SURROUNDINGS: Surroundings = {
  schemaVersion: 1,
  harnessVersion: 'unknown',
  kernelRelease: 'unknown',
  architecture: 'unknown',
  distribution: 'unknown',
  nodeVersion: 'unknown',
  cpus: 0,
  sandbox: 'unknown',
  privilege: 'unknown',
  tools: {},
  startedAt: 'unknown',
};

/** What the file does not say is 'unknown', and 0 processors. */
export const observeSurroundings = (reader: EvidenceReader): Surroundings => ({
  ...UNKNOWN_SURROUNDINGS,
  ...reader.text(FILES.surroundings, (text) =>
    readJsonObject<Surroundings>(text, { kernelRelease: 'string', sandbox: 'string' }),
  ),
});

const CUT_OFF: RunStatus = {
  schemaVersion: 1,
  status: 'failed',
  reason: 'The run was cut off before it could write its status.',
};

export const observeStatus = (reader: EvidenceReader): RunStatus =>
  reader.text(FILES.status, (text) =>
    readJsonObject<RunStatus>(text, { status: ['complete', 'aborted', 'failed'] }),
  ) ?? CUT_OFF;

const SYSCTL_SHAPE = {
  host: ['server', 'client'],
  key: 'string',
  asked: 'string',
  found: 'string|null',
  requirement: ['required', 'pinned'],
} as const;

const inOneSpacing = (value: string): string => value.trim().split(/\s+/).join(' ');

/** A run whose required value did not come into force ends before its first step. */
const isUnfulfilled = ({ requirement, asked, found }: AppliedSysctl): boolean =>
  requirement === 'required' && found !== inOneSpacing(asked);

export const observeSysctls = (reader: EvidenceReader): AppliedSysctl[] => {
  const values = reader.text(FILES.sysctls, readJsonList) ?? [];
  const applied = keepShaped<AppliedSysctl>(reader, FILES.sysctls, values, SYSCTL_SHAPE);
  for (const { host, key, asked, found } of applied.filter(isUnfulfilled)) {
    reader.note(FILES.sysctls, `${key} of the ${host} is ${found}, not the required ${asked}.`);
  }
  return applied;
};
