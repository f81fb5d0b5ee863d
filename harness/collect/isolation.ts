import { readlinkSync } from 'node:fs';
import { HarnessError } from '../domain/harness-error.ts';

const NETWORK_NAMESPACE = '/proc/self/ns/net';

/** The identity of this process's network namespace, for example `net:[4026531840]`. */
export const networkNamespace = (): string => readlinkSync(NETWORK_NAMESPACE);

/**
 * Refuses to go on in the caller's own network namespace, and outside a PID namespace of our own:
 * the first would touch the host's sysctls and counters, the second would leave processes behind.
 */
export function assertIsolated(callerNetworkNamespace: string): void {
  const own = networkNamespace();
  if (own === callerNetworkNamespace || !callerNetworkNamespace.startsWith('net:[')) {
    throw notIsolated(`it is in the caller's network namespace ${own}`);
  }
  if (process.pid !== 1) {
    throw notIsolated(
      `its process id is ${process.pid}, so it is not the first of a PID namespace`,
    );
  }
}

const notIsolated = (why: string): HarnessError =>
  new HarnessError('SANDBOX_NOT_ISOLATED', `Cannot collect evidence here because ${why}.`, {
    remedy: 'start it through the sandbox: npm run repro -- --sandbox netns',
  });
