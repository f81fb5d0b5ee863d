/** The command line of a virtual machine. Every option has its reason in ARCHITECTURE.md. */
import type { Command } from '../converse.ts';
import type { Kernel } from './kernel-image.ts';

export type Accelerator = 'kvm' | 'tcg';

export interface MachineParts {
  readonly kernel: Pick<Kernel, 'image'>;
  readonly initramfs: string;
  readonly accelerator: Accelerator;
  readonly memoryMib: number;
  /** The file that the kernel's messages go to. */
  readonly console: string;
}

/**
 * Emulated without cx16, with which some kernels end in a double fault while they boot (seen with
 * QEMU 7.2 and 6.12); one processor, for the same reason.
 */
const PROCESSOR: Readonly<Record<Accelerator, readonly string[]>> = {
  kvm: ['-accel', 'kvm', '-cpu', 'host'],
  tcg: ['-accel', 'tcg,thread=multi', '-cpu', 'max,-cx16'],
};

/**
 * On the kernel's command line it tells our first process that Node shall not compile: an emulator
 * translates code when it runs first, and again when a compiler has written over it.
 */
export const EMULATED = 'backlog_lab.emulated=1';

const COMMAND_LINE =
  'console=ttyS0 panic=-1 loglevel=4 rdinit=/init reboot=t random.trust_cpu=on rng_core.default_quality=1000 8250.nr_uarts=4';

/**
 * The kernel kills the machine when this process dies, whatever kills it; the shell looks whether it
 * was dead before the kernel knew of that wish.
 */
const DIES_WITH_US = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['sh', '-c', '[ "$PPID" = "$1" ] || exit; shift; exec "$@"', 'sh'],
] as const;

export const machineCommand = (
  { kernel, initramfs, accelerator, memoryMib, console }: MachineParts,
  ownPid: number,
): Command => [
  'setpriv',
  ...DIES_WITH_US.slice(1),
  `${ownPid}`,
  'qemu-system-x86_64',
  ...PROCESSOR[accelerator],
  ...['-smp', '1', '-m', `${memoryMib}`],
  // No network, no disk, no screen: two serial ports and random numbers are all it has.
  ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
  ...['-device', 'virtio-rng-pci'],
  ...['-kernel', kernel.image, '-initrd', initramfs, '-append', commandLine(accelerator)],
  ...[
    '-chardev',
    `file,id=console,path=${escaped(console)},append=on`,
    '-serial',
    'chardev:console',
  ],
  ...['-serial', 'stdio'],
];

const commandLine = (accelerator: Accelerator): string =>
  accelerator === 'tcg' ? `${COMMAND_LINE} ${EMULATED}` : COMMAND_LINE;

/** QEMU's way to write a comma in a value. */
const escaped = (value: string): string => value.replaceAll(',', ',,');
