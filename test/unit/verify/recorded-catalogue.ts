/** Catalogues whose runs were recorded: judged from their evidence, damaged where a test wants it. */
import type {
  CatalogueOutcome,
  CatalogueRun,
  CatalogueVerdict,
  Disagreement,
} from '../../../harness/domain/catalogue.ts';
import { HarnessError } from '../../../harness/domain/harness-error.ts';
import type { Finding } from '../../../harness/domain/verdict.ts';
import { jsonReport } from '../../../harness/report/json.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { judgeCatalogue } from '../../../harness/verdict/catalogue-verdict.ts';
import { workList } from '../../../harness/work-list.ts';
import type { Damage } from '../../helpers/damage.ts';
import { fixture } from '../../helpers/fixtures.ts';

const unharmed: Damage = (evidence) => evidence;

/** The outcome of a recorded run, named after its fixture. */
export function recorded(name: string, damage: Damage = unharmed): CatalogueOutcome {
  const judgement = judgeEvidence(damage(fixture(name)));
  const { scenario, seen, verdict } = judgement;
  const { kernelRelease: release, architecture, distribution } = seen.surroundings;
  const runFolder = `runs/time-verify/${name}`;
  return {
    kind: 'judged',
    run: runNamed(name, scenario, verdict.claims),
    tookMs: 2_500,
    runFolder,
    verdict,
    kernel: { release, architecture, distribution },
    report: jsonReport({ ...judgement, runFolder }),
  };
}

const runNamed = (
  label: string,
  scenario: CatalogueRun['scenario'],
  claims: CatalogueRun['claims'],
): CatalogueRun => ({
  label,
  scenario,
  variant: { name: '', parameters: {}, lastsMs: 2_500 },
  parameters: scenario.defaults,
  claims,
});

/** The same run, had it failed. */
export function failed(name: string, message = 'It did not start.'): CatalogueOutcome {
  const { run } = recorded(name);
  const error = new HarnessError('SERVER_FAILED', message, { remedy: 'look at its log' });
  return { kind: 'failed', run, tookMs: 700, runFolder: null, error };
}

/** The outcome with another finding about one of its claims. */
export function finding(outcome: CatalogueOutcome, id: string, found: Finding): CatalogueOutcome {
  if (outcome.kind === 'failed') throw new Error('A failed run has no findings.');
  const claims = outcome.verdict.claims.map((claim) =>
    claim.id === id ? { ...claim, finding: found } : claim,
  );
  return { ...outcome, verdict: { ...outcome.verdict, claims } };
}

interface Circumstances {
  readonly strict?: boolean;
  readonly disagreements?: readonly Disagreement[];
}

/** The verdict about exactly the claims that these runs were to test. */
export function catalogueOf(
  outcomes: readonly CatalogueOutcome[],
  { strict = false, disagreements = [] }: Circumstances = {},
): CatalogueVerdict {
  const scenarios = [...new Set(outcomes.map(({ run }) => run.scenario))];
  const ids = new Set(outcomes.flatMap(({ run }) => run.claims.map(({ id }) => id)));
  const isChosen = ({ id }: { readonly id: string }): boolean => ids.has(id);
  const list = workList(scenarios, { profile: 'default', family: 4, isChosen }, '6.18.0');
  return judgeCatalogue({
    workList: list,
    outcomes,
    disagreements,
    kernel: { release: '1.2.3', architecture: 'none', distribution: 'none' },
    strict,
    wallMs: 3_000,
    folder: 'runs/time-verify',
  });
}
