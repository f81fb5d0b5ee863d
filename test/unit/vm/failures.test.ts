import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { notStarted } from '../../../harness/sandbox/vm/failures.ts';

const KERNEL = {
  name: 'debian:6.1',
  release: '6.1.0-50-cloud-amd64',
} as Parameters<typeof notStarted>[0];

/** What a run folder with this console says; undefined: QEMU never made the file. */
function messageOf(console: string | undefined, ofQemu = ''): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-console-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (console !== undefined) writeFileSync(path.join(folder, 'console.txt'), console);
  return notStarted(KERNEL, folder, ofQemu).message;
}

/** As 6.1 printed it when its memory was too small for the initramfs. */
const PANIC = `[    2.059439] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)
[    2.060189] Call Trace:
${Array.from({ length: 20 }, (_, frame) => `[    2.0612${frame}]  frame_${frame}+0x1/0x2`).join('\n')}
[    2.062319] Kernel Offset: 0x38600000\r\n\r\n`;

test('a panic is named by its reason, which stands long before the last lines', () => {
  const message = messageOf(PANIC);
  expect(message).toContain('it panicked (VFS: Unable to mount root fs on unknown-block(0,0));');
  expect(message).toContain('Kernel Offset: 0x38600000\n');
  expect(message).not.toContain('Call Trace');
});

test('the last lines of another console, or what QEMU said, or that nothing was said', () => {
  expect(messageOf('\u001bc\u001b[2Jbooting\n')).toContain(
    'its last console lines:\n    booting\n',
  );
  expect(messageOf('booting\n')).not.toContain('panicked');
  expect(messageOf(undefined, 'no such machine.')).toContain('QEMU said: no such machine.');
  expect(messageOf('\n')).toContain('it said nothing.');
});
