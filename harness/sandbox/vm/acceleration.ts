/**
 * Hardware virtualisation is used where it really works, which only a booted kernel shows: a machine
 * that is virtual itself may offer /dev/kvm and still run no kernel with it.
 */
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cacheFolder, cachePlace } from './kernel-cache.ts';
import type { Accelerator } from './machine.ts';

const DEVICE = '/dev/kvm';

/** In the order in which they are worth trying. */
export const acceleratorsToTry = (): readonly Accelerator[] =>
  isUsable() && !existsSync(failureNote()) ? ['kvm', 'tcg'] : ['tcg'];

/** Until this machine is booted again nobody tries once more; where no note can be kept, everybody. */
export function noteThatKvmFails(): void {
  try {
    cacheFolder();
    writeFileSync(
      failureNote(),
      'No kernel came up with /dev/kvm since this machine was booted.\n',
    );
  } catch {
    // The run goes on without it.
  }
}

const failureNote = (): string =>
  cachePlace(`no-kvm-${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`);

function isUsable(): boolean {
  try {
    accessSync(DEVICE, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
