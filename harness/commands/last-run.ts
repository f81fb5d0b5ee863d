/** Finds, among the stored runs, the last one that put a claim to the test. */
import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FILES, type RunStatus, type Surroundings } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { RunPlan } from '../domain/plan.ts';
import type { JudgedClaim } from '../domain/verdict.ts';
import { planProblem } from '../evidence/plan-shape.ts';
import { type Judgement, judgeEvidence, predictFromPlan } from '../reproduce.ts';
import { readEvidence } from '../run-folder.ts';
import { scenarioNamed } from '../scenarios/catalogue.ts';

export interface LastRun {
  readonly folder: string;
  readonly judgement: Judgement;
  /** The claim as this run was judged. */
  readonly judged: JudgedClaim;
}

/**
 * A finder for one runs folder, which need not exist. Plans are read from the newest run on; only
 * a run that puts the claim to the test is judged, once for all its claims.
 */
export function lastRunFinder(runsDir: string): (claim: string) => LastRun | null {
  const folders = runFolders(runsDir);
  const judgements = new Map<string, Judgement | null>();
  const judgementOf = (folder: string): Judgement | null => {
    const judgement = judgements.get(folder) ?? judged(folder);
    judgements.set(folder, judgement);
    return judgement;
  };
  return (claim) => {
    for (const folder of folders) {
      if (!tests(folder, claim)) continue;
      const judgement = judgementOf(folder);
      const found = judgement?.verdict.claims.find(({ id }) => id === claim);
      if (judgement && found) return { folder, judgement, judged: found };
    }
    return null;
  };
}

/** Names begin with a UTC time stamp. Runs of a catalogue, or of an incident, lie together in one. */
const STAMPED = /^\d{8}-\d{6}\.\d{3}-/;

/** Newest first. */
function runFolders(runsDir: string): readonly string[] {
  return foldersIn(runsDir)
    .filter((name) => STAMPED.test(name))
    .flatMap((name) =>
      existsSync(path.join(runsDir, name, FILES.plan))
        ? [name]
        : foldersIn(path.join(runsDir, name)).map((inner) => path.join(name, inner)),
    )
    .sort((left, right) => (startOf(left) < startOf(right) ? 1 : -1))
    .map((name) => path.join(runsDir, name));
}

/** Runs of a catalogue may have a stamp of their own. */
function startOf(name: string): string {
  const inner = path.basename(name);
  return STAMPED.test(inner) ? inner : name;
}

function foldersIn(folder: string): readonly string[] {
  return entriesOf(folder).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Whether the run came to its end, and its parameters exercise the claim. */
function tests(folder: string, claimId: string): boolean {
  const plan = json<RunPlan>(folder, FILES.plan);
  if (planProblem(plan) !== undefined || plan === undefined) return false;
  const scenario = scenarioNamed(plan.scenario);
  const claim = scenario?.claims.find(({ id }) => id === claimId);
  if (scenario === undefined || claim === undefined) return false;
  if (json<RunStatus>(folder, FILES.status)?.status !== 'complete') return false;
  const release = json<Surroundings>(folder, FILES.surroundings)?.kernelRelease ?? '';
  return (
    unlessUnreadable(
      () =>
        claim.notExercisedBecause(plan.parameters, predictFromPlan(scenario, plan, release)) ===
        null,
    ) ?? false
  );
}

const judged = (folder: string): Judgement | null =>
  unlessUnreadable(() => judgeEvidence(readEvidence(folder)));

/** Null for a damaged run: an older one may tell instead. */
function unlessUnreadable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof HarnessError) return null;
    throw error;
  }
}

/** Undefined where there is no such file, or no JSON in it. */
function json<T>(folder: string, file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as T;
  } catch {
    return undefined;
  }
}
