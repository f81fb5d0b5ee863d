/** What the report tells of fooled clients that write or probe, from recorded runs. */
import { expect, test } from 'vitest';
import { tellTales } from '../../../harness/report/client-tales.ts';
import { viewClients } from '../../../harness/report/client-views.ts';
import { setupSection } from '../../../harness/report/setup-section.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { fixture } from '../../helpers/fixtures.ts';

const taleOf = (name: string, client: number): string | undefined => {
  const { seen } = judgeEvidence(fixture(name));
  return tellTales(viewClients(seen), seen).find(({ clients }) => clients.includes(client))?.why;
};

test('the segment that drew a RST was not dropped', () => {
  expect(taleOf('fooled-client-sends', 3)).toMatch(
    /ACK and data were dropped 6 times, .*without a word; the server reset it at 3\.\d+ s/,
  );
});

test('a probe that was acknowledged is told', () => {
  expect(taleOf('keepalive-believes', 4)).toMatch(
    /the ACK was dropped once, .*keepalive was acknowledged all the same at 2\.0\d s; forgotten by/,
  );
  expect(taleOf('keepalive-believes', 5)).not.toContain('keepalive');
});

test('the course of a run names what its waves do otherwise, and that they send', () => {
  const page = { style: plainStyle, widthColumns: 1_000, verbose: false };
  const courseOf = (name: string): string =>
    setupSection({ ...judgeEvidence(fixture(name)), runFolder: '' }, page).join('\n');
  expect(courseOf('keepalive-believes')).toContain('probes after 2000 ms of silence');
  expect(courseOf('fooled-client-sends')).toContain("wave 'senders' sends 50 bytes");
});
