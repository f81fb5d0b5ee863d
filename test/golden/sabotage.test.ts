import { describe, expect, test } from 'vitest';
import { type Evidence, FILES } from '../../harness/domain/evidence.ts';
import type { Finding, FindingKind, Verdict } from '../../harness/domain/verdict.ts';
import { judgeEvidence } from '../../harness/reproduce.ts';
import { SCENARIOS } from '../../harness/scenarios/catalogue.ts';
import { type Damage, halved, removed, rewritten, substituted, textOf } from '../helpers/damage.ts';
import { FIXTURES, fixture } from '../helpers/fixtures.ts';
import { CAPTURE } from './damages/capture.ts';
import { CLUSTER, CLUSTER_ON_TWO_MACHINES } from './damages/cluster.ts';
import { COUNTERS, SNAPSHOTS } from './damages/counters.ts';
import {
  FULL_QUEUE,
  FULL_QUEUE_NEVER_CONTRADICTED,
  OTHER_FULL_QUEUES,
} from './damages/full-queue.ts';
import { HALF_OPEN_DAMAGES, HALF_OPEN_KERNELS } from './damages/half-open.ts';
import { NEVER_CONTRADICTED, OTHER_KERNELS as OTHER_QUEUES } from './damages/other-kernels.ts';
import { OWN_SERVER } from './damages/own-server.ts';
import { PROGRAMS } from './damages/programs.ts';
import { PROBE } from './damages/recorded.ts';
import { RUN } from './damages/run.ts';
import { OTHER_SERVERS, SERVING } from './damages/serving.ts';
import { SOCKETS } from './damages/sockets.ts';
import {
  OTHER_SYN_QUEUES,
  SYN_CLAIMS_NEVER_CONTRADICTED,
  SYN_QUEUE,
  SYN_QUEUE_OF_4_4,
} from './damages/syn-queue.ts';
import { OTHER_TIMEOUTS, TIMEOUTS, TIMEOUTS_NEVER_CONTRADICTED } from './damages/timeouts.ts';
import { FOREIGN_EVENTS, OTHER_PROBES, TRACE } from './damages/trace.ts';

const SINGLE_DAMAGES = [
  ...CAPTURE,
  ...COUNTERS,
  ...SNAPSHOTS,
  ...SOCKETS,
  ...PROGRAMS,
  ...RUN,
  ...TRACE,
  ...HALF_OPEN_DAMAGES,
  ...FULL_QUEUE,
  ...SYN_QUEUE,
  ...SERVING,
  ...TIMEOUTS,
  ...CLUSTER,
  ...OWN_SERVER,
];

const OTHER_KERNELS = [
  ...OTHER_QUEUES,
  ...OTHER_PROBES,
  ...HALF_OPEN_KERNELS,
  ...OTHER_FULL_QUEUES,
  ...OTHER_SYN_QUEUES,
  ...OTHER_SERVERS,
  ...OTHER_TIMEOUTS,
];

const NEVER = {
  ...NEVER_CONTRADICTED,
  ...FULL_QUEUE_NEVER_CONTRADICTED,
  ...SYN_CLAIMS_NEVER_CONTRADICTED,
  ...TIMEOUTS_NEVER_CONTRADICTED,
};

const GREEN: readonly FindingKind[] = ['confirmed', 'outdated'];

const verdictOf = (evidence: Evidence): Verdict => judgeEvidence(evidence).verdict;

const wordsOf = (finding: Finding): string =>
  finding.kind === 'inconclusive' ? finding.reason : finding.observed;

const scenarioOf = (name: string): string => judgeEvidence(fixture(name)).scenario.id;

const everythingSaid = ({ reason, claims }: Verdict): string =>
  [reason, ...claims.map(({ finding }) => wordsOf(finding))].join('\n');

describe('one place of the evidence is damaged', () => {
  test.each(SINGLE_DAMAGES)('$of: $what', ({ of, damage, ...damaged }) => {
    const { names, breaks, claims } = damaged;
    const verdict = verdictOf(damage(fixture(of)));
    expect(verdict.kind).toBe(damaged.verdict ?? 'inconclusive');
    expect(everythingSaid(verdict)).toContain(names);
    const undecided = verdict.claims.filter(({ finding }) => finding.kind === 'inconclusive');
    expect(undecided.map(({ id }) => id)).toEqual(claims ?? verdict.claims.map(({ id }) => id));
    const broken = verdict.ledger.identities
      .filter(({ status }) => status === 'broken' || status === 'unknown')
      .map(({ name }) => name);
    expect(broken).toEqual(breaks === undefined ? broken : expect.arrayContaining([breaks]));
  });

  test('there is a damage for every identity of the ledger', () => {
    const identities = FIXTURES.flatMap((name) =>
      verdictOf(fixture(name)).ledger.identities.map((identity) => identity.name),
    );
    const broken = new Set(SINGLE_DAMAGES.map(({ breaks }) => breaks));
    expect([...new Set(identities)].filter((name) => !broken.has(name))).toEqual([]);
  });
});

