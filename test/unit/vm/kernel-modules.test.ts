/** Which modules are packed, and in which order. A module's text is all that is looked at. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { moduleFiles, modulesIn } from '../../../harness/sandbox/vm/kernel-modules.ts';

const RELEASE = '6.1.0-50-amd64';
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const moduleText = (depends: string, release = RELEASE): Buffer =>
  Buffer.from(`\x7fELF\0license=GPL\0depends=${depends}\0vermagic=${release} SMP mod_unload \0`);

function put(file: string, bytes: Uint8Array): void {
  const place = path.join(folder, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, bytes);
}

const namesIn = async (release = RELEASE): Promise<readonly string[]> =>
  (await modulesIn(folder, release)).map(({ name }) => name);

test('what a module needs comes before it, once; what no run needs is left out', async () => {
  put('net/netfilter/nf_tables.ko', moduleText('nfnetlink,libcrc32c'));
  put('net/netfilter/nft_ct.ko', moduleText('nf_tables,nf-conntrack'));
  put('net/nf-conntrack.ko', moduleText('libcrc32c'));
  put('net/nfnetlink.ko', moduleText(''));
  put('lib/libcrc32c.ko', moduleText(''));
  put('drivers/floppy.ko', moduleText(''));
  expect(await namesIn()).toEqual([
    'nfnetlink',
    'libcrc32c',
    'nf_tables',
    'nf_conntrack',
    'nft_ct',
  ]);
});

test('a dependency that is built in is no file, and two that need each other end', async () => {
  put('veth.ko', moduleText('built_in'));
  put('tcp_diag.ko', moduleText('inet_diag'));
  put('inet_diag.ko', moduleText('tcp_diag'));
  expect(new Set(await namesIn())).toEqual(new Set(['veth', 'inet_diag', 'tcp_diag']));
});

test('compressed ones are unpacked', async () => {
  put('veth.ko.gz', gzipSync(moduleText('')));
  const [veth] = await modulesIn(folder, RELEASE);
  expect(Buffer.from(veth?.bytes ?? [])).toEqual(moduleText(''));
});

test('of several releases side by side only the own one counts', async () => {
  put('5.10.0-1-amd64/veth.ko', moduleText('', '5.10.0-1-amd64'));
  put(`${RELEASE}/veth.ko`, moduleText(''));
  put('7.0.0-1-amd64/veth.ko', moduleText('', '7.0.0-1-amd64'));
  expect(moduleFiles(folder, RELEASE)).toEqual([path.join(folder, RELEASE, 'veth.ko')]);
  expect(await namesIn()).toEqual(['veth']);
});

test('those of another kernel are refused before it is started', async () => {
  put('veth.ko', moduleText('', '4.4.0-21-generic'));
  await expect(namesIn()).rejects.toMatchObject({
    code: 'KERNEL_UNAVAILABLE',
    message: expect.stringMatching(
      /for Linux 4\.4\.0-21-generic, and the kernel is 6\.1\.0-50-amd64\.$/,
    ),
  });
});

test.each([
  ['broken', 'veth.ko.gz', /veth\.ko\.gz/],
  ['broken', 'veth.ko.xz', /veth\.ko\.xz|no module/],
  ['no module', 'README', /there are none/],
])('%s: %s', async (_, file, why) => {
  put(file, Buffer.from('no archive'));
  await expect(namesIn()).rejects.toMatchObject({
    code: expect.stringMatching(/^KERNEL_UNAVAILABLE|TOOL_MISSING$/),
    message: expect.stringMatching(why),
  });
});

test('a folder that is not there', async () => {
  await expect(modulesIn(path.join(folder, 'nowhere'), RELEASE)).rejects.toMatchObject({
    code: 'KERNEL_UNAVAILABLE',
    remedy: expect.stringContaining('--modules'),
  });
});
