import { describe, expect, test } from 'vitest';
import { clientsSettings } from '../../../harness/commands/clients-options.ts';
import { CLIENT_LIBRARIES } from '../../../harness/domain/usual-clients.ts';
import { CLIENT_STATES } from '../../../harness/scenarios/client-states.ts';

describe('the options of clients', () => {
  test('everything, for 2 s and 15 s, unless something is asked for', () => {
    expect(clientsSettings({})).toEqual({
      libraries: CLIENT_LIBRARIES,
      states: CLIENT_STATES.map(({ id }) => id),
      timeoutMs: 2_000,
      waitMs: 15_000,
      reporters: [{ name: 'terminal', file: null }],
      runsDir: 'runs',
    });
  });

  test('lists keep the order of the table, however they are written', () => {
    const { libraries, states } = clientsSettings({
      library: ['pg,fetch', 'node:net'],
      state: ['fooled, full-queue'],
    });
    expect(libraries).toEqual(['node:net', 'fetch', 'pg']);
    expect(states).toEqual(['clients-full-queue', 'clients-fooled']);
  });

  test.each([
    [{ library: ['axois'] }, "There is no library 'axois'."],
    [{ state: ['full'] }, "There is no state 'full'."],
    [{ timeout: '0' }, 'Cannot use --timeout 0'],
    [{ wait: 'long' }, 'Cannot use --wait long'],
    [{ reporter: ['csv'] }, "There is no reporter 'csv'."],
  ])('%o is wrong usage', (given, message) => {
    expect(() => clientsSettings(given)).toThrow(message);
  });
});

test('a backlog has room for all libraries without a SYN queue that is half full', () => {
  const most = 2 * CLIENT_LIBRARIES.length;
  for (const { defaults } of CLIENT_STATES) {
    expect(2 * most, 'see BACKLOG').toBeLessThanOrEqual(defaults.backlog);
  }
});
