import { expect, test } from 'vitest';
import type { Scenario } from '../../../harness/domain/scenario.ts';
import { SCENARIOS } from '../../../harness/scenarios/catalogue.ts';
import { type Choice, statedClaims, workList } from '../../../harness/work-list.ts';

const RELEASE = '6.18.0';
const EVERYTHING: Choice = { profile: 'default', family: 4, isChosen: undefined };

const of = (scenarios: readonly Scenario[], choice: Partial<Choice> = {}) =>
  workList(scenarios, { ...EVERYTHING, ...choice }, RELEASE);

/** The default scenario in variants of our own. */
function inVariants(...variants: Scenario['variants']): Scenario {
  const [scenario] = SCENARIOS;
  if (scenario === undefined) throw new Error('There is no scenario.');
  return { ...scenario, variants };
}

const VARIED = inVariants(
  { name: 'short', parameters: {}, lastsMs: 1_000 },
  { name: 'fits', parameters: { clients: 2 }, lastsMs: 3_000 },
  { name: 'long', parameters: { backlog: 5, clients: 7 }, lastsMs: 60_000, profile: 'documented' },
  { name: 'brief', parameters: {}, lastsMs: 2_000, profile: 'default' },
);

test('the longest comes first, and a run belongs to its profile', () => {
  const labels = (profile: Choice['profile']) =>
    of([VARIED], { profile }).runs.map(({ label }) => label);
  const id = VARIED.id;
  expect(labels('default')).toEqual([`${id}/fits`, `${id}/brief`, `${id}/short`]);
  expect(labels('documented')).toEqual([`${id}/long`, `${id}/fits`, `${id}/short`]);
});

test('a variant is the defaults with its own parameters, family and port', () => {
  const [run] = of([VARIED], { profile: 'documented', family: 6 }).runs;
  expect(run?.parameters).toEqual({
    ...VARIED.defaults,
    backlog: 5,
    clients: 7,
    family: 6,
    port: run?.parameters.port,
    sampleEveryMs: 40,
  });
});

test('no two runs share a port, and a choice of claims moves none', () => {
  const all = of(SCENARIOS).runs;
  const ports = new Map(all.map(({ label, parameters }) => [label, parameters.port]));
  expect(new Set(ports.values()).size).toBe(all.length);
  const some = of(SCENARIOS, { isChosen: ({ id }) => id === '003-c' }).runs;
  expect(some.length).toBeGreaterThan(0);
  for (const { label, parameters } of some) expect(parameters.port).toBe(ports.get(label));
});

test('only runs that put a chosen claim to the test are made', () => {
  const list = of([VARIED], { isChosen: ({ id }) => id === '001-b (i)' });
  // Two clients fit into a backlog of two: nobody comes too late.
  expect(list.runs.map(({ variant }) => variant.name)).toEqual(['brief', 'short']);
  expect(list.claims.map(({ id }) => id)).toEqual(['001-b (i)', 'prediction']);
  expect(list.untested).toEqual([]);
});

test('what no run tests is named, with the profile that does', () => {
  const late = inVariants({ name: '', parameters: {}, lastsMs: 1, profile: 'documented' });
  const list = of([late]);
  expect(list.runs).toEqual([]);
  expect(list.untested.map(({ id }) => id)).toEqual(list.claims.map(({ id }) => id));
  expect(list.untested[0]?.remedy).toBe('pass --profile documented');
});

test('every claim is stated once, the kernel rules last', () => {
  const ids = statedClaims(SCENARIOS).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.at(-1)).toBe('prediction');
  expect(ids.slice(0, -1)).toEqual(ids.slice(0, -1).toSorted());
});

test('the catalogue leaves no claim of the scenarios untested', () => {
  const { untested } = of(SCENARIOS);
  expect(untested).toEqual([]);
});
