/** Several servers listen on the same port, at addresses of their own. */
import { expect, test } from 'vitest';
import { snapshotFile } from '../../../harness/domain/evidence.ts';
import { observe } from '../../../harness/evidence/observe.ts';
import { listenRowLength } from '../../../harness/verdict/figures.ts';
import { edited } from '../../helpers/damage.ts';
import { fixture } from '../../helpers/fixtures.ts';

const RELAYS = 'relay-traffic';

/** As if the first queue held two connections, and the second three. */
const queued = (file: 'ss-listen' | 'tcp', pattern: RegExp) =>
  edited(snapshotFile('closing', 'server', file), (text) => {
    let length = 1;
    return text.replace(pattern, (_, before: string, digits: string) => {
      length += 1;
      return `${before}${`${length}`.padStart(digits.length, '0')}`;
    });
  });

test('their queues are read as one', () => {
  const bySs = queued('ss-listen', /^(LISTEN )(\d+)/gm);
  const byProc = queued('tcp', /( 0A 0{8}:)([\dA-F]{8})/g);
  const seen = observe(byProc(bySs(fixture(RELAYS))));
  const closing = seen.snapshots.get('closing');
  expect(closing?.listener).toMatchObject({
    acceptQueueLength: 5,
    acceptQueueLimit: 511,
    drops: 0,
  });
  expect(closing && listenRowLength(seen, closing)).toBe(5);
});

test('each says for itself what it kept and received', () => {
  const { servers, accepted, announcedLimits } = observe(fixture(RELAYS));
  expect(servers).toMatchObject([
    { kept: 2, receivedBytes: 600 },
    { kept: 4, dropped: 0, receivedBytes: 1_200 },
  ]);
  expect(accepted).toBe(servers.reduce((sum, { kept, dropped }) => sum + kept + dropped, 0));
  expect(announcedLimits).toEqual([511]);
});
