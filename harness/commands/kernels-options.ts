/** The options of `kernels`: those of `verify`, and which kernels. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Argv } from 'yargs';
import type { StatedClaim } from '../domain/catalogue.ts';
import { HOST_KERNEL } from '../domain/kernels.ts';
import { plannedKernel, type SandboxSettings } from '../sandbox/choose.ts';
import { sandboxSettings } from './sandbox-options.ts';
import { usage } from './values.ts';
import {
  describeCatalogueOptions,
  VERIFY_LISTS,
  type VerifySettings,
  verifySettings,
} from './verify-options.ts';

export interface KernelChoice {
  readonly name: string;
  readonly sandbox: SandboxSettings;
}

export interface KernelsSettings {
  /** At least one; this machine's own first. */
  readonly kernels: readonly KernelChoice[];
  readonly verify: VerifySettings;
}

type Given = Readonly<Record<string, unknown>>;

/** The options that may be repeated. */
export const KERNELS_LISTS: readonly string[] = [...VERIFY_LISTS, 'kernel'];

export const describeKernelsOptions = (parser: Argv): Argv =>
  describeCatalogueOptions(parser)
    .option('kernel', {
      type: 'string',
      requiresArg: true,
      describe: `${HOST_KERNEL}, debian:6.1, PATH or PATH:MODULES_DIR of an image; several with commas, or repeated`,
      group: 'Virtual machine:',
    })
    .usage(
      `$0 kernels --kernel NAMES [options]\n\nThe catalogue of verify on each of several kernels, one after another, and one table of claims and kernels: where two kernels differ, the rule and the commit that explains it. A kernel is ${HOST_KERNEL} (this machine's own), debian:6.1 (fetched, in virtual machines), or the path of an image: PATH, or PATH:MODULES_DIR if it needs modules. --kernel may be repeated, or name several with commas between them.`,
    )
    .example('$0 kernels --kernel debian:5.10,debian:6.1,host', 'three kernels, every claim')
    .example('$0 kernels --kernel host,debian:6.12 --only 001-*', 'some claims')
    .example('$0 kernels --kernel ./bzImage --kernel host --report', 'a kernel of your own')
    .epilogue(
      'Exit codes: 1 a claim is contradicted on a kernel; otherwise 4 a kernel failed as a whole (the others are judged all the same), or the harness did; otherwise 3 on a kernel nothing could be decided, or with --strict a claim could not; otherwise 0. 2 wrong usage; 130 interrupted.',
    );

/** What was asked for. Throws `USAGE`; `KERNEL_UNAVAILABLE` for a file that is no kernel. */
export function kernelsSettings(given: Given, claims: readonly StatedClaim[]): KernelsSettings {
  if (given['modules'] !== undefined) {
    throw usage(
      'The option --modules does not say of which kernel they are.',
      'write --kernel PATH:MODULES_DIR',
    );
  }
  if (given['sandbox'] !== 'auto') {
    throw usage(
      'The command kernels chooses the sandbox of each kernel itself.',
      'leave out --sandbox',
    );
  }
  const names = namesIn(given['kernel']);
  const kernels = names.map((name) => choiceOf(name, given));
  for (const { sandbox } of kernels) plannedKernel(sandbox);
  const isHost = ({ name }: KernelChoice): boolean => name === HOST_KERNEL;
  return {
    kernels: [...kernels.filter(isHost), ...kernels.filter((each) => !isHost(each))],
    verify: verifySettings(given, claims),
  };
}

/** As they were written, without those that are there twice. */
function namesIn(given: unknown): readonly string[] {
  const names = [given ?? []]
    .flat()
    .map(String)
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) {
    throw usage(
      'The command kernels needs a kernel.',
      `name some: --kernel debian:6.1,debian:6.12,${HOST_KERNEL}`,
    );
  }
  const same = names.map(sameName);
  const twice = names.find((_, index) => same.indexOf(same[index] ?? '') < index);
  if (twice !== undefined) {
    throw usage(`The kernel ${twice} is there twice.`, 'name every kernel once');
  }
  return names;
}

const isNamed = (name: string): boolean => name === HOST_KERNEL || name.startsWith('debian:');

/** Two paths may name one file. */
const sameName = (name: string): string => (isNamed(name) ? name : path.resolve(name));

function choiceOf(name: string, given: Given): KernelChoice {
  const own = { ...given, kernel: undefined };
  if (name === HOST_KERNEL) {
    const sandbox = { ...own, sandbox: 'netns', 'vm-memory': undefined };
    return { name, sandbox: sandboxSettings(sandbox) };
  }
  const image = isNamed(name) ? { kernel: name } : imageIn(name);
  return { name, sandbox: sandboxSettings({ ...own, ...image, sandbox: 'vm' }) };
}

/** `PATH` or `PATH:MODULES_DIR`; a file whose name has a colon is a file. */
function imageIn(text: string): { readonly kernel: string; readonly modules?: string } {
  const at = text.lastIndexOf(':');
  if (at < 1 || existsSync(text)) return { kernel: text };
  const [kernel, modules] = [text.slice(0, at), text.slice(at + 1)];
  if (existsSync(modules) && statSync(modules).isDirectory()) return { kernel, modules };
  throw usage(
    `There is no folder '${modules}' of modules for the kernel ${kernel}.`,
    'write PATH:MODULES_DIR, or debian:6.1 for a kernel that is fetched',
  );
}
