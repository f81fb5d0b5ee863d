/** A kernel image in a file, and what it says of itself before anybody boots it. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { HarnessError } from '../../domain/harness-error.ts';

/** What `uname -r` and `uname -v` will say in a machine that runs it. */
export interface KernelIdentity {
  /** For example `6.1.0-50-cloud-amd64`. */
  readonly release: string;
  /** For example `#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-08-29)`. */
  readonly version: string;
}

/** A kernel that a machine can be started with. */
export interface Kernel extends KernelIdentity {
  /** As it was asked for: `debian:6.1`, or the path of the image. */
  readonly name: string;
  /** Absolute path of a bzImage. */
  readonly image: string;
  /** Absolute path of a folder that holds its modules, at whatever depth; undefined: it needs none. */
  readonly modules: string | undefined;
  /** The package it is from, with its version; undefined for an image of the user's own. */
  readonly package?: string;
}

/** Linux x86 boot protocol, 2.00 and later: `HdrS`, and where the version's text begins. */
const SETUP_SECTORS_AT = 0x1f1;
const PARAGRAPHS_AT = 0x1f4;
const MAGIC_AT = 0x202;
const VERSION_POINTER_AT = 0x20e;
const SETUP_BYTES = 0x200;
const LONGEST_VERSION = 512;
const HEADER_BYTES = 65_536;

/** Throws `KERNEL_UNAVAILABLE` if the file is no bzImage that says its version. */
export function readKernelIdentity(image: string): KernelIdentity {
  const { header, bytes } = beginningOf(image);
  if (header.toString('latin1', MAGIC_AT, MAGIC_AT + 4) !== 'HdrS') {
    throw unusable(image, 'it is no Linux kernel image for x86 (bzImage)');
  }
  const at = header.readUInt16LE(VERSION_POINTER_AT) + SETUP_BYTES;
  const end = header.indexOf(0, at);
  const words = header.toString('latin1', at, Math.min(end, at + LONGEST_VERSION));
  const [release = '', ...rest] = words.split(' ');
  if (at === SETUP_BYTES || !/^\d+\.\d+/.test(release)) {
    throw unusable(image, 'it does not say which version it is');
  }
  if (bytes < bytesAnnounced(header)) throw unusable(image, 'its end is missing');
  return { release, version: /#\d.*$/.exec(rest.join(' '))?.[0] ?? '' };
}

/** Sectors of the setup, none standing for 4, the boot sector, and paragraphs of the kernel itself. */
const bytesAnnounced = (header: Buffer): number =>
  ((header[SETUP_SECTORS_AT] || 4) + 1) * SETUP_BYTES + header.readUInt32LE(PARAGRAPHS_AT) * 16;

function beginningOf(image: string): { readonly header: Buffer; readonly bytes: number } {
  const header = Buffer.alloc(HEADER_BYTES);
  let file: number | undefined;
  try {
    // A pipe that nobody writes to would be waited for.
    file = openSync(image, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = fstatSync(file);
    if (!status.isFile()) throw new Error('it is no file');
    readSync(file, header, 0, HEADER_BYTES, 0);
    return { header, bytes: status.size };
  } catch (error) {
    throw unusable(image, error instanceof Error ? error.message : String(error));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const unusable = (image: string, why: string): HarnessError =>
  new HarnessError('KERNEL_UNAVAILABLE', `Cannot start ${image} because ${why}.`, {
    remedy:
      'name a bzImage such as /boot/vmlinuz-6.1.0-50-cloud-amd64, or a kernel of --kernel list',
  });
