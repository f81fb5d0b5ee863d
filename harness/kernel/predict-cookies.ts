import type { SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { admitBeforeKernel410 } from './full-queue-admissions.ts';
import { type Crowd, predictionOf } from './predict.ts';
import { acceptQueueCapacity } from './queue-capacity.ts';

/** How many clients come when: a queueful, then half of the others with each setting. */
export interface CookieWaves {
  readonly first: number;
  /** With tcp_syncookies 1. */
  readonly onOverflow: number;
  /** With tcp_syncookies 2. */
  readonly always: number;
}

export function cookieWaves(clients: number, capacity: number): CookieWaves {
  const first = Math.min(clients, capacity);
  const onOverflow = Math.ceil((clients - first) / 2);
  return { first, onOverflow, always: clients - first - onOverflow };
}

/**
 * The experiment: a full accept queue; clients that send a single SYN each come with tcp_syncookies
 * 1, then others with 2, when no request is left. From 4.10 (5ea8ea2cb7f1) a full accept queue
 * refuses all: the decision for a cookie comes before, and the cookie is never sent. Before, with 1
 * two are fooled as requests; with 2 nobody is a request, so none is young, and all get a cookie
 * (3.12 to 4.9; vanilla kernels before 3.12 treat 2 as 1, which `KernelRules` does not tell apart).
 */
export function predictCookies(crowd: Crowd, kernel: KernelModel): SurePrediction {
  const waves = cookieWaves(crowd.clients, acceptQueueCapacity(crowd.backlog, kernel));
  const knock = (clients: number, syncookies: number) =>
    kernel.rules.synOnFullAcceptQueue === 'dropped'
      ? { fooled: 0, refused: clients }
      : admitBeforeKernel410(
          { ...crowd, clients, held: [], refusedUntilMs: 0 },
          { ...kernel, syncookies },
        );
  const onOverflow = knock(waves.onOverflow, 1);
  const always = knock(waves.always, 2);
  const fooled = onOverflow.fooled + always.fooled;
  const refused = onOverflow.refused + always.refused;
  return predictionOf(crowd.backlog, kernel, {
    connected: waves.first + fooled,
    timedOut: refused,
    fooled,
    acceptQueueLength: waves.first,
    synQueueLength: 0,
    refusedSyns: { least: refused, most: refused },
  });
}
