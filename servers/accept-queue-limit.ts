import { spawnSync } from 'node:child_process';

/** Longer than any `ss` takes, short enough for the start of a server. */
const SS_TIMEOUT_MS = 5_000;

/** As `ss` writes it: brackets round IPv6, `*` for a dual-stack wildcard, `%dev` behind a scope. */
const plainAddress = (column: string): string => {
  const address = column.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  return address === '*' ? '::' : address;
};

/**
 * The accept-queue limit of a listener, min(backlog, somaxconn): Send-Q of `ss -ltn`. /proc/net/tcp
 * does not show it. Null where there is no `ss` or it does not list the listener.
 */
export const readAcceptQueueLimit = (address: string, port: number): number | null => {
  const ss = spawnSync('ss', ['-Hltn', `sport = :${port}`], {
    encoding: 'utf8',
    timeout: SS_TIMEOUT_MS,
  });
  for (const row of (ss.stdout ?? '').split('\n')) {
    const [, , sendQueue, local = ''] = row.trim().split(/\s+/);
    const colon = local.lastIndexOf(':');
    if (plainAddress(local.slice(0, colon)) === plainAddress(address)) {
      return Number(sendQueue);
    }
  }
  return null;
};
