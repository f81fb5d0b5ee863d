/** Report pages in a real browser: they open from a file, ask for nothing, and can be worked with. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { writeReport } from '../../harness/commands/report.ts';
import { kernelsJsonReport } from '../../harness/report/kernels-json.ts';
import { verifyJsonReport } from '../../harness/report/verify-json.ts';
import { browserTest } from '../helpers/browser-available.ts';
import { largeRun } from '../helpers/large-run.ts';
import { usePages } from '../helpers/page-reader.ts';
import { writeEvidence } from '../helpers/write-evidence.ts';
import {
  FAILED,
  judged,
  kernelsOf,
  machine,
  NEW,
  OLD,
  RECORDED,
  WITHOUT_LINEAR,
} from '../unit/kernels/recorded-kernels.ts';
import { catalogueOf, recorded } from '../unit/verify/recorded-catalogue.ts';

const FIXTURES = path.join('test', 'fixtures');
const TIMEOUT_MS = 60_000;
/** Opening takes 0.6 s on an idle machine with two processors, a filter 0.05 s; a busy one is slower. */
const SOON_MS = 2_000;

const open = usePages();
const folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the page of a folder and returns where it is. */
function pageOf(name: string): string {
  writeReport(path.join(folder, name), undefined);
  return path.join(folder, name, 'report.html');
}

function recordedPage(fixture: string, name = fixture): string {
  cpSync(path.join(FIXTURES, 'runs', fixture), path.join(folder, name), { recursive: true });
  return pageOf(name);
}

