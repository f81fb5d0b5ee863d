import path from 'node:path';
import { expect } from 'vitest';
import type { Prediction } from '../../harness/domain/prediction.ts';
import type { FindingKind } from '../../harness/domain/verdict.ts';
import { type Judgement, judgeEvidence } from '../../harness/reproduce.ts';
import { readEvidence } from '../../harness/run-folder.ts';
import type { CommandOptions, Ended, Installation } from './installation.ts';

/** What the tests read of the JSON of a run. */
export interface RunJson {
  readonly scenario: string;
  readonly verdict: FindingKind;
  readonly reason: string;
  readonly claims: readonly { readonly id: string; readonly verdict: FindingKind }[];
  readonly prediction: Prediction;
  readonly outcomes: Readonly<
    Record<'connected' | 'timedOut' | 'refused' | 'reset' | 'failed' | 'unsettled', number>
  >;
  readonly listener: object;
  readonly counters: Readonly<Record<'server' | 'client', Readonly<Record<string, number>>>>;
  readonly wire: Readonly<
    Record<'syns' | 'synRetransmissions' | 'synAcks' | 'refusedSyns' | 'rsts', number>
  >;
  readonly ledger: {
    readonly balanced: boolean;
    readonly identities: readonly { readonly name: string; readonly status: string }[];
  };
  readonly runFolder: string;
}

export interface Reproduction {
  readonly json: RunJson;
  /** The same evidence, judged by the sources that are tested. */
  readonly judgement: Judgement;
}

/** The JSON of a command that was to end with this exit code and to print nothing else. */
export function jsonOf<Shape>(ended: Ended, exitCode: number): Shape {
  expect(ended, `${ended.stdout}\n${ended.stderr}`).toMatchObject({ exitCode, signal: null });
  return JSON.parse(ended.stdout) as Shape;
}

/** Carries a run out that is to end well: its books balance and no claim is open. */
export async function reproduce(
  installation: Installation,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Reproduction> {
  const given = ['--json', '--runs-dir', installation.newFolder(), ...args];
  const ended = await installation.run(given, options);
  const json = jsonOf<RunJson>(ended, 0);
  expect(json.ledger.balanced, JSON.stringify(json.ledger.identities)).toBe(true);
  const folder = path.resolve(installation.folder, json.runFolder);
  return { json, judgement: judgeEvidence(readEvidence(folder)) };
}

/** The claims of a run and what was found about each. */
export const findings = ({ claims }: RunJson): Readonly<Record<string, FindingKind>> =>
  Object.fromEntries(claims.map(({ id, verdict }) => [id, verdict]));
