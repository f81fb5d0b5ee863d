/**
 * Claims put to the test here: 000-f, once for a dropped final ACK and once for a refused SYN.
 *
 * The first clients fill all places but one; a gate holds back the ACKs of the late ones until all
 * of them are requests. When the gate opens, the first repetition of their SYN-ACKs draws the ACKs:
 * one takes the last place, the others are dropped. Then tcp_abort_on_overflow is set to 1, another
 * client's SYN is refused, and the second repetition draws the ACKs again: dropped, and each
 * answered by a RST. So the kernel drops in every way it knows, and the probe is watched.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { Parameters } from '../domain/parameters.ts';
import { OPENING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import { predictProbe, probeWaves } from '../kernel/predict-probe.ts';
import {
  connectAndSettle,
  connectStep,
  DEFAULTS,
  plannedLimit,
  plannedSysctl,
  planOf,
  settledStep,
} from './parts.ts';
import { droppedAckSeen, refusedSynSeen } from './probe-claims.ts';

const ID = 'kernel-probe';
const SYNACK_RETRIES = 'net.ipv4.tcp_synack_retries';
const DEADLINE_MS = 20_000;
const LATE = 'late';

/** All late clients become requests, and all but one of their ACKs are dropped. */
const dropFinalAcks = (parameters: Parameters, late: number): readonly Step[] => [
  { kind: 'gate', closed: true },
  // At once, whatever the arrivals: the gate must open before the first SYN-ACK is repeated.
  connectStep({ ...parameters, arrivals: { kind: 'burst' } }, LATE, late),
  {
    kind: 'await',
    condition: {
      kind: 'first-syns-met',
      wave: LATE,
      sinceSnapshot: OPENING_SNAPSHOT,
      atLeast: late,
    },
    deadlineMs: DEADLINE_MS,
  },
  { kind: 'gate', closed: false },
  {
    kind: 'await',
    condition: { kind: 'accept-queue-length', equals: plannedLimit(parameters) + 1 },
    deadlineMs: DEADLINE_MS,
  },
  {
    kind: 'await',
    condition: {
      kind: 'counter-grown',
      counter: 'ListenOverflows',
      sinceSnapshot: OPENING_SNAPSHOT,
      atLeast: late - 1,
    },
    deadlineMs: DEADLINE_MS,
  },
  { kind: 'set-sysctl', host: 'server', key: 'net.ipv4.tcp_abort_on_overflow', value: '1' },
];

function middle(parameters: Parameters): readonly Step[] {
  const { first, late, refused } = probeWaves(parameters.clients, plannedLimit(parameters));
  const fill = connectAndSettle(parameters, 'first', first);
  if (late === 0) return fill;
  return [
    ...fill,
    ...dropFinalAcks(parameters, late),
    ...connectAndSettle(parameters, 'refused', refused),
    {
      kind: 'await',
      condition: { kind: 'syn-queue-length', equals: 0 },
      deadlineMs: DEADLINE_MS,
    },
    settledStep(parameters, LATE, late),
  ];
}

function assertDecidable(parameters: Parameters): void {
  if (plannedSysctl(parameters, 'server', SYNACK_RETRIES) < 2) {
    throw notDecidable(
      'only a second repetition of the SYN-ACK draws a RST',
      '--synack-retries 2 or more',
    );
  }
  if (plannedSysctl(parameters, 'server', 'net.ipv4.tcp_syncookies') === 2) {
    throw notDecidable('a client with a SYN cookie is no request', '--syncookies 0 or 1');
  }
}

const notDecidable = (why: string, remedy: string): HarnessError =>
  new HarnessError('USAGE', `Cannot predict these parameters: ${why}.`, {
    remedy: `pass ${remedy}`,
  });

export const kernelProbe: Scenario = {
  id: ID,
  title: 'A kernel probe sees a dropped ACK, and is blind for a refused SYN',
  story:
    'The kernel’s own trace events are recorded while the accept queue is full: final ACKs are dropped, then a SYN is refused. A probe on kfree_skb (dropwatch, perf, bpftrace; systemtap in the document) sees every dropped ACK with its reason. Of a refused SYN, by far the most frequent drop today, it sees nothing: only ListenOverflows and ListenDrops count it.',
  claims: [droppedAckSeen, refusedSynSeen],
  defaults: {
    ...DEFAULTS,
    clients: 5,
    // Shorter than the first repetition of a SYN: a refused client is refused once.
    connectTimeoutMs: 900,
    sysctls: { server: { [SYNACK_RETRIES]: '2' }, client: {} },
  },
  usesTrace: true,
  variants: [{ name: '', parameters: {}, lastsMs: 3_200 }],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  predict: predictProbe,
};
