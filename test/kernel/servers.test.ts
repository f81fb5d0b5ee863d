/** Other people's servers against the real kernel: those that every machine has, and the installed. */
import * as fs from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { REAL_SERVERS } from '../../harness/domain/real-servers.ts';
import { findServers } from '../../harness/sandbox/installed-servers.ts';
import { useInstallation } from '../helpers/installation.ts';
import { breaches, SERVERS_CONTRACT } from '../helpers/json-contract.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { jsonOf } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 180_000;

const installation = useInstallation();

interface TableJson {
  readonly runs: readonly {
    readonly id: string;
    readonly problem: string | null;
    readonly asKnown: boolean | null;
    readonly acceptQueueLimit: number;
    readonly places: number;
    readonly refusedFromClient: number;
    readonly frozen: Readonly<Record<'clients' | 'before' | 'connected' | 'refused', number>>;
    readonly runFolder: string;
  }[];
}

/** Measures them all; every run must have been decided, and its temporary folder be gone. */
async function measured(names: readonly string[]): Promise<TableJson['runs']> {
  const temporary = installation.newFolder();
  const runsDir = installation.newFolder();
  const ended = await installation.run(
    ['servers', '--json', '--quiet', '--server', names.join(), '--runs-dir', runsDir],
    { env: { TMPDIR: temporary } },
  );
  const table = jsonOf<TableJson>(ended, 0);
  expect(breaches(table, SERVERS_CONTRACT)).toEqual([]);
  expect(table.runs.filter(({ problem }) => problem !== null)).toEqual([]);
  expect(fs.readdirSync(temporary)).toEqual([]);
  const [folder = ''] = fs.readdirSync(runsDir);
  expect(folder).toMatch(/-servers$/);
  const kept = fs.readdirSync(path.join(runsDir, folder));
  expect(kept.toSorted()).toEqual([...table.runs.map(({ id }) => id), 'servers.json'].toSorted());
  return table.runs;
}

const installed = (await findServers(REAL_SERVERS)).flatMap(({ server, version }) =>
  version === null ? [] : [server],
);

/** Without those that take long: thousands of clients, or a compiler. */
const OTHERS = installed
  .filter(({ name, program }) => !['node', 'python'].includes(name) && program !== 'javac')
  .filter(({ byDefault: { backlog } }) => backlog !== 'somaxconn' && backlog < 2_000)
  .map(({ name }) => name);

describe('real servers', { timeout: TIMEOUT_MS }, () => {
  kernelTest('Node and Python, with the backlog of their own and with one of 16', async () => {
    const runs = await measured(['python', 'node']);
    expect(runs.map(({ id, acceptQueueLimit }) => [id, acceptQueueLimit])).toEqual([
      ['node', 511],
      ['node-backlog-16', 16],
      ['python', 5],
      ['python-backlog-16', 16],
    ]);
    for (const { acceptQueueLimit, places, refusedFromClient, frozen, asKnown } of runs) {
      expect(asKnown).toBe(true);
      expect(places).toBe(acceptQueueLimit + 1);
      expect(refusedFromClient).toBe(acceptQueueLimit + 2);
      const { clients, before, connected, refused } = frozen;
      expect(before + connected).toBe(places);
      expect(connected + refused).toBe(clients);
    }
  });

  const when = OTHERS.length > 0 ? kernelTest : kernelTest.skip;
  when(`those that are here: ${OTHERS.join()}`, async () => {
    const runs = await measured(OTHERS);
    expect(runs).toHaveLength(2 * OTHERS.length);
    for (const { id, asKnown } of runs) expect(asKnown, id).toBe(true);
  });
});
