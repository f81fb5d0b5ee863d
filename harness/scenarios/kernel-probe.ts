/**
 * Claims put to the test here: 000-f, once for a dropped final ACK and once for a refused SYN.
 *
 * The first clients fill all places but one; a gate holds back the ACKs of the late ones until all
 * of them are requests. When the gate opens, the first repetition of their SYN-ACKs draws the ACKs:
 * one takes the last place, the others are dropped. Then tcp_abort_on_overflow is set to 1, another
 * client's SYN is refused, and the second repetition draws the ACKs again: dropped, and each
 * answered by a RST. So the kernel drops in every way it knows, and the probe is watched.
 */
import type { Parameters } from '../domain/parameters.ts';
import { OPENING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import { predictProbe, probeWaves } from '../kernel/predict-probe.ts';
import { notDecidable, SYNACK_RETRIES, synAckRetries } from './held-clients.ts';
import { admitBehindGate, FIRST, openedLate } from './last-place.ts';
import {
  awaitStep,
  connectAndSettle,
  DEFAULTS,
  plannedLimit,
  plannedSysctl,
  planOf,
  setOnServer,
  settledStep,
} from './parts.ts';
import { droppedAckSeen, refusedSynSeen } from './probe-claims.ts';

const ID = 'kernel-probe';
const LATE = 'late';

/** All late clients become requests, and all but one of their ACKs are dropped. */
const dropFinalAcks = (parameters: Parameters, late: number): readonly Step[] => [
  ...admitBehindGate(parameters, [{ wave: LATE, clients: late }]),
  awaitStep({ kind: 'accept-queue-length', equals: plannedLimit(parameters) + 1 }),
  awaitStep({
    kind: 'counter-grown',
    counter: 'ListenOverflows',
    sinceSnapshot: OPENING_SNAPSHOT,
    atLeast: late - 1,
  }),
  setOnServer('net.ipv4.tcp_abort_on_overflow', 1),
];

function middle(parameters: Parameters): readonly Step[] {
  const { first, late, refused } = probeWaves(parameters.clients, plannedLimit(parameters));
  const fill = connectAndSettle(parameters, FIRST, first);
  if (late === 0) return fill;
  return [
    ...fill,
    ...dropFinalAcks(parameters, late),
    ...connectAndSettle(parameters, 'refused', refused),
    awaitStep({ kind: 'syn-queue-length', equals: 0 }),
    settledStep(parameters, LATE, late),
  ];
}

function assertDecidable(parameters: Parameters): void {
  if (synAckRetries(parameters) < 2) {
    throw notDecidable(
      'only a second repetition of the SYN-ACK draws a RST',
      '--synack-retries 2 or more',
    );
  }
  if (plannedSysctl(parameters, 'server', 'net.ipv4.tcp_syncookies') === 2) {
    throw notDecidable('a client with a SYN cookie is no request', '--syncookies 0 or 1');
  }
}

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
  spoiledBy: openedLate,
  predict: predictProbe,
};