describe('a small run', () => {
  browserTest(
    'verdict, timeline, clients; the ladder shows the bytes of the segment that is chosen',
    async () => {
      const { page, faults } = await open(recordedPage('fooled-client'));
      expect(await page.locator('.headline .verdict').textContent()).toBe('confirmed');
      expect(await page.locator('#explanation').count()).toBe(0);
      expect(await page.locator('canvas').count()).toBe(2);
      await page.getByText('44686', { exact: true }).click();
      expect(await page.locator('#ladder-client').textContent()).toBe('Packets of client 3');
      expect(await page.locator('#ladder .segment.again').count()).toBe(2);
      expect(await page.locator('#ladder .gap').allTextContents()).toEqual(['+1.01 s', '+2.02 s']);
      await page.locator('#ladder .segment').nth(1).click();
      expect(await page.locator('#packet').textContent()).toContain('SYN ACK');
      expect(await page.locator('#packet .hex').textContent()).toMatch(/^0x0000 {2}0200 0000/);
      const before = await page.locator('#ladder svg').getAttribute('height');
      await page.locator('#zoom-in').click();
      await page.locator('#zoom-in').click();
      expect(Number(await page.locator('#ladder svg').getAttribute('height'))).toBeGreaterThan(
        Number(before),
      );
      expect(faults).toEqual([]);
    },
    TIMEOUT_MS,
  );

  browserTest(
    'who never heard of a backlog reads first why client 4 timed out, and finds the rest by links',
    async () => {
      const { page, faults } = await open(recordedPage('accept-queue-overflow', 'explained'));
      const sections = page.locator('main > section');
      expect(await sections.first().locator('h2').textContent()).toBe(
        'Why client 4 timed out, and clients 1-3 did not',
      );
      expect(await sections.first().locator('.seat').allTextContents()).toEqual([
        ...['client 1', 'client 2', 'client 3'],
        '✗ client 4',
      ]);
      const links = page.locator('.jump a');
      expect(await links.allTextContents()).toEqual(
        await page.locator('main h2').allTextContents(),
      );
      await links.last().click();
      expect(await page.evaluate('scrollY > 1000')).toBe(true);
      expect(await page.locator('#ladder .fate').allTextContents()).toEqual(
        Array.from({ length: 3 }, () => 'refused: the accept queue is full (3 of 3)'),
      );
      const height = async (): Promise<number> =>
        Number(await page.locator('#ladder svg').getAttribute('height'));
      const toScale = await height();
      await page.locator('#zoom-reset').click();
      expect(await height()).toBeLessThan(toScale);
      await page.locator('.rows .row').first().click();
      expect(await page.locator('#ladder').textContent()).toContain('took 2 more packets');
      const zeros = page.locator('#prediction details');
      expect(await zeros.locator('summary').textContent()).toMatch(/^6 more, predicted as 0/);
      expect(faults).toEqual([]);
    },
    TIMEOUT_MS,
  );

  browserTest(
    'language and theme are switched, and the words change with them',
    async () => {
      const { page, faults } = await open(recordedPage('accept-queue-overflow'), {
        colorScheme: 'dark',
      });
      const background = () =>
        page.evaluate('getComputedStyle(document.body).backgroundColor') as Promise<string>;
      const dark = await background();
      await page.locator('#theme').click();
      expect(await background()).not.toBe(dark);
      await page.locator('#language').click();
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
      expect(await page.locator('h1').textContent()).toBe('accept 队列满时拒绝 SYN，客户端超时');
      expect(await page.locator('#claims').textContent()).toContain('可以等待 2 + 1 = 3 个连接');
      await page.locator('#language').click();
      expect(await page.locator('h1').textContent()).toMatch(/^A full accept queue/);
      expect(faults).toEqual([]);
    },
    TIMEOUT_MS,
  );

  browserTest(
    'by keyboard alone: / searches, arrows choose a client, Enter goes to its packets',
    async () => {
      const { page, faults } = await open(recordedPage('accept-queue-overflow', 'keys'));
      const focused = (what: string) =>
        page.evaluate(`document.activeElement?.${what}`) as Promise<string>;
      await page.keyboard.press('/');
      expect(await focused('id')).toBe('clients-search');
      await page.keyboard.type('4457');
      expect(await page.locator('#clients-shown').textContent()).toBe('1 of 4 clients');
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
      for (let presses = 0; (await focused('id')) !== 'clients-grid'; presses += 1) {
        expect(presses).toBeLessThan(20);
        await page.keyboard.press('Tab');
        if ((await focused('className')) === 'wide grid-wide') continue;
      }
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowDown');
      expect(await page.locator('#ladder-client').textContent()).toBe('Packets of client 2');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      expect(await page.locator('#ladder-client').textContent()).toBe('Packets of client 4');
      expect(await focused('classList.contains("segment")')).toBe(true);
      await page.keyboard.press('Enter');
      expect(await page.locator('#packet').textContent()).toContain('SYN');
      const outline = page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      expect(await outline).toBe('solid');
      expect(faults).toEqual([]);
    },
    TIMEOUT_MS,
  );

  browserTest(
    'a narrow window scrolls down only; paper is white, unfolded, and has the ladders',
    async () => {
      const { page, faults } = await open(recordedPage('fooled-client', 'paper'), {
        viewport: { width: 400, height: 800 },
        colorScheme: 'dark',
      });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400);
      await page.emulateMedia({ media: 'print' });
      await page.evaluate('dispatchEvent(new Event("beforeprint"))');
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        'rgb(255, 255, 255)',
      );
      expect(await page.locator('#printed-ladders svg').count()).toBe(2);
      expect(await page.locator('#printed-ladders').isVisible()).toBe(true);
      expect(await page.locator('details:not([open])').count()).toBe(0);
      await page.evaluate('dispatchEvent(new Event("afterprint"))');
      expect(await page.locator('details[open]').count()).toBe(0);
      expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000);
      expect(faults).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

browserTest(
  '30000 clients: opens, filters and searches soon, with few rows in the document',
  async () => {
    writeEvidence(largeRun(30_000), path.join(folder, 'large'));
    const file = pageOf('large');
    expect(readFileSync(file).length).toBeLessThan(2_000_000);
    const startedMs = performance.now();
    const { page, faults } = await open(file);
    expect(await page.locator('#clients-shown').textContent()).toBe('30000 of 30000 clients');
    expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
    expect(await page.locator('.rows .row').count()).toBeLessThan(50);
    const changedMs = performance.now();
    await page.locator('#clients-filter').selectOption('gave-up');
    expect(await page.locator('#clients-shown').textContent()).toBe('29999 of 30000 clients');
    await page.locator('#clients-search').fill('2999');
    expect(await page.locator('#clients-shown').textContent()).toBe('22 of 30000 clients');
    expect(performance.now() - changedMs).toBeLessThan(SOON_MS);
    await page.locator('#clients-search').fill('');
    await page.locator('#clients-grid').focus();
    await page.keyboard.press('End');
    expect(await page.locator('[aria-selected="true"]').textContent()).toMatch(/^30000/);
    expect(await page.locator('#ladder').textContent()).toContain('capture.pcap');
    expect(faults).toEqual([]);
  },
  TIMEOUT_MS,
);

browserTest(
  'the index of verify filters by verdict and leads to the page of a run',
  async () => {
    const names = ['accept-queue-overflow', 'fooled-client'];
    for (const name of names) {
      cpSync(path.join(FIXTURES, 'runs', name), path.join(folder, 'verify', name), {
        recursive: true,
      });
    }
    const verdict = catalogueOf(names.map((name) => recorded(name)));
    writeFileSync(path.join(folder, 'verify', 'verify.json'), verifyJsonReport(verdict));
    const { page, faults } = await open(pageOf('verify'));
    const claims = page.locator('article:visible');
    const all = await claims.count();
    await page.locator('input[value="outdated"]').uncheck();
    expect(await claims.count()).toBe(all - verdict.totals.outdated);
    await page.getByRole('link', { name: 'fooled-client' }).first().click();
    await page.locator('#ladder').waitFor();
    expect(await page.locator('h1').textContent()).toMatch(/^A fooled client/);
    expect(faults).toEqual([]);
  },
  TIMEOUT_MS,
);

browserTest(
  'several kernels: only their differences if so wished, and a way to the index of each',
  async () => {
    const verdict = kernelsOf([
      judged('host', NEW, RECORDED),
      judged('debian:6.1', OLD, WITHOUT_LINEAR, [machine(7_000, 20_000, 300)]),
      FAILED,
    ]);
    const own = path.join(folder, 'kernels');
    const kernels = verdict.kernels.map((each) =>
      each.kind === 'judged' ? { ...each, folder: `runs/x/${each.name}` } : each,
    );
    for (const outcome of RECORDED) {
      const { label } = outcome.run;
      const there = path.join(own, 'host', label);
      cpSync(path.join(FIXTURES, 'runs', label), there, { recursive: true });
    }
    writeFileSync(path.join(own, 'host', 'verify.json'), verifyJsonReport(catalogueOf(RECORDED)));
    writeFileSync(path.join(own, 'kernels.json'), kernelsJsonReport({ ...verdict, kernels }));
    const { page, faults } = await open(pageOf('kernels'));
    const rows = page.locator('#matrix tbody tr:visible');
    expect(await rows.count()).toBe(verdict.claims.length);
    expect(await rows.first().locator('td').count()).toBe(4);
    await page.locator('#only-differences').check();
    expect(await rows.locator('code').allTextContents()).toEqual(['001-i']);
    expect(await rows.first().textContent()).toContain('commit ccce324dabfe');
    expect(await page.locator('#claims-shown').textContent()).toBe(
      `1 of ${verdict.claims.length} claims`,
    );
    await page.locator('#language').click();
    expect(await page.locator('h1').textContent()).toBe('哪些文档论断在哪个内核上成立');
    await page.locator('#kernels').getByRole('link', { name: 'host' }).click();
    await page.locator('article').first().waitFor();
    await page.getByRole('link', { name: 'syn-queue', exact: true }).first().click();
    await page.locator('#ladder').waitFor();
    expect(faults).toEqual([]);
  },
  TIMEOUT_MS,
);

browserTest(
  'an incident shows its phases side by side and follows a failure to its cause',
  async () => {
    cpSync(path.join(FIXTURES, 'incidents'), path.join(folder, 'incidents'), { recursive: true });
    const name = path.join('incidents', 'tomcat-accept-count');
    writeFileSync(path.join(folder, name, 'incident.json'), '{}');
    const { page, faults } = await open(pageOf(name));
    expect(await page.locator('#phases th').allTextContents()).toEqual([
      '',
      'acceptCount 1',
      'acceptCount 100',
    ]);
    expect(await page.locator('.chain').count()).toBe(2);
    await page.locator('#phases a').first().click();
    await page.locator('#clients-grid').waitFor();
    expect(faults).toEqual([]);
  },
  TIMEOUT_MS,
);

browserTest(
  'a sweep shows what it measured, beside the prediction or the formula of the documents',
  async () => {
    const cell = {
      ...{ backlog: 128, somaxconn: 4_096, maxSynBacklog: 64, syncookies: 0 },
      acceptQueueCapacity: { predicted: 129, measured: 129 },
      synQueueCapacity: { predicted: 49, oldFormula: 128, measured: 49 },
      ...{ rule: null, runFolder: null, problem: null },
    };
    const kernel = { release: '6.18.0', architecture: 'x64', distribution: 'Debian 13' };
    mkdirSync(path.join(folder, 'sweep'));
    const sweep = { schemaVersion: 1, kernel, wallMs: 1, cells: [cell] };
    writeFileSync(path.join(folder, 'sweep', 'sweep.json'), JSON.stringify(sweep));
    const { page, faults } = await open(pageOf('sweep'));
    expect(await page.locator('#map-syn td').getAttribute('class')).toBe('heat-0');
    await page.locator('#reference').selectOption('documents');
    expect(await page.locator('#map-syn td').getAttribute('class')).toBe('heat-2');
    expect(await page.locator('#map-syn td small').textContent()).toBe('128');
    expect(faults).toEqual([]);
  },
  TIMEOUT_MS,
);
