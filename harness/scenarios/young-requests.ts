/**
 * Claims put to the test here: 001-f, 000-e.
 *
 * Both documents quote the same line of the kernel: a SYN for a full accept queue is dropped only
 * if more than one request is young, that is, has not had its SYN-ACK repeated yet. So one client
 * knocks alone, when no request is there, and others together right behind it.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { CLOSING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { knockingWaves, predictYoung } from '../kernel/predict-young.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { decide } from '../verdict/testimony.ts';
import { clientsOf, connectionsOf, growthBetween } from '../verdict/waves.ts';
import { assertOneSyn, assertServerSysctl, ONE_SYN_MS, repeatedItsSyn } from './one-syn.ts';
import { connectAndSettle, DEFAULTS, plannedLimit, planOf, snapshotStep } from './parts.ts';
import { wasDue } from './slow-machine.ts';

const ID = 'young-requests';
const LONE = 'lone';
const BURST = 'burst';
const FULL = 'full';
const KNOCKED_ALONE = 'knocked-alone';

function middle(parameters: Parameters): readonly Step[] {
  const { first, lone, burst } = knockingWaves(parameters.clients, plannedLimit(parameters) + 1);
  const atOnce: Parameters = { ...parameters, arrivals: { kind: 'burst' } };
  return [
    ...connectAndSettle(parameters, 'first', first),
    snapshotStep(FULL),
    ...connectAndSettle(atOnce, LONE, lone),
    snapshotStep(KNOCKED_ALONE),
    ...connectAndSettle(atOnce, BURST, burst),
  ];
}

function assertDecidable(parameters: Parameters): void {
  assertOneSyn(parameters);
  assertServerSysctl(
    parameters,
    'net.ipv4.tcp_abort_on_overflow',
    0,
    'it would reset young requests at once where a kernel still admits them',
  );
}

/** On kernels that answer the lone client, its request must still be young when the others come. */
function aged(seen: Observations): Obstacle | null {
  const hasAged = seen.connections.some(({ synAcks }) =>
    synAcks.some((synAck) => wasDue(synAcks, synAck)),
  );
  return hasAged
    ? {
        reason:
          'the machine was too slow: a request had its SYN-ACK repeated, so it was young no more',
        remedy: 'start the run again when the machine is less busy',
      }
    : repeatedItsSyn(seen);
}

const wordsOf = (alone: number | undefined, together: number | undefined): string | undefined =>
  alone === undefined || together === undefined
    ? undefined
    : `SYNs answered: ${alone} alone, ${together} in the burst`;

const connectedIn = (seen: Observations, wave: string): number =>
  clientsOf(seen, wave).filter(({ outcome }) => outcome.kind === 'connected').length;

const answeredIn = (seen: Observations, wave: string): number =>
  connectionsOf(seen, wave).filter(({ state }) => state !== 'unanswered').length;

function droppedIfTwoAreYoung(id: string, document: Claim['document'], statement: string): Claim {
  return {
    id,
    document,
    statement,
    notExercisedBecause: ({ clients, sysctls }, { acceptQueueCapacity }) => {
      if (acceptQueueCapacity < 3) return 'the SYN queue itself is full; pass --backlog 2 or more';
      if (sysctls.server['net.ipv4.tcp_syncookies'] === '2') {
        return 'a client with a SYN cookie is no request; pass --syncookies 1';
      }
      return clients < acceptQueueCapacity + 3
        ? `nobody comes in a burst to the full queue; pass --clients ${acceptQueueCapacity + 3} or more`
        : null;
    },
    judge: (seen) =>
      decide({
        documented:
          'one SYN alone is answered, and one of the burst; then two requests are young and SYNs are dropped',
        documentedValue: wordsOf(1, 1) ?? '',
        statements: [
          {
            witness: 'clients',
            of: 'clients connected',
            value: wordsOf(connectedIn(seen, LONE), connectedIn(seen, BURST)),
          },
          {
            witness: 'packets',
            of: 'connections with a SYN-ACK',
            value: wordsOf(answeredIn(seen, LONE), answeredIn(seen, BURST)),
          },
          {
            witness: 'counters',
            of: 'CurrEstab of the client',
            value: wordsOf(
              growthBetween(seen, [FULL, KNOCKED_ALONE], 'client', 'CurrEstab'),
              growthBetween(seen, [KNOCKED_ALONE, CLOSING_SNAPSHOT], 'client', 'CurrEstab'),
            ),
          },
        ],
        otherRules: [
          { rule: KERNEL_RULES.synRefusedOnFullAcceptQueue, value: wordsOf(0, 0) ?? '' },
        ],
      }),
  };
}

export const youngRequests: Scenario = {
  id: ID,
  title: 'A full accept queue drops every SYN, young requests or not',
  story:
    'Documents quote kernel code by which a SYN for a full accept queue is dropped only if more than one request is young. So one client knocks alone, then four at once: by that code the first is answered and one of the four. Today none is.',
  claims: [
    droppedIfTwoAreYoung(
      '001-f',
      '001',
      'A SYN is dropped if the accept queue is full and more than one request is young.',
    ),
    droppedIfTwoAreYoung(
      '000-e',
      '000',
      'What drops it is the line of the kernel that asks whether the accept queue is full and more than one request is young.',
    ),
  ],
  defaults: { ...DEFAULTS, clients: 8, connectTimeoutMs: ONE_SYN_MS },
  variants: [{ name: '', parameters: {}, lastsMs: 2 * ONE_SYN_MS }],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  spoiledBy: aged,
  predict: predictYoung,
};
