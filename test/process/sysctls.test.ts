import { expect, test } from 'vitest';
import { applySysctls } from '../../harness/collect/sysctls.ts';

const SERVER = { host: 'server', procNet: '', inside: (argv: readonly string[]) => argv } as const;

/** The error of setting this key, when the kernel says so. */
const errorOf = (key: string, says: string): Promise<unknown> =>
  applySysctls(SERVER, { [key]: '262144' }, 'required', async () => says).then(
    () => undefined,
    (error: unknown) => error,
  );

test('a refused somaxconn names the kernels that take 65535 at most', async () => {
  expect(await errorOf('net.core.somaxconn', 'refused 128')).toMatchObject({
    code: 'SYSCTL_NOT_WRITABLE',
    message: expect.stringContaining('the kernel refused the value (it stays 128)'),
    remedy: expect.stringMatching(/from 3\.11 to 4\.0.* takes 65535 at most.* Linux 4\.1 or later/),
  });
});

test('another refused value is not explained', async () => {
  expect(await errorOf('net.ipv4.tcp_syn_retries', 'refused 6')).toMatchObject({
    remedy: 'choose a value that the kernel takes',
  });
});
