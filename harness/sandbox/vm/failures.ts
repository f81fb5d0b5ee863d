/** Why a machine could not be used, with the last it said. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FILES } from '../../domain/evidence.ts';
import { HarnessError } from '../../domain/harness-error.ts';
import type { Kernel } from './kernel-image.ts';

const CONSOLE_LINES = 12;
const PANIC = /\] Kernel panic - not syncing: (.+)/;

/** The last words of a machine, or else of QEMU, as an end of a sentence. */
function lastLines(folder: string, ofQemu = ''): string {
  const console = path.join(folder, FILES.console);
  // QEMU may have failed before it made the file.
  const text = existsSync(console) ? readFileSync(console, 'utf8') : '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: firmware moves the cursor.
  const lines = text.replace(/\u001b(?:\[[\d;?=]*[A-Za-z]|c)/g, '').split(/\r?\n/);
  const said = lines.filter((line) => line.trim() !== '');
  // A panic prints its reason first and a trace afterwards.
  const reason = said.map((line) => PANIC.exec(line)?.[1]).findLast((each) => each !== undefined);
  const panicked = reason === undefined ? '' : `it panicked (${reason.trim()}); `;
  const last = said.slice(-CONSOLE_LINES).join('\n    ');
  if (last !== '') return `${panicked}its last console lines:\n    ${last}\n `;
  return ofQemu === '' ? 'it said nothing' : `QEMU said: ${ofQemu.replace(/\.$/, '')}`;
}

export const notStarted = (
  { name, release }: Kernel,
  folder: string,
  words: string,
): HarnessError =>
  new HarnessError(
    'KERNEL_NOT_STARTED',
    `The kernel ${name} (${release}) did not come up, nor at the second attempt; ${lastLines(folder, words)}.`,
    {
      remedy:
        'its whole console is in the run folder; an image must have a serial console (8250) and initramfs built in, and room enough (--vm-memory)',
    },
  );

/** Node 20 is built for 4.18 and glibc for 3.2; what really runs is what the attempt shows. */
export const noNode = ({ name, release }: Kernel, words: string): HarnessError =>
  new HarnessError(
    'KERNEL_UNAVAILABLE',
    `Node ${process.version} does not run on the kernel ${name} (${release}): ${words.trim()}.`,
    {
      remedy:
        'choose a kernel of 4.18 or later, for which Node 20 is built, or bring an older Node to it',
    },
  );

export const ended = ({ name, release }: Kernel, folder: string): HarnessError =>
  new HarnessError(
    'SANDBOX_ENDED',
    `The machine with the kernel ${name} (${release}) ended or hung before the run was over; ${lastLines(folder)}.`,
    { remedy: 'its whole console is in the run folder; start the run again' },
  );

export const notUnpacked = (problem: string): HarnessError =>
  new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot unpack the evidence: ${problem}.`, {
    remedy: 'free some disk space, or choose another place with --runs-dir DIR',
  });
