/**
 * Claim put to the test here: 001-e.
 *
 * The accept queue is filled behind the back of a client, which then writes. Its kernel repeats the
 * data, and the run lasts until the client is told.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { predictLastPlace } from '../kernel/predict-last-place.ts';
import { diesByReset, SENDERS } from './fooled-sends-claims.ts';
import {
  assertHeldClientsWait,
  notDecidable,
  plannedForgottenMs,
  SYNACK_RETRIES,
  wavesOf,
} from './held-clients.ts';
import { fillBehind, tooLate } from './last-place.ts';
import { awaitStep, connectAndSettle, DEFAULTS, planOf } from './parts.ts';

const ID = 'fooled-client-sends';

/**
 * The data is repeated at doubling distances, so the first repetition after the request is gone
 * comes when twice that time has passed at most; an eighth for the timer wheel, some for a busy
 * machine.
 */
const resetDeadlineMs = (parameters: Parameters): number =>
  plannedForgottenMs(parameters) * 2 * 1.125 + 20_000;

function middle(parameters: Parameters): readonly Step[] {
  const { held } = wavesOf(parameters);
  if (held === 0) return connectAndSettle(parameters, 'all', parameters.clients);
  const { readTimeoutMs, sendBytes } = parameters;
  return [
    ...fillBehind(parameters, [{ wave: SENDERS, clients: held, behaves: { readTimeoutMs } }]),
    { kind: 'send', wave: SENDERS, bytes: sendBytes },
    awaitStep({ kind: 'clients-open', wave: SENDERS, equals: 0 }, resetDeadlineMs(parameters)),
  ];
}

/** Fits into one segment of IPv6 with options on Ethernet. */
const MOST_BYTES = 1_400;

function assertDecidable(parameters: Parameters): void {
  if (parameters.sendBytes === 0) {
    throw notDecidable('a client that is silent is never told', '--send 50');
  }
  if (parameters.sendBytes > MOST_BYTES) {
    throw notDecidable(
      'a request drops all segments but the first without counting them',
      `--send ${MOST_BYTES} or less, which fits into one`,
    );
  }
  if (parameters.keepAliveMs !== null) {
    throw notDecidable('a probe may draw the RST before the data does', 'no --keepalive');
  }
  assertHeldClientsWait(parameters);
}

/** Time enough for a repetition before the request is gone. */
const REPEATED_WITHIN_MS = 700;

/** A machine so slow that the data was not written while the request was still there. */
function wroteLate(seen: Observations): Obstacle | null {
  const forgottenMs = plannedForgottenMs(seen.plan.parameters);
  const late = seen.connections.some(({ data, synAcks }) => {
    const [wrote, answered] = [data[0]?.atMs, synAcks[0]?.atMs];
    if (wrote === undefined || answered === undefined) return false;
    return wrote - answered > forgottenMs - REPEATED_WITHIN_MS;
  });
  return late
    ? {
        reason:
          'the machine was too slow: the data left when its request was about to be forgotten',
        remedy: 'start the run again when the machine is less busy',
      }
    : null;
}

export const fooledClientSends: Scenario = {
  id: ID,
  title: 'A fooled client sends, and learns the truth by a RST',
  story:
    'A client is connected, but the server has dropped its ACK because the accept queue is full. It writes 50 bytes: its kernel sends them again and again, and nobody answers. Only when the server has forgotten the request does the next repetition draw a RST, and the client reads ECONNRESET.',
  claims: [diesByReset],
  defaults: {
    ...DEFAULTS,
    sendBytes: 50,
    sysctls: { server: { [SYNACK_RETRIES]: '1' }, client: {} },
  },
  variants: [
    { name: 'one-repetition', parameters: {}, lastsMs: 3_600, profile: 'default' },
    {
      name: 'five-repetitions',
      parameters: { sysctls: { server: { [SYNACK_RETRIES]: '5' }, client: {} } },
      lastsMs: 106_000,
      profile: 'documented',
    },
  ],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  spoiledBy: (seen) => tooLate(seen) ?? wroteLate(seen),
  predict: (parameters, kernel) => predictLastPlace(parameters, 'forgotten', kernel),
};
