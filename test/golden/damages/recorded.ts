/** The recorded runs that are damaged, and what the tables of damage share. */
import { snapshotFile } from '../../../harness/domain/evidence.ts';
import type { Host } from '../../../harness/domain/tcp.ts';
import { type Damage, portInHex, textOf, withoutLines } from '../../helpers/damage.ts';
import { fixture } from '../../helpers/fixtures.ts';

export interface SingleDamage {
  readonly what: string;
  readonly of: string;
  readonly damage: Damage;
  /** The verdict's reason or a finding's words must hold this. */
  readonly names: string;
  /** The identity of the ledger that no longer holds. */
  readonly breaks?: string;
  /** Claims that are decided no longer; all of them unless told. */
  readonly claims?: readonly string[];
  /** Only where a figure has a single witness; otherwise inconclusive. */
  readonly verdict?: 'contradicted';
}

export const OVERFLOW = 'accept-queue-overflow';
export const FOOLED = 'fooled-client';
export const ABORT = 'fooled-client-abort';
export const CAPPED = 'somaxconn-caps-the-backlog';
export const LISTEN_AGAIN = 'somaxconn-needs-a-new-listen';
export const CAPACITIES = 'queue-capacities';
export const PROBE = 'kernel-probe';

export const SWARM = 'swarm-0.jsonl';

/** A snapshot between opening and closing has one identity: both readings know of the listener. */
export const listenerMissing = (of: string, snapshot: string): SingleDamage => ({
  what: `the listener is missing in /proc/net/tcp, ${snapshot}`,
  of,
  damage: withoutLines(snapshotFile(snapshot, 'server', 'tcp'), / 0A /),
  names: 'listeners by ss 1, LISTEN rows in /proc/net/tcp 0',
  breaks: `two readings of the listener, ${snapshot}`,
});

/** The port that a client's events tell. */
export function portOf(name: string, client: number): number {
  const told = textOf(fixture(name), SWARM).match(
    new RegExp(`"client":${client},"localAddress":"[^"]*","localPort":(\\d+)`),
  );
  return Number(told?.[1]);
}

export const row = (name: string, client: number): RegExp =>
  new RegExp(portInHex(portOf(name, client)));

export const closing = (host: Host, file: 'tcp' | 'ss-listen' | 'dev'): string =>
  snapshotFile('closing', host, file);
