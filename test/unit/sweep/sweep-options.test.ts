import { describe, expect, test } from 'vitest';
import { sweepSettings } from '../../../harness/commands/sweep-options.ts';

describe('the lists of a sweep', () => {
  test('are combined; what is not given has its default', () => {
    const { cells } = sweepSettings({ backlog: ['5,16', '5'], syncookies: ['0, 2'] });
    expect(cells.map(({ backlog, syncookies }) => [backlog, syncookies])).toEqual([
      [5, 0],
      [5, 2],
      [16, 0],
      [16, 2],
    ]);
    expect(new Set(cells.map(({ somaxconn }) => somaxconn))).toEqual(new Set([4_096]));
  });

  test.each([
    [{ backlog: ['0'] }, '--backlog 0'],
    [{ backlog: ['two'] }, '--backlog two'],
    [{ backlog: [','] }, 'The list --backlog is empty'],
    [{ syncookies: ['3'] }, '--syncookies 3'],
    [{ somaxconn: [Array.from({ length: 101 }, (_, n) => n + 1).join(',')] }, '1010 combinations'],
  ])('%j is refused', (given, words) => {
    expect(() => sweepSettings(given)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(words) }),
    );
  });
});
