/**
 * Claims put to the test here: 001-b (ii), 000-b, 001-c.
 *
 * From 4.10 on a client is fooled only if its SYN was admitted before the accept queue filled. So
 * the first clients fill all places but one; then a gate holds back every segment of the clients
 * except SYNs while the others connect. When the gate opens, each repeated SYN-ACK draws the ACK
 * again: the first takes the last place, the ACKs of all others are dropped.
 */
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import { predictFooled } from '../kernel/predict.ts';
import {
  abortOnOverflowDecides,
  abortsOnOverflow,
  acknowledgementDropped,
  HELD_BACK,
  LATE,
  silentlyForgotten,
} from './fooled-claims.ts';
import { notDecidable, SYNACK_RETRIES, synAckRetries } from './held-clients.ts';
import { admitBehindGate, FIRST, openedLate } from './last-place.ts';
import {
  connectAndSettle,
  DEFAULTS,
  plannedLimit,
  planOf,
  settledStep,
  snapshotStep,
} from './parts.ts';

const ID = 'fooled-client';
/** For a machine that is busy with something else. */
const SLACK_MS = 20_000;

/** 1 + 2 + 4 + ... + 2^retries seconds, then an eighth for the timer wheel and some for a busy machine. */
const forgottenAfterMs = (retries: number): number => (2 ** (retries + 1) - 1) * 1_125 + SLACK_MS;

function middle(parameters: Parameters): readonly Step[] {
  const first = Math.min(parameters.clients, plannedLimit(parameters));
  const late = parameters.clients - first;
  const fill = connectAndSettle(parameters, FIRST, first);
  if (late === 0) return fill;
  const retries = synAckRetries(parameters);
  return [
    ...fill,
    ...admitBehindGate(parameters, [{ wave: LATE, clients: late }], [snapshotStep(HELD_BACK)]),
    {
      kind: 'await',
      condition: { kind: 'syn-queue-length', equals: 0 },
      deadlineMs: forgottenAfterMs(retries),
    },
    settledStep(parameters, LATE, late),
    ...stopWaiting(parameters),
  ];
}

/** A claim speaks of the clients' read timeout, so the run lasts until it has passed. */
const stopWaiting = ({ readTimeoutMs }: Parameters): readonly Step[] =>
  readTimeoutMs === null
    ? []
    : [
        {
          kind: 'await',
          condition: { kind: 'wave-ended', wave: LATE },
          deadlineMs: readTimeoutMs + SLACK_MS,
        },
      ];

/** Some wishes make it a matter of chance who gets the last place. */
function assertDecidable(parameters: Parameters): void {
  const late = parameters.clients - plannedLimit(parameters);
  if (late > 0 && synAckRetries(parameters) === 0) {
    throw notDecidable(
      'without a repeated SYN-ACK no client is fooled',
      '--synack-retries 1 or more',
    );
  }
  if (parameters.sendBytes > 0 && abortsOnOverflow(parameters) && late > plannedLimit(parameters)) {
    throw notDecidable(
      'a client with a SYN cookie may send its data before a request does, and no cookie is reset',
      '--send 0, --abort-on-overflow 0, or fewer --clients',
    );
  }
}

export const fooledClient: Scenario = {
  id: ID,
  title: 'A fooled client believes in a connection that the server does not have',
  story:
    'The SYN of the last client is admitted while there is still a place, but its ACK arrives when the accept queue is full. The server drops the ACK, repeats its SYN-ACK a few times and forgets. The client is connected all the while, and waits for an answer in vain.',
  claims: [acknowledgementDropped, silentlyForgotten, abortOnOverflowDecides],
  defaults: {
    ...DEFAULTS,
    readTimeoutMs: 3_000,
    sysctls: { server: { [SYNACK_RETRIES]: '2' }, client: {} },
  },
  variants: [
    {
      name: 'one-repetition',
      parameters: { sysctls: { server: { [SYNACK_RETRIES]: '1' }, client: {} } },
      lastsMs: 3_100,
    },
    { name: 'two-repetitions', parameters: {}, lastsMs: 7_100, profile: 'default' },
    {
      name: 'five-repetitions',
      parameters: { sysctls: { server: { [SYNACK_RETRIES]: '5' }, client: {} } },
      lastsMs: 63_500,
      profile: 'documented',
    },
  ],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  spoiledBy: openedLate,
  predict: (parameters, kernel) =>
    predictFooled({ ...parameters, sendsData: parameters.sendBytes > 0 }, kernel),
};
