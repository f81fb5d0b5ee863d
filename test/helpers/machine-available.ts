import { test } from 'vitest';
import { findCommand } from '../../harness/sandbox/command-path.ts';

/** What is made here is a machine of the Debian kernel that the tests share. */
export const KERNEL_UNDER_TEST = 'debian:6.1';

const lacking = ['qemu-system-x86_64', 'busybox', 'apt-get'].filter(
  (command) => findCommand(command) === undefined,
);

const isRequired = process.env['REQUIRE_VM'] === '1';

if (lacking.length > 0 && !isRequired) {
  process.stderr.write(
    `Skipping tests in virtual machines: no ${lacking.join(', no ')}. Set REQUIRE_VM=1 to fail instead.\n`,
  );
}

/** A test in a virtual machine; with REQUIRE_VM=1 it runs, come what may. */
export const machineTest = test.skipIf(lacking.length > 0 && !isRequired);
