import { expect, test } from 'vitest';
import { HarnessError } from '../../../harness/domain/harness-error.ts';
import { defaultSysctls, kernelModel } from '../../../harness/kernel/kernel-model.ts';
import { parseRelease } from '../../../harness/kernel/release.ts';
import { rulesOf } from '../../../harness/kernel/rules.ts';
import { sysctlAvailability } from '../../../harness/kernel/sysctls.ts';
import { kernelOf } from '../../helpers/kernels.ts';

function modelOf618(server: Record<string, string>, client: Record<string, string>) {
  const release = parseRelease('6.18.44');
  if (release === undefined) throw new Error('not a release');
  return kernelModel(rulesOf(release), server, client, defaultSysctls(release));
}

test('kernelModel() takes the listener from the server and the SYNs from the client', () => {
  const server = {
    'net.core.somaxconn': '1',
    'net.ipv4.tcp_max_syn_backlog': '2',
    'net.ipv4.tcp_syncookies': '0',
    'net.ipv4.tcp_abort_on_overflow': '1',
    'net.ipv4.tcp_synack_retries': '3',
    'net.ipv4.tcp_syn_retries': '90',
    'net.ipv4.tcp_syn_linear_timeouts': '91',
  };
  const client = {
    'net.core.somaxconn': '92',
    'net.ipv4.tcp_synack_retries': '93',
    'net.ipv4.tcp_syn_retries': '4',
    'net.ipv4.tcp_syn_linear_timeouts': '5\n',
  };
  expect(modelOf618(server, client)).toMatchObject({
    somaxconn: 1,
    maxSynBacklog: 2,
    syncookies: 0,
    abortOnOverflow: 1,
    synackRetries: 3,
    synRetries: 4,
    synLinearTimeouts: 5,
  });
});

test.each([
  ['2.6.32.69', 128, 5, 0],
  ['3.6.11', 128, 5, 0],
  ['3.7.10', 128, 6, 0],
  ['5.3.1', 128, 6, 0],
  ['5.4.30', 4096, 6, 0],
  ['6.4.16', 4096, 6, 0],
  ['6.5.1', 4096, 6, 4],
])(
  '%s defaults: somaxconn %i, SYN retries %i, linear %i',
  (text, somaxconn, synRetries, linear) => {
    expect(kernelOf(text)).toMatchObject({
      somaxconn,
      synRetries,
      synLinearTimeouts: linear,
      maxSynBacklog: 128,
      syncookies: 1,
      abortOnOverflow: 0,
      synackRetries: 5,
    });
  },
);

test.each(['', 'many', '1.5', '0x10', '1 2'])(
  'kernelModel() does not guess what %j means',
  (text) => {
    const attempt = () => modelOf618({ 'net.core.somaxconn': text }, {});
    expect(attempt).toThrow(HarnessError);
    expect(attempt).toThrow(/net\.core\.somaxconn/);
  },
);

test.each([
  ['net.core.somaxconn', '2.6.32', '6.3', 'not writable in a user namespace before kernel 6.3'],
  ['net.ipv4.tcp_syn_linear_timeouts', '6.5', '6.5', 'exists since kernel 6.5'],
  ['net.ipv4.tcp_abort_on_overflow', '4.15', '4.15', 'per network namespace since kernel 4.15'],
  ['net.ipv4.tcp_max_orphans', null, undefined, 'whole machine'],
  ['net.ipv4.tcp_never_heard_of', null, undefined, 'Nothing is known'],
])('sysctlAvailability(%s)', (key, perNamespaceSince, rootlessSince, words) => {
  const availability = sysctlAvailability(key);
  expect(availability.perNamespaceSince).toBe(perNamespaceSince);
  expect(availability.rootlessSince).toBe(rootlessSince);
  expect(availability.note).toContain(key);
  expect(availability.note).toContain(words);
});
