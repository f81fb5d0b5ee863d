/** How a machine is started: by a command that needs no privilege and outlives nobody. */
import { describe, expect, test } from 'vitest';
import { GUEST_INIT } from '../../../harness/sandbox/vm/guest-init.ts';
import { EMULATED, machineCommand } from '../../../harness/sandbox/vm/machine.ts';
import { vmCommandLine } from '../../../harness/sandbox/vm/vm.ts';

const command = (changes: Partial<Parameters<typeof machineCommand>[0]> = {}) =>
  machineCommand(
    {
      kernel: { image: '/boot/a kernel, "quoted"' },
      initramfs: '/cache/archive.cpio',
      accelerator: 'tcg',
      memoryMib: 900,
      console: '/runs/one, two/console.txt',
      ...changes,
    },
    4_711,
  );

const following = (words: readonly string[], option: string): string | undefined =>
  words[words.indexOf(option) + 1];

describe('the command line', () => {
  test('ends the machine with the command that started it', () => {
    const words = command();
    expect(words.slice(0, 5)).toEqual(['setpriv', '--pdeathsig', 'KILL', 'sh', '-c']);
    expect(words.slice(6, 9)).toEqual(['sh', '4711', 'qemu-system-x86_64']);
  });

  test('hands paths on as they are, but for the commas of an option with parts', () => {
    const words = command();
    expect(following(words, '-kernel')).toBe('/boot/a kernel, "quoted"');
    expect(following(words, '-chardev')).toContain('path=/runs/one,, two/console.txt,append=on');
  });

  test('tells the machine that it is emulated, and only then', () => {
    const told = (accelerator: 'kvm' | 'tcg') => following(command({ accelerator }), '-append');
    expect(told('tcg')).toContain(EMULATED);
    expect(told('kvm')).not.toContain(EMULATED);
    expect(GUEST_INIT).toContain(`in *${EMULATED}*)`);
  });

  test('gives no network, no disk and no screen', () => {
    const words = command();
    for (const option of ['-nodefaults', '-no-user-config', '-no-reboot']) {
      expect(words).toContain(option);
    }
    expect(following(words, '-display')).toBe('none');
    expect(words.filter((word) => /^-(?:net|nic|netdev|drive|hda|blockdev)/.test(word))).toEqual(
      [],
    );
    expect(words.filter((word) => word === '-device')).toHaveLength(1);
    expect(following(words, '-device')).toBe('virtio-rng-pci');
  });

  test('a kernel that panics ends the machine', () => {
    expect(following(command(), '-append')).toContain('panic=-1');
    expect(following(command(), '-append')).toContain('console=ttyS0');
  });

  test.each([
    ['tcg', 'tcg,thread=multi', 'max,-cx16'],
    ['kvm', 'kvm', 'host'],
  ] as const)('%s', (accelerator, accel, processor) => {
    const words = command({ accelerator });
    expect(following(words, '-accel')).toBe(accel);
    expect(following(words, '-cpu')).toBe(processor);
    expect(following(words, '-m')).toBe('900');
  });
});

test('--dry-run shows the same with what is not known yet', () => {
  const words = vmCommandLine({ kernel: 'debian:6.1', memoryMib: 700 }, '/runs/<time>');
  expect(following(words, '-kernel')).toBe('debian:6.1');
  expect(following(words, '-initrd')).toBe('<initramfs>');
  expect(following(words, '-m')).toBe('700');
  expect(words).toContain('file,id=console,path=/runs/<time>/console.txt,append=on');
});
