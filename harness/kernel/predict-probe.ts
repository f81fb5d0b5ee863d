import type { Range, SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { type Admissions, admitBeforeKernel410 } from './full-queue-admissions.ts';
import { type Crowd, predictFooled } from './predict.ts';
import { acceptQueueLimit } from './queue-capacity.ts';
import { synsWithin, synTimesMs } from './schedules.ts';

/** How many clients come when, in a run of kernel-probe. */
export interface ProbeWaves {
  /** They leave one place free. */
  readonly first: number;
  /** They become requests while the gate is closed; no more than every SYN queue from 4.4 on holds. */
  readonly late: number;
  /** They come when the accept queue is full. */
  readonly refused: number;
}

export function probeWaves(clients: number, limit: number): ProbeWaves {
  const first = Math.min(clients, limit);
  const late = Math.min(clients - first, limit);
  return { first, late, refused: clients - first - late };
}

/**
 * The experiment: as in `predictFooled` all but one of the late clients' final ACKs are dropped;
 * then tcp_abort_on_overflow is set to 1 and further clients come. When the SYN-ACKs are repeated
 * again, each ACK draws a RST, so at the end no request is left.
 *
 * Assumes tcp_synack_retries >= 2. Before 4.10 a refused client's SYN may be admitted, because the
 * requests have aged; it is connected, and reset in the end, too. A best effort, as
 * `admitBeforeKernel410` is.
 */
export function predictProbe(crowd: Crowd, kernel: KernelModel): SurePrediction {
  const waves = probeWaves(crowd.clients, acceptQueueLimit(crowd.backlog, kernel));
  const aborting: KernelModel = { ...kernel, abortOnOverflow: 1 };
  const before = predictFooled({ ...crowd, clients: waves.first + waves.late }, aborting);
  const knocking = { ...crowd, clients: waves.refused };
  const late =
    kernel.rules.synOnFullAcceptQueue === 'dropped'
      ? refuseAll(knocking, kernel)
      : admitBeforeKernel410({ ...knocking, held: [], refusedUntilMs: 0 }, kernel);
  return {
    ...before,
    connected: before.connected + late.fooled,
    // Who got a SYN cookie is no request, so nobody resets it.
    fooled: before.fooled + late.fooled - late.held,
    timedOut: before.timedOut + late.refused,
    refusedSyns: sumOf(before.refusedSyns, late.refusedSyns),
  };
}

function refuseAll({ clients, connectTimeoutMs }: Crowd, kernel: KernelModel): Admissions {
  const { least, most } = synsWithin(synTimesMs(kernel), connectTimeoutMs);
  return {
    fooled: 0,
    held: 0,
    refused: clients,
    refusedSyns: { least: clients * least, most: clients * most },
  };
}

const sumOf = (left: Range, right: Range): Range => ({
  least: left.least + right.least,
  most: left.most + right.most,
});
