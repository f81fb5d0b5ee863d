import type { SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { admitBeforeKernel410 } from './full-queue-admissions.ts';
import { type Crowd, predictFooled, refuseAll, sumOf } from './predict.ts';
import { acceptQueueLimit } from './queue-capacity.ts';

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
      ? refuseAll(knocking.clients, knocking.connectTimeoutMs, kernel)
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
