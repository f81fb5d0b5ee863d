import type { PhaseRole } from '../../domain/incident.ts';
import type { Observations } from '../../domain/observations.ts';
import type { Parameters } from '../../domain/parameters.ts';
import type { Claim } from '../../domain/scenario.ts';
import type { Finding, Testimony } from '../../domain/verdict.ts';
import { decide } from '../../verdict/testimony.ts';

/**
 * How often one witness saw a symptom; undefined: this witness is not here. Neither is one whose
 * count is negative, as a difference may be that two readings do not bear out.
 */
export interface Sighting {
  readonly witness: Testimony['witness'];
  /** What was counted, for example `requests that the provider never saw`. */
  readonly of: string;
  readonly count: number | undefined;
}

/** What goes wrong in an incident, and must no longer once it is repaired. */
export interface Symptom extends Pick<Claim, 'id' | 'document' | 'statement'> {
  /** From two kinds of witnesses at least. They need not count the same, but all must see it or none. */
  readonly sightings: (seen: Observations) => readonly Sighting[];
  /** Which phases put it to the test; absent: the fault and every remedy. */
  readonly phases?: readonly string[];
}

const PRESENT = 'it shows';
const ABSENT = 'it does not show';

/**
 * A symptom as a claim: in the fault every witness must have seen it at least once, in a remedy
 * none may. `roleOf` is of the incident's phases; a phase that is only measured tests nothing.
 */
export const symptomClaim = (
  symptom: Symptom,
  roleOf: (phase: string | undefined) => PhaseRole | undefined,
): Claim => ({
  id: symptom.id,
  document: symptom.document,
  statement: symptom.statement,
  notExercisedBecause: ({ phase }) => untested(symptom, phase, roleOf(phase)),
  judge: (seen) => judgeSymptom(symptom, seen, roleOf(seen.plan.parameters.phase)),
});

function untested(
  { phases }: Symptom,
  phase: Parameters['phase'],
  role: PhaseRole | undefined,
): string | null {
  if (role === undefined) return 'this run is none of the phases of the incident';
  if (role === 'measured') return 'this phase is measured, not judged';
  return phases === undefined || phases.includes(phase ?? '')
    ? null
    : `the phase ${phase} does not concern it`;
}

function judgeSymptom(symptom: Symptom, seen: Observations, role: PhaseRole | undefined): Finding {
  const sightings = symptom.sightings(seen).map(({ count, ...sighting }) => ({
    ...sighting,
    count: count === undefined || count < 0 ? undefined : count,
  }));
  const expected = role === 'fault' ? PRESENT : ABSENT;
  const finding = decide({
    documented: `${role === 'fault' ? 'with the fault' : 'repaired'}: ${expected}`,
    documentedValue: expected,
    statements: sightings.map(({ witness, of, count }) => ({
      witness,
      of,
      value: count === undefined ? undefined : count > 0 ? PRESENT : ABSENT,
    })),
  });
  const counted = sightings.filter(({ count }) => count !== undefined);
  const words = counted.map(({ of, count }) => `${of}: ${count}`);
  const testimonies = counted.map(({ witness }, index) => ({ witness, says: words[index] ?? '' }));
  if (finding.kind === 'inconclusive') {
    const reason = `${finding.reason.split(':')[0]}: ${words.join('; ')}`;
    return { ...finding, reason, testimonies };
  }
  return { ...finding, observed: words.join('; '), testimonies };
}
