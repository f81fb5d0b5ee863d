import { expect, test } from 'vitest';
import { isAtLeast, isUpdateOf, parseRelease } from '../../../harness/kernel/release.ts';

function release(text: string) {
  const parsed = parseRelease(text);
  if (parsed === undefined) throw new Error(`not a release: ${text}`);
  return parsed;
}

test.each([
  ['6.18.44-fc-v595', 6, 18, 44, true, undefined],
  ['6.18.0', 6, 18, 0, true, undefined],
  ['6.13.0-rc7+', 6, 13, 0, true, undefined],
  ['5.10.0-28-amd64', 5, 10, 0, false, undefined],
  ['6.1.0-13-cloud-amd64', 6, 1, 0, false, undefined],
  ['6.8.0-31-generic', 6, 8, 0, false, undefined],
  ['6.12.41+deb13-amd64', 6, 12, 41, true, undefined],
  ['3.10.0-1160.el7.x86_64', 3, 10, 0, false, 'el7'],
  ['4.18.0-553.el8_10.x86_64', 4, 18, 0, false, 'el8'],
  ['5.4.278-1.el7.elrepo.x86_64', 5, 4, 278, true, undefined],
  ['2.6.32.69', 2, 6, 32, true, undefined],
  ['2.6.32-754.el6.x86_64', 2, 6, 32, true, 'el6'],
  ['4.4.178\n', 4, 4, 178, true, undefined],
  ['5.15.153.1-microsoft-standard-WSL2', 5, 15, 153, true, undefined],
])('parseRelease() reads %s', (text, major, minor, patch, patchIsKnown, vendor) => {
  expect(parseRelease(text)).toEqual({
    text: text.trim(),
    major,
    minor,
    patch,
    patchIsKnown,
    ...(vendor === undefined ? {} : { vendor }),
  });
});

test.each(['', 'linux', '6', '6.x', 'v6.18', '6.18.44abc'])('parseRelease() rejects %j', (text) => {
  expect(parseRelease(text)).toBeUndefined();
});

test('isAtLeast() compares numbers, not text', () => {
  expect(isAtLeast(release('4.9.130'), '4.10')).toBe(false);
  expect(isAtLeast(release('4.10.0'), '4.10')).toBe(true);
  expect(isAtLeast(release('4.10.0'), '4.9.130')).toBe(true);
  expect(isAtLeast(release('5.0.1'), '4.10')).toBe(true);
  expect(isAtLeast(release('3.16.80'), '3.16.81')).toBe(false);
  expect(isAtLeast(release('2.6.32.69'), '2.6.36')).toBe(false);
});

test('isAtLeast() takes an unknown patch level for the mainline release', () => {
  expect(isAtLeast(release('5.10.0-28-amd64'), '5.10')).toBe(true);
  expect(isAtLeast(release('5.10.0-28-amd64'), '5.10.1')).toBe(false);
});

test('isUpdateOf() stays within the series', () => {
  expect(isUpdateOf(release('4.4.180'), '4.4.178')).toBe(true);
  expect(isUpdateOf(release('4.4.177'), '4.4.178')).toBe(false);
  expect(isUpdateOf(release('4.5.200'), '4.4.178')).toBe(false);
  expect(isUpdateOf(release('5.4.178'), '4.4.178')).toBe(false);
});
