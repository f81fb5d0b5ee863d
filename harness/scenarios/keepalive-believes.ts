/**
 * Claims put to the test here: 000-c, once for a request that is forgotten and once for one that is
 * still in SYN-RECV.
 *
 * Two clients are fooled. One probes while the server still repeats its SYN-ACK, the other only
 * when the request is gone. The run lasts until both are told.
 */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { predictLastPlace } from '../kernel/predict-last-place.ts';
import { connectionsOf } from '../verdict/waves.ts';
import {
  assertHeldClientsWait,
  notDecidable,
  plannedForgottenMs,
  SYNACK_RETRIES,
} from './held-clients.ts';
import {
  BELIEVERS,
  believedWhileRequested,
  DOUBTERS,
  keepaliveWaves,
  resetOnceForgotten,
} from './keepalive-claims.ts';
import { fillBehind, tooLate } from './last-place.ts';
import { awaitStep, connectAndSettle, DEFAULTS, planOf } from './parts.ts';

const ID = 'keepalive-believes';

/** Before a request is forgotten that repeats its SYN-ACK once: after 3 s. */
const BELIEVERS_PROBE_AFTER_MS = 2_000;
/** An eighth for the timer wheel. */
const LATEST = 1.125;

function middle(parameters: Parameters): readonly Step[] {
  const { believers, doubters } = keepaliveWaves(parameters);
  if (doubters === 0) return connectAndSettle(parameters, 'all', parameters.clients);
  const { readTimeoutMs, keepAliveMs } = parameters;
  const waves = [
    {
      wave: BELIEVERS,
      clients: believers,
      behaves: { readTimeoutMs, keepAliveMs: BELIEVERS_PROBE_AFTER_MS },
    },
    { wave: DOUBTERS, clients: doubters, behaves: { readTimeoutMs, keepAliveMs } },
  ].filter(({ clients }) => clients > 0);
  const deadlineMs =
    Math.max(keepAliveMs ?? 0, plannedForgottenMs(parameters) + BELIEVERS_PROBE_AFTER_MS) * LATEST;
  return [
    ...fillBehind(parameters, waves),
    ...waves.map(({ wave }) =>
      awaitStep({ kind: 'clients-open', wave, equals: 0 }, deadlineMs + 20_000),
    ),
  ];
}

function assertDecidable(parameters: Parameters): void {
  const { keepAliveMs, sendBytes } = parameters;
  // Whole seconds reach the kernel.
  const least = Math.ceil((plannedForgottenMs(parameters) * LATEST + 500) / 1_000);
  if (keepAliveMs === null || keepAliveMs < least * 1_000) {
    throw notDecidable(
      'the first probe must come when the request is forgotten',
      `--keepalive ${least}s or more`,
    );
  }
  if (sendBytes > 0) {
    throw notDecidable('there is no probe while data is unanswered', '--send 0');
  }
  assertHeldClientsWait(parameters);
}

/** A machine so slow that a believer's first probe found its request gone. */
function probedLate(seen: Observations): Obstacle | null {
  const forgottenMs = plannedForgottenMs(seen.plan.parameters);
  const late = connectionsOf(seen, BELIEVERS).some(({ bareAcks, synAcks }) => {
    const probe = bareAcks.find(({ keepAliveProbe }) => keepAliveProbe);
    const sinceMs = synAcks[0]?.atMs;
    return (
      probe !== undefined && sinceMs !== undefined && probe.atMs - sinceMs > forgottenMs - EARLY_MS
    );
  });
  return late
    ? {
        reason: 'the machine was too slow: the first probe left when its request was forgotten',
        remedy: 'start the run again when the machine is less busy',
      }
    : null;
}

/** How much sooner a timer may seem to fire than it is due. */
const EARLY_MS = 50;

export const keepaliveBelieves: Scenario = {
  id: ID,
  title: 'Keepalive believes in a connection that does not exist',
  story:
    'Two clients are fooled: connected, while the server only has their requests and repeats its SYN-ACKs. One sends a keepalive probe meanwhile, and the server acknowledges it as if all were well. The other probes when its request is forgotten, and the server answers with RST, as it does to the first one’s next probe.',
  claims: [resetOnceForgotten, believedWhileRequested],
  defaults: {
    ...DEFAULTS,
    backlog: 3,
    clients: 6,
    keepAliveMs: 5_000,
    sysctls: { server: { [SYNACK_RETRIES]: '1' }, client: {} },
  },
  variants: [
    { name: 'probe-after-5s', parameters: {}, lastsMs: 5_300, profile: 'default' },
    {
      name: 'probe-after-60s',
      parameters: {
        keepAliveMs: 60_000,
        sysctls: { server: { [SYNACK_RETRIES]: '2' }, client: {} },
      },
      lastsMs: 61_500,
      profile: 'documented',
    },
  ],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  spoiledBy: (seen) => tooLate(seen) ?? probedLate(seen),
  predict: (parameters, kernel) => predictLastPlace(parameters, 'forgotten', kernel),
};
