/** What an image says of itself before anybody boots it, and files that are none. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readKernelIdentity } from '../../../harness/sandbox/vm/kernel-image.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const WORDS = '6.1.0-50-cloud-amd64 (build@debian) #1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026)';

/** A setup of one sector after the boot sector, the version's text in it, and 16 bytes of kernel. */
function imageOf({ magic = 'HdrS', words = WORDS, pointer = 0x100, size = 2 * 512 + 16 } = {}) {
  const bytes = Buffer.alloc(2 * 512 + 16);
  bytes[0x1f1] = 1;
  bytes.writeUInt32LE(1, 0x1f4);
  bytes.write(magic, 0x202, 'latin1');
  bytes.writeUInt16LE(pointer, 0x20e);
  bytes.write(`${words}\0`, 0x300, 'latin1');
  const file = path.join(folder, 'an image, "quoted"');
  writeFileSync(file, bytes.subarray(0, size));
  return file;
}

test('release and version are those that uname will say', () => {
  expect(readKernelIdentity(imageOf())).toEqual({
    release: '6.1.0-50-cloud-amd64',
    version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026)',
  });
});

test('a kernel without a build number has a release all the same', () => {
  expect(readKernelIdentity(imageOf({ words: '4.4.0' }))).toEqual({
    release: '4.4.0',
    version: '',
  });
});

describe('no image', () => {
  const refusal = (image: string) => {
    try {
      return readKernelIdentity(image);
    } catch (error) {
      return error;
    }
  };

  test.each([
    ['another magic', { magic: 'Hdrs' }, /no Linux kernel image/],
    ['no version', { pointer: 0 }, /which version/],
    ['a version that is none', { words: 'linux' }, /which version/],
    ['a version beyond the file', { pointer: 0xffff }, /which version/],
    ['an end that is missing', { size: 2 * 512 + 15 }, /its end is missing/],
    ['nothing', { size: 0 }, /no Linux kernel image/],
  ])('%s', (_, changes, why) => {
    expect(refusal(imageOf(changes))).toMatchObject({
      code: 'KERNEL_UNAVAILABLE',
      message: expect.stringMatching(why),
      remedy: expect.stringContaining('--kernel list'),
    });
  });

  test.each(['/dev/zero', os.tmpdir()])('%s', (place) => {
    expect(refusal(place)).toMatchObject({ code: 'KERNEL_UNAVAILABLE' });
  });

  test('a pipe that nobody writes to is not waited for', () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(refusal(pipe)).toMatchObject({ message: expect.stringContaining('it is no file') });
  });
});
