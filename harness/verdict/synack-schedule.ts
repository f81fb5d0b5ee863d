/** When SYN-ACKs are repeated and requests forgotten, as packets and samples of the SYN queue tell. */
import type { Observations } from '../domain/observations.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Connection } from '../domain/tcp.ts';
import { isAtLeast, parseRelease } from '../kernel/release.ts';
import { isDue, retransmissionTolerance } from '../kernel/schedules.ts';
import { closing } from './figures.ts';
import { closesTheListener, laterValues } from './plan-facts.ts';

const SYNACK_RETRIES = 'net.ipv4.tcp_synack_retries';

/**
 * The timers of requests keep their time from 4.8 on. To 4.0 a scan delays them; on 4.4.1 they were
 * seen up to a quarter late. A schedule that changes during the run is not predicted.
 */
function isPredictable({ surroundings, plan }: Observations): boolean {
  const release = parseRelease(surroundings.kernelRelease);
  return (
    (release === undefined || isAtLeast(release, '4.8')) &&
    laterValues(plan, SYNACK_RETRIES).length === 0
  );
}

/** A SYN that comes again draws a SYN-ACK too, and starts the request's timer anew. */
function knocksAgain({ syns, synAcks: [first] }: Connection): boolean {
  return first !== undefined && syns.some(({ atMs }) => atMs > first.atMs);
}

/** SYN-ACKs that lie elsewhere than the kernel's timers put them; undefined: no rule fixes that. */
export function synAcksOffSchedule(
  seen: Observations,
  { synAckTimesMs }: Prediction,
): number | undefined {
  if (!isPredictable(seen)) return undefined;
  return seen.connections
    .filter((connection) => !knocksAgain(connection))
    .flatMap(({ synAcks }) =>
      synAcks.filter(
        ({ atMs }, index) => !isDue(atMs - (synAcks[0]?.atMs ?? atMs), synAckTimesMs[index]),
      ),
    ).length;
}

/** A look at the SYN queue; it was made between its time stamp and that of the next sample. */
interface Look {
  readonly fromMs: number;
  readonly toMs: number;
  readonly length: number;
}

function looksOf(seen: Observations): readonly Look[] {
  const closedAtMs = closing(seen)?.atMs ?? 0;
  return seen.samples.flatMap(({ atMs, synQueueLength }, index) => {
    const toMs = seen.samples[index + 1]?.atMs;
    return synQueueLength === undefined || toMs === undefined || toMs > closedAtMs
      ? []
      : [{ fromMs: atMs, toMs, length: synQueueLength }];
  });
}

/** Requests whose SYN-ACK was repeated as often as may be, and of which nothing came. */
function abandoned(seen: Observations, { synAckTimesMs }: Prediction): readonly Connection[] {
  const opened = new Set(
    closing(seen)?.sockets.server.map((row) => `${row.remoteAddress} ${row.remotePort}`),
  );
  return seen.connections.filter(
    ({ synAcks, resets, clientAddress, clientPort }) =>
      synAcks.length > 1 &&
      synAcks.length === synAckTimesMs.length &&
      resets.length === 0 &&
      !opened.has(`${clientAddress} ${clientPort}`),
  );
}

/**
 * Requests that were in the SYN queue when they should have been forgotten, or were not when they
 * should have been, at the worst look. Undefined where no request is left to its timer alone.
 */
export function forgottenOffSchedule(
  seen: Observations,
  predicted: Prediction,
): number | undefined {
  const left = abandoned(seen, predicted);
  const isLeftAlone = seen.accepted === 0 && !closesTheListener(seen.plan);
  if (!isPredictable(seen) || !isLeftAlone || left.length === 0) return undefined;
  if (seen.connections.some(knocksAgain)) return undefined;
  const { earlyMs, lateMs } = retransmissionTolerance(predicted.synAckGivesUpMs);
  const livesOf = (connections: readonly Connection[]) =>
    connections.flatMap(({ synAcks: [first] }) =>
      first === undefined
        ? []
        : [{ fromMs: first.atMs, toMs: first.atMs + predicted.synAckGivesUpMs }],
    );
  const certain = livesOf(left);
  const possible = livesOf(seen.connections);
  const worst = looksOf(seen).map(({ fromMs, toMs, length }) => {
    const least = certain.filter((life) => life.fromMs < fromMs && toMs < life.toMs - earlyMs);
    const most = possible.filter((life) => life.fromMs <= toMs && fromMs <= life.toMs + lateMs);
    return Math.max(least.length - length, length - most.length);
  });
  return Math.max(0, ...worst);
}