describe('all witnesses tell of another kernel', () => {
  test.each(OTHER_KERNELS)('$of: $what', ({ of, damage, contradicts }) => {
    const verdict = verdictOf(damage(fixture(of)));
    expect(everythingSaid(verdict)).not.toContain('the ledger does not balance');
    expect(verdict.kind).toBe('contradicted');
    const contradicted = verdict.claims.filter(({ finding }) => finding.kind === 'contradicted');
    expect(
      Object.fromEntries(contradicted.map(({ id, finding }) => [id, wordsOf(finding)])),
    ).toEqual(
      Object.fromEntries(
        Object.entries(contradicts).map(([id, words]) => [id, expect.stringContaining(words)]),
      ),
    );
  });

  test('every claim can be contradicted, or it is said why not', () => {
    const reachable = OTHER_KERNELS.flatMap(({ of, contradicts }) =>
      Object.keys(contradicts).map((id) => `${scenarioOf(of)} ${id}`),
    );
    const claims = SCENARIOS.flatMap(({ id, claims: its }) =>
      its.filter((claim) => !(claim.id in NEVER)).map((claim) => `${id} ${claim.id}`),
    );
    expect(claims.filter((claim) => !reachable.includes(claim))).toEqual([]);
  });
});

test('what another listener on the same port does is no matter', () => {
  const foreign = FOREIGN_EVENTS(fixture(PROBE));
  expect(verdictOf(foreign)).toEqual(verdictOf(fixture(PROBE)));
});

test('clocks of two machines are set against each other', () => {
  const one = judgeEvidence(fixture('cluster'));
  const two = judgeEvidence(CLUSTER_ON_TWO_MACHINES(fixture('cluster')));
  expect(two.seen.clients).toEqual(one.seen.clients);
  expect(two.verdict).toEqual(one.verdict);
});

describe('the kernel is another than it says', () => {
  const released = (release: string): Damage =>
    substituted(FILES.surroundings, /"kernelRelease": "[^"]+"/, `"kernelRelease": "${release}"`);

  test.each([
    ['3.10.0', 'syn-refused-on-full-accept-queue'],
    ['4.9.130', 'syn-refused-on-full-accept-queue'],
  ])('as %s it follows a rule of a later kernel, which is named', (release, rule) => {
    const { claims, kind } = verdictOf(released(release)(fixture('accept-queue-overflow')));
    expect(kind).toBe('outdated');
    expect(claims.at(-1)).toMatchObject({
      id: 'prediction',
      finding: { kind: 'outdated', rule: { id: rule } },
    });
  });

  test('it holds as many requests as 4.4, and that rule is named', () => {
    const { claims } = verdictOf(SYN_QUEUE_OF_4_4(fixture('syn-queue')));
    const rules = claims.flatMap(({ id, finding }) =>
      finding.kind === 'outdated' ? [[id, finding.observed, finding.rule.since]] : [],
    );
    expect(rules).toEqual([
      ['002-a', '8', '4.4'],
      ['001-g', '8', '4.4'],
      ['prediction', expect.stringContaining('predicted 9, measured 8 / 8'), '4.4'],
    ]);
  });

  test('as 5.10 it does the same here, and nothing is outdated but the document', () => {
    const { claims } = verdictOf(released('5.10.223')(fixture('fooled-client')));
    expect(claims.map(({ finding }) => finding.kind)).toContain('confirmed');
  });
});

/** Files that say nothing about a claim: what was called, what was drawn, what was concluded. */
const NO_WITNESSES = [
  'commands.jsonl',
  'sampler.json',
  'server.log',
  'server-1.log',
  'swarm-0.log',
  'report.txt',
  'verdict.json',
];
/** Of these, a run over IPv4 uses nothing. */
const IPV6_TABLE = /^snapshots\/[^/]+\/(?:server|client(?:-\d+)?)\/tcp6$/;

/** Only claims about a kernel probe use the trace; its damages have a table of their own. */
const TRACE_FILE = 'trace.txt';

const isWitness = (name: string, file: string): boolean =>
  file !== TRACE_FILE &&
  !NO_WITNESSES.includes(file) &&
  (name === 'overflow-ipv6' || !IPV6_TABLE.test(file));

const filesOf = (name: string): readonly string[] =>
  [...fixture(name).keys()].filter((file) => name !== PROBE || file !== TRACE_FILE).sort();

/** The plan is the question: without it there is nothing to judge. */
const evidenceFiles = (name: string): readonly string[] =>
  filesOf(name).filter((file) => file !== 'plan.json');

describe.each(FIXTURES)('a file of %s is damaged', (name) => {
  const witnesses = evidenceFiles(name).filter((file) => isWitness(name, file));
  const others = filesOf(name).filter((file) => !isWitness(name, file));

  test.each(witnesses)('without %s nothing is green', (file) => {
    const verdict = verdictOf(removed(file)(fixture(name)));
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.claims.filter(({ finding }) => GREEN.includes(finding.kind))).toEqual([]);
    expect(verdict.reason).toContain(file === 'status.json' ? 'its status' : file);
  });

  // Where nothing listens in the end `ss` prints nothing.
  const filled = witnesses.filter((file) => textOf(fixture(name), file).trim() !== '');

  test.each(filled)('with half of %s nothing is green', (file) => {
    expect(verdictOf(halved(file)(fixture(name))).kind).toBe('inconclusive');
  });

  // The samples draw a picture and are no witness, but a run without the file is not whole.
  test.each(filled.filter((file) => file !== 'samples.jsonl'))(
    'with nothing in %s nothing is green',
    (file) => {
      const emptied = rewritten(file, () => new Uint8Array());
      expect(verdictOf(emptied(fixture(name))).kind).toBe('inconclusive');
    },
  );

  test.each(others)('%s is no witness: without it the verdict stays', (file) => {
    expect(verdictOf(removed(file)(fixture(name)))).toEqual(verdictOf(fixture(name)));
  });

  test('without the plan there is no verdict', () => {
    for (const damage of [removed('plan.json'), halved('plan.json')]) {
      expect(() => verdictOf(damage(fixture(name)))).toThrow(
        expect.objectContaining({ code: 'EVIDENCE_UNREADABLE' }),
      );
    }
  });
});
