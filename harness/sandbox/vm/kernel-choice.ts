import { existsSync } from 'node:fs';
import path from 'node:path';
import { HarnessError } from '../../domain/harness-error.ts';
import type { Preparing } from './debian-archive.ts';
import { assertVersion, knownVersion, provideDebianKernel } from './debian-kernels.ts';
import { type Kernel, readKernelIdentity } from './kernel-image.ts';

export interface KernelSettings {
  /** `debian:6.1`, or the path of an image; undefined: none was named. */
  readonly kernel?: string;
  /** Where the modules of an image lie. */
  readonly modules?: string;
  readonly memoryMib: number;
}

const NAMED = /^debian:(.*)$/;

/** Throws `USAGE`, `KERNEL_UNAVAILABLE`, `TOOL_MISSING`. */
export async function chooseKernel(
  { kernel = '', modules }: KernelSettings,
  preparing: Preparing,
): Promise<Kernel> {
  const wanted = wantedVersion(kernel, modules);
  return wanted === undefined
    ? kernelInFile(kernel, modules)
    : provideDebianKernel(wanted, preparing);
}

/** What follows `debian:`, or undefined: the kernel is in a file. Throws `USAGE`, `KERNEL_UNAVAILABLE`. */
function wantedVersion(kernel: string, modules: string | undefined): string | undefined {
  if (kernel === '') {
    throw new HarnessError('USAGE', 'A virtual machine needs a kernel.', {
      remedy: 'name one: --kernel debian:6.1, or the path of an image; --kernel list shows all',
    });
  }
  const wanted = NAMED.exec(kernel)?.[1];
  if (wanted === undefined) return undefined;
  assertVersion(wanted);
  if (modules === undefined) return wanted;
  throw new HarnessError('USAGE', `The kernel ${kernel} has modules of its own.`, {
    remedy: 'leave out --modules',
  });
}

/** As in `uname -rv`; of a named kernel its version, as far as that is known without asking the archive. Throws as `chooseKernel` does. */
export function plannedKernelOf({ kernel = '', modules }: KernelSettings): string {
  const wanted = wantedVersion(kernel, modules);
  if (wanted !== undefined) return knownVersion(wanted);
  const { release, version } = kernelInFile(kernel, modules);
  return `${release} ${version}`;
}

function kernelInFile(file: string, modules: string | undefined): Kernel {
  const image = path.resolve(file);
  if (!existsSync(image)) {
    throw new HarnessError('KERNEL_UNAVAILABLE', `There is no kernel ${file}.`, {
      remedy: 'name a file, or a kernel such as debian:6.1; --kernel list shows those',
    });
  }
  return {
    name: file,
    image,
    modules: modules === undefined ? undefined : path.resolve(modules),
    ...readKernelIdentity(image),
  };
}
