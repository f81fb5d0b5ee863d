import {
  type AppliedSysctl,
  type Evidence,
  FILES,
  type RunStatus,
  type Surroundings,
} from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { RunPlan } from '../domain/plan.ts';
import { HOSTS, type Host } from '../domain/tcp.ts';
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
    readJsonObject<Surroundings>(text, {
      kernelRelease: 'string',
      kernelVersion: 'string?',
      sandbox: 'string',
      lacks: 'array?',
    }),
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

const planned = ({ sysctls }: RunPlan): readonly { host: Host; key: string }[] =>
  HOSTS.flatMap((host) =>
    [...Object.keys(sysctls.required[host]), ...Object.keys(sysctls.pinned[host])].map((key) => ({
      host,
      key,
    })),
  );

/** Every key of the plan is in the file, also one that this kernel does not have. */
export const observeSysctls = (reader: EvidenceReader, plan: RunPlan): AppliedSysctl[] => {
  const values = reader.text(FILES.sysctls, readJsonList) ?? [];
  const applied = keepShaped<AppliedSysctl>(reader, FILES.sysctls, values, SYSCTL_SHAPE);
  for (const { host, key, asked, found } of applied.filter(isUnfulfilled)) {
    reader.note(FILES.sysctls, `${key} of the ${host} is ${found}, not the required ${asked}.`);
  }
  const isMissing = ({ host, key }: { readonly host: Host; readonly key: string }): boolean =>
    !applied.some((sysctl) => sysctl.host === host && sysctl.key === key);
  for (const { host, key } of planned(plan).filter(isMissing)) {
    reader.note(FILES.sysctls, `It says nothing of ${key} of the ${host}, which the plan sets.`);
  }
  return applied;
};
