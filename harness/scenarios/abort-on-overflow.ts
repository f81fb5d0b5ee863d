/**
 * Claims put to the test here, all with tcp_abort_on_overflow 1: 001-c (ACK stage), 001-c (SYN
 * stage), 001-c (SYN cookie).
 *
 * A full accept queue is met in three ways. With SYN cookies for every SYN some clients connect
 * behind a closed gate, so that the server never hears of them: nothing repeats a cookie, and they
 * may wait. Then requests are held behind the gate and the last place is taken. A further SYN
 * comes; the cookie clients send a byte, by which the server hears of them; and the SYN-ACKs of the
 * requests are repeated, which draws their ACKs.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { OPENING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { abortWaves, predictAbort } from '../kernel/predict-abort.ts';
import { growth } from '../verdict/figures.ts';
import { ackStage, COOKIES, cookieStage, REFUSED, REQUESTS, synStage } from './abort-claims.ts';
import { fillBehind, tooLate } from './last-place.ts';
import { assertOneSyn, assertServerSysctl, ONE_SYN_MS } from './one-syn.ts';
import {
  awaitStep,
  connectAndSettle,
  DEFAULTS,
  plannedLimit,
  plannedSysctl,
  planOf,
  setOnServer,
} from './parts.ts';

const ID = 'abort-on-overflow';
const ABORT = 'net.ipv4.tcp_abort_on_overflow';
const SYNCOOKIES = 'net.ipv4.tcp_syncookies';
const SYNACK_RETRIES = 'net.ipv4.tcp_synack_retries';

/** Connected by a SYN cookie, and the server does not know yet. */
const withCookies = (parameters: Parameters, clients: number): readonly Step[] =>
  clients === 0
    ? []
    : [
        setOnServer(SYNCOOKIES, 2),
        { kind: 'gate', closed: true },
        ...connectAndSettle(parameters, COOKIES, clients),
        { kind: 'gate', closed: false },
        setOnServer(SYNCOOKIES, 1),
      ];

/** A single byte each, by which their ACKs reach the server. */
const sendFrom = (clients: number): readonly Step[] =>
  clients === 0
    ? []
    : [
        { kind: 'send', wave: COOKIES, bytes: 1 },
        awaitStep({ ...counted('SyncookiesRecv'), atLeast: clients }),
      ];

const counted = (counter: string) =>
  ({ kind: 'counter-grown', counter, sinceSnapshot: OPENING_SNAPSHOT }) as const;

function middle(given: Parameters): readonly Step[] {
  const parameters: Parameters = {
    ...given,
    arrivals: { kind: 'burst' },
    sendBytes: 0,
    keepAliveMs: null,
  };
  const waves = abortWaves(given.clients, plannedLimit(given));
  if (waves.requests === 0) return connectAndSettle(parameters, 'all', given.clients);
  return [
    ...withCookies(parameters, waves.cookies),
    ...fillBehind(parameters, [{ wave: REQUESTS, clients: waves.requests }]),
    ...connectAndSettle(parameters, REFUSED, waves.refused),
    ...sendFrom(waves.cookies),
    awaitStep({ ...counted('EmbryonicRsts'), atLeast: waves.requests }),
  ];
}

function assertDecidable(parameters: Parameters): void {
  assertOneSyn(parameters);
  assertServerSysctl(parameters, ABORT, 1, 'with 0 no path draws a RST: see fooled-client');
  assertServerSysctl(parameters, SYNCOOKIES, 1, 'the scenario goes through 2 and 1 itself');
  if (plannedSysctl(parameters, 'server', SYNACK_RETRIES) === 0) {
    throw new HarnessError(
      'USAGE',
      'Cannot draw the ACKs of the requests because tcp_synack_retries 0 repeats no SYN-ACK.',
      { remedy: 'pass --synack-retries 1 or more' },
    );
  }
}

/** Nobody was answered with a cookie although the plan has clients for it. */
function withoutCookies(seen: Observations): Obstacle | null {
  const wanted = seen.clients.some(({ wave }) => wave === COOKIES);
  return wanted && growth(seen, 'server', 'SyncookiesSent') === 0
    ? {
        reason: 'this kernel sent no SYN cookie although tcp_syncookies was 2',
        remedy: 'run it on Linux 3.12 or later, built with SYN cookies',
      }
    : null;
}

export const abortOnOverflow: Scenario = {
  id: ID,
  title: 'tcp_abort_on_overflow resets those who were admitted, and nobody else',
  story:
    'tcp_abort_on_overflow is 1 and the accept queue is full. Two clients whose SYN had been admitted before send their ACK: RST. One more SYN comes: silence. A client with a SYN cookie sends its ACK: silence again, although it is connected in its own eyes.',
  claims: [ackStage, synStage, cookieStage],
  defaults: {
    ...DEFAULTS,
    clients: 7,
    connectTimeoutMs: ONE_SYN_MS,
    sysctls: { server: { [ABORT]: '1' }, client: {} },
  },
  variants: [{ name: '', parameters: {}, lastsMs: 1_100 }],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  spoiledBy: (seen) => tooLate(seen) ?? withoutCookies(seen),
  predict: predictAbort,
};
