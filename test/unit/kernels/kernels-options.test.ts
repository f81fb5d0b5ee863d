import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { machinesIn } from '../../../harness/commands/kernels.ts';
import { kernelsSettings } from '../../../harness/commands/kernels-options.ts';
import { createFolderIn } from '../../../harness/run-folder.ts';
import { machine } from './recorded-kernels.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** No kernel, but its header says so: as much as is read before one is started. */
function image(name: string): string {
  const bytes = Buffer.alloc(4_096);
  bytes.write('HdrS', 0x202, 'latin1');
  bytes.writeUInt16LE(0x400, 0x20e);
  bytes.write('6.1.2-own (me@here) #3 SMP\0', 0x600, 'latin1');
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

const settings = (kernel: unknown, others: Readonly<Record<string, unknown>> = {}) =>
  kernelsSettings({ _: ['kernels'], sandbox: 'auto', kernel, ...others }, []);

const namesOf = (kernel: unknown): readonly string[] =>
  settings(kernel).kernels.map(({ name }) => name);

describe('which kernels', () => {
  test.each([
    ['host', ['host']],
    ['debian:6.1, debian:6.12', ['debian:6.1', 'debian:6.12']],
    [
      ['debian:6.1', 'debian:6.12,host'],
      ['host', 'debian:6.1', 'debian:6.12'],
    ],
  ])('%j', (given, names) => {
    expect(namesOf(given)).toEqual(names);
  });

  test('this machine’s own is in namespaces, all others are in virtual machines', () => {
    const { kernels } = settings('debian:6.1,host', { 'vm-memory': '700' });
    expect(kernels.map(({ sandbox }) => [sandbox.kind, sandbox.vm])).toEqual([
      ['netns', { memoryMib: 1_536 }],
      ['vm', { kernel: 'debian:6.1', memoryMib: 700 }],
    ]);
  });

  test('an image brings its modules with it; a name may have a colon', () => {
    const [plain, colon] = [image('bzImage'), image('a:b')];
    const { kernels } = settings([plain, `${colon}:${folder}`]);
    expect(kernels.map(({ sandbox }) => sandbox.vm)).toEqual([
      { kernel: plain, memoryMib: 1_536 },
      { kernel: colon, modules: folder, memoryMib: 1_536 },
    ]);
    expect(settings(colon).kernels[0]?.sandbox.vm).toMatchObject({ kernel: colon });
  });

  test.each([
    [undefined, {}, /needs a kernel/, /--kernel debian/],
    ['', {}, /needs a kernel/, /--kernel debian/],
    [[' , '], {}, /needs a kernel/, /--kernel debian/],
    [['host', 'debian:6.1,host'], {}, /kernel host is there twice/, /once/],
    [['./package.json', 'package.json'], {}, /package\.json is there twice/, /once/],
    ['package.json:nowhere', {}, /no folder 'nowhere' of modules/, /PATH:MODULES_DIR/],
    ['host', { modules: 'm' }, /--modules/, /PATH:MODULES_DIR/],
    ['host', { sandbox: 'docker' }, /chooses the sandbox/, /--sandbox/],
    ['host', { profile: 'slow' }, /no profile 'slow'/, /default or documented/],
  ])('%j with %j is wrong usage', (given, others, message, remedy) => {
    expect(() => settings(given, others)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      }),
    );
  });

  test.each([['nowhere/bzImage'], ['package.json']])('%s is no kernel', (given) => {
    expect(() => settings(['host', given])).toThrow(
      expect.objectContaining({ code: 'KERNEL_UNAVAILABLE' }),
    );
  });
});

test('a kernel’s folder has a name that every shell and every address can take', () => {
  const own = createFolderIn(folder, 'names');
  const names = ['debian:6.1', '/boot/a b/bzImage', '../bzImage', 'host', 'host'];
  expect(names.map((name) => path.basename(createFolderIn(own, name)))).toEqual([
    'debian-6.1',
    'boot-a-b-bzImage',
    'bzImage',
    'host',
    'host-2',
  ]);
});

test('the machines of the runs are found where they were kept', () => {
  const own = createFolderIn(folder, 'catalogue');
  const record = machine(1, 2, 3);
  for (const name of ['one', 'two']) {
    writeFileSync(path.join(createFolderIn(own, name), 'machine.json'), JSON.stringify(record));
  }
  createFolderIn(own, 'without');
  writeFileSync(path.join(own, 'verify.json'), '{}');
  expect(machinesIn(own)).toEqual([record, record]);
});
