/** What keeps a run in containers on several machines from being judged as one run. */
import type { ClusterClient } from '../domain/cluster.ts';
import type { Observations } from '../domain/observations.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { parseRelease } from '../kernel/release.ts';
import { rulesOf } from '../kernel/rules.ts';

/** An event that is off by more than this may be told before its cause. */
const MOST_CLOCK_ERROR_MS = 20;

export const clusterObstacle = ({
  cluster = [],
  surroundings,
}: Observations): Obstacle | undefined =>
  looseClock(cluster) ?? otherRules(cluster, surroundings.kernelRelease);

function looseClock(cluster: readonly ClusterClient[]): Obstacle | undefined {
  const loose = cluster.find(
    ({ clockUncertaintyMs, clockDriftMs }) =>
      Math.max(clockUncertaintyMs, clockDriftMs) > MOST_CLOCK_ERROR_MS,
  );
  if (loose === undefined) return undefined;
  const { address, clockUncertaintyMs, clockDriftMs } = loose;
  return {
    reason: `the clock of the client container ${address} is not known well enough: to ${clockUncertaintyMs.toFixed(0)} ms, and it moved by ${clockDriftMs.toFixed(0)} ms during the run`,
    remedy: 'start the run again when the machines and the network between them are less busy',
  };
}

/** One prediction is made for all clients: their kernels may differ where no rule does. */
function otherRules(cluster: readonly ClusterClient[], release: string): Obstacle | undefined {
  const rules = rulesText(release);
  const other = cluster.find(({ kernelRelease }) => rulesText(kernelRelease) !== rules);
  if (other === undefined) return undefined;
  return {
    reason: `the client container ${other.address} is on kernel ${other.kernelRelease}, which follows other rules than ${release} of the listener`,
    remedy: 'let the swarm run on machines with one kernel; see placement in docker/compose.yaml',
  };
}

/** The release itself where it cannot be read. */
function rulesText(release: string): string {
  const parsed = parseRelease(release);
  return parsed === undefined ? release : JSON.stringify(rulesOf(parsed));
}
