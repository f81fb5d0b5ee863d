/** Where kernels are kept, what is said when that cannot be, and what is known of an archive. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HarnessError } from '../../../harness/domain/harness-error.ts';
import { kernelsIn, listDebianKernels } from '../../../harness/sandbox/vm/debian-kernels.ts';
import {
  cachePlace,
  inCache,
  keepWhole,
  removeForsaken,
  unfinishedName,
} from '../../../harness/sandbox/vm/kernel-cache.ts';
import { chooseKernel, plannedKernelOf } from '../../../harness/sandbox/vm/kernel-choice.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-test-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test.each([
  ['/somewhere', '/somewhere/backlog-lab/kernels'],
  ['', '/home/me/.cache/backlog-lab/kernels'],
  ['relative', '/home/me/.cache/backlog-lab/kernels'],
])('XDG_CACHE_HOME %j', (wanted, place) => {
  vi.stubEnv('HOME', '/home/me');
  vi.stubEnv('XDG_CACHE_HOME', wanted);
  expect(cachePlace('kernels')).toBe(place);
});

test('a file is kept whole, and nothing beside it', () => {
  const file = path.join(folder, 'kernels.json');
  keepWhole(file, 'one');
  keepWhole(file, 'two');
  expect(readFileSync(file, 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['kernels.json']);
});

test('what a killed command left is removed, and what is being made is not', () => {
  const { pid = 0 } = spawnSync('true');
  const names = [`unfinished-${pid}-x`, unfinishedName('y'), '6.1.cpio'];
  for (const name of names) mkdirSync(path.join(folder, name));
  removeForsaken(folder);
  expect(readdirSync(folder).toSorted()).toEqual(['6.1.cpio', unfinishedName('y')]);
});

describe('what the disk refuses', () => {
  test('is told with a remedy', async () => {
    mkdirSync(path.join(folder, 'taken'));
    const full = inCache(async () => readFileSync(path.join(folder, 'taken')));
    await expect(full).rejects.toMatchObject({
      code: 'KERNEL_UNAVAILABLE',
      message: expect.stringContaining('EISDIR'),
      remedy: expect.stringContaining('XDG_CACHE_HOME'),
    });
  });

  test('anything else stays what it is', async () => {
    const known = new HarnessError('TOOL_MISSING', 'No tool.', { remedy: 'bring it' });
    await expect(inCache(() => Promise.reject(known))).rejects.toBe(known);
    const defect = new TypeError('undefined is no function');
    await expect(inCache(() => Promise.reject(defect))).rejects.toBe(defect);
  });
});

test("an archive's list: the oldest first, each version once, as numbers and not as text", () => {
  const madison = [
    ' linux-image-6.12.9+deb13-cloud-amd64 | 6.12.9-1 | http://archive stable/main amd64 Packages',
    ' linux-image-6.1.0-50-cloud-amd64 | 6.1.176-1 | http://archive oldstable/main amd64 Packages',
    ' linux-image-6.1.0-9-cloud-amd64 | 6.1.27-1 | http://archive oldstable/main amd64 Packages',
    ' linux-image-6.12.9+deb13-cloud-amd64 | 6.12.9-1 | http://archive testing/main amd64 Packages',
    'linux-image-6.12.9+deb12-cloud-amd64 | 6.12.9-1~bpo12+1 | http://archive bpo amd64 Packages',
    '',
  ].join('\n');
  const kernels = kernelsIn(madison);
  expect(kernels.map(({ name }) => name)).toEqual([
    'debian:6.1.27',
    'debian:6.1.176',
    'debian:6.12.9',
    'debian:6.12.9',
  ]);
  expect(kernels[0]).toEqual({
    name: 'debian:6.1.27',
    package: 'linux-image-6.1.0-9-cloud-amd64',
    version: '6.1.27-1',
  });
  expect(kernelsIn('')).toEqual([]);
});

test('an older list is better than none, where no new one can be written', async () => {
  vi.stubEnv('XDG_CACHE_HOME', folder);
  const kernels = [{ name: 'debian:6.1.176', package: 'linux-image', version: '6.1.176-1' }];
  mkdirSync(cachePlace('apt'), { recursive: true });
  // A file where a folder is to be: apt is not even asked.
  writeFileSync(cachePlace('apt', 'lists'), '');
  const list = () => listDebianKernels({ signal: new AbortController().signal, notify });
  const notify = vi.fn();
  await expect(list()).rejects.toMatchObject({ code: expect.stringMatching(/^(KERNEL|TOOL)_/) });
  writeFileSync(cachePlace('apt', 'kernels.json'), JSON.stringify(kernels));
  utimesSync(cachePlace('apt', 'kernels.json'), 1_000, 1_000);
  expect(await list()).toEqual(kernels);
  expect(notify).toHaveBeenLastCalledWith(expect.stringContaining('an older list'));
});

describe('a choice that cannot be', () => {
  const preparing = { signal: new AbortController().signal, notify: () => undefined };

  test.each([
    [undefined, undefined, 'USAGE', /needs a kernel/],
    ['', undefined, 'USAGE', /needs a kernel/],
    ['debian:', undefined, 'KERNEL_UNAVAILABLE', /names no version/],
    ['debian:bookworm', undefined, 'KERNEL_UNAVAILABLE', /names no version/],
    ['debian:6', undefined, 'KERNEL_UNAVAILABLE', /names no version/],
    ['debian:6.1', '/lib/modules', 'USAGE', /has modules of its own/],
    ['nowhere/bzImage', undefined, 'KERNEL_UNAVAILABLE', /no kernel nowhere\/bzImage/],
    ['', '/lib/modules', 'USAGE', /needs a kernel/],
  ] as const)('--kernel %s --modules %s', async (kernel, modules, code, why) => {
    const settings = {
      memoryMib: 1_536,
      ...(kernel === undefined ? {} : { kernel }),
      ...(modules === undefined ? {} : { modules }),
    };
    const refused = { code, message: expect.stringMatching(why) };
    await expect(chooseKernel(settings, preparing)).rejects.toMatchObject(refused);
    expect(() => plannedKernelOf(settings)).toThrow(expect.objectContaining(refused));
  });

  test('a name is planned with before anything is fetched', () => {
    vi.stubEnv('XDG_CACHE_HOME', folder);
    chmodSync(folder, 0o500);
    expect(plannedKernelOf({ kernel: 'debian:6.1', memoryMib: 1_536 })).toBe('6.1');
    expect(readdirSync(folder)).toEqual([]);
  });
});
