import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SurePrediction } from '../../harness/domain/prediction.ts';
import type { KernelModel } from '../../harness/domain/scenario.ts';
import { predictFooled, predictOverflow } from '../../harness/kernel/predict.ts';
import { acceptQueueLimit } from '../../harness/kernel/queue-capacity.ts';
import { kernelOf } from '../helpers/kernels.ts';
import { type ClientPlan, type Outcome, runListener } from '../helpers/listener-model.ts';

/** When an unanswered client sends its SYNs and when its kernel gives up, in seconds. */
interface SynPlan {
  readonly at: readonly number[];
  readonly end: number;
}

const OF_2_6_32: SynPlan = { at: [0, 3, 9], end: 21 };
const DOUBLING: SynPlan = { at: [0, 1, 3, 7, 15, 31, 63], end: 127 };
const OF_5_3: SynPlan = { at: [0, 1, 3, 7, 15], end: 31 };
const LINEAR: SynPlan = { at: [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67], end: 131 };

const BEFORE_4_10: readonly (readonly [string, SynPlan])[] = [
  ['2.6.32.69', OF_2_6_32],
  ['3.10.108', DOUBLING],
  ['4.3.3', DOUBLING],
  ['4.4.1', DOUBLING],
  ['4.9.130', DOUBLING],
];
const FROM_4_10: readonly (readonly [string, SynPlan])[] = [
  ['3.16.81', DOUBLING],
  ['4.4.178', DOUBLING],
  ['4.19.0', DOUBLING],
  ['5.3.1', OF_5_3],
  ['6.1.125', DOUBLING],
  ['6.6.9', LINEAR],
  ['6.18.44', LINEAR],
];

const sysctls = fc.record({
  somaxconn: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 700 })),
  maxSynBacklog: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 1_024 })),
  syncookies: fc.constantFrom(0, 1, 2),
  abortOnOverflow: fc.constantFrom(0, 1),
  synackRetries: fc.integer({ min: 1, max: 5 }),
});
const crowd = {
  backlog: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 600 })),
  clients: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1_500 })),
};

/** Far enough from every SYN time of the doubling schedules for the count of SYNs to be certain. */
const certainTimeoutsMs = fc.constantFrom(300, 900, 2_500, 4_500, 8_500, 12_000, 20_000, 28_000);

const old = fc.record({
  kernel: fc.constantFrom(...BEFORE_4_10),
  sysctls,
  ...crowd,
  connectTimeoutMs: certainTimeoutsMs,
});
/** Timers are late by a share of what the wheel allows, odd clients' by another than even ones'. */
const current = fc.record({
  kernel: fc.constantFrom(...FROM_4_10),
  sysctls,
  ...crowd,
  connectTimeoutMs: fc.integer({ min: 1, max: 140_000 }),
  lateness: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)),
  ownTimerLateMs: fc.integer({ min: 0, max: 50 }),
  gapMs: fc.constantFrom(0, 7),
});

function clientPlan(
  plan: SynPlan,
  startMs: number,
  endsAfterMs: number,
  lateness: number,
): ClientPlan {
  return {
    synsAtMs: plan.at.map((atS) => startMs + atS * 1_000 + lateness * latestMs(atS)),
    endsAtMs: startMs + Math.min(endsAfterMs, plan.end * 1_000 + lateness * latestMs(plan.end)),
  };
}

function latestMs(atS: number): number {
  return atS === 0 ? 0 : atS * 125 + 40;
}

function expectAgreement(prediction: SurePrediction, seen: Outcome): void {
  const { refusedSyns, reset, ...counts } = seen;
  expect(prediction).toMatchObject(counts);
  expect(prediction.refusedSyns.least).toBeLessThanOrEqual(refusedSyns);
  expect(prediction.refusedSyns.most).toBeGreaterThanOrEqual(refusedSyns);
}

/** The second wave starts when the first is long over; the gate opens before any SYN-ACK comes again. */
const SECOND_WAVE_MS = 1_000_000;
const GATE_MS = [SECOND_WAVE_MS, SECOND_WAVE_MS + 500] as const;

function waveStartsMs(clients: number, backlog: number, kernel: KernelModel): readonly number[] {
  const firstWave = acceptQueueLimit(backlog, kernel);
  return Array.from({ length: clients }, (_, client) => (client < firstWave ? 0 : SECOND_WAVE_MS));
}

test('predictOverflow() agrees with a listener taken step by step, from 4.10', () => {
  fc.assert(
    fc.property(current, (run) => {
      const [text, plan] = run.kernel;
      const kernel = kernelOf(text, run.sysctls);
      const endsAfterMs = run.connectTimeoutMs + run.ownTimerLateMs;
      const clients = Array.from({ length: run.clients }, (_, client) =>
        clientPlan(plan, client * run.gapMs, endsAfterMs, run.lateness[client % 2] ?? 0),
      );
      const seen = runListener({ kernel, backlog: run.backlog, clients });
      expect(seen.reset).toBe(0);
      expectAgreement(predictOverflow(run, kernel), seen);
    }),
    { numRuns: 150 },
  );
});

test('predictOverflow() agrees with a listener taken step by step, before 4.10', () => {
  fc.assert(
    fc.property(old, fc.integer({ min: 0, max: 5 }), (run, synackRetries) => {
      const [text, plan] = run.kernel;
      const kernel = kernelOf(text, { ...run.sysctls, synackRetries });
      const clients = Array.from({ length: run.clients }, () =>
        clientPlan(plan, 0, run.connectTimeoutMs, 0),
      );
      const seen = runListener({ kernel, backlog: run.backlog, clients });
      const prediction = predictOverflow(run, kernel);
      expectAgreement(prediction, seen);
      expect(prediction.connected + prediction.timedOut + seen.reset).toBe(run.clients);
    }),
    { numRuns: 150 },
  );
});

test('predictFooled() agrees with a listener taken step by step, from 4.10', () => {
  fc.assert(
    fc.property(current, (run) => {
      const [text, plan] = run.kernel;
      const kernel = kernelOf(text, run.sysctls);
      const endsAfterMs = run.connectTimeoutMs + run.ownTimerLateMs;
      const clients = waveStartsMs(run.clients, run.backlog, kernel).map((startMs, client) =>
        clientPlan(plan, startMs, endsAfterMs, run.lateness[client % 2] ?? 0),
      );
      const world = { kernel, backlog: run.backlog, clients, gateClosedMs: GATE_MS };
      const seen = { ...runListener(world), synQueueLength: 0 };
      expectAgreement(predictFooled(run, kernel), seen);
    }),
    { numRuns: 150 },
  );
});

test('predictFooled() agrees with a listener taken step by step, before 4.10', () => {
  fc.assert(
    fc.property(old, (run) => {
      const [text, plan] = run.kernel;
      // Resets there let refused clients in, which predictFooled() does not follow.
      const abortOnOverflow = run.sysctls.syncookies === 0 ? 0 : run.sysctls.abortOnOverflow;
      const kernel = kernelOf(text, { ...run.sysctls, abortOnOverflow });
      const clients = waveStartsMs(run.clients, run.backlog, kernel).map((startMs) =>
        clientPlan(plan, startMs, run.connectTimeoutMs, 0),
      );
      const world = { kernel, backlog: run.backlog, clients, gateClosedMs: GATE_MS };
      const seen = { ...runListener(world), synQueueLength: 0 };
      expectAgreement(predictFooled(run, kernel), seen);
    }),
    { numRuns: 150 },
  );
});
