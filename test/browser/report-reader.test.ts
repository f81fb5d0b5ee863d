/** What a reader has chosen on a report page outlasts printing, another theme, another language. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { writeReport } from '../../harness/commands/report.ts';
import { browserTest } from '../helpers/browser-available.ts';
import { usePages } from '../helpers/page-reader.ts';

const FIXTURES = path.join('test', 'fixtures');
const TIMEOUT_MS = 60_000;

const open = usePages();
const folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-reader-'));
afterAll(() => rmSync(folder, { recursive: true }));

function pageOf(...place: readonly string[]): string {
  const target = path.join(folder, ...place);
  cpSync(path.join(FIXTURES, ...place), target, { recursive: true });
  if (place[0] === 'incidents') writeFileSync(path.join(target, 'incident.json'), '{}');
  writeReport(target, undefined);
  return path.join(target, 'report.html');
}

async function choicesOn(page: Page): Promise<readonly (string | null)[]> {
  return [
    await page.locator('#clients-filter').inputValue(),
    await page.locator('#clients-search').inputValue(),
    await page.locator('#clients-grid .rows [aria-selected="true"]').getAttribute('id'),
    await page.locator('#ladder .segment').first().getAttribute('class'),
  ];
}

browserTest(
  'filter, search, client and packet are there after printing, and paper shows them',
  async () => {
    const { page, faults } = await open(pageOf('runs', 'accept-queue-overflow'), {
      colorScheme: 'dark',
    });
    await page.locator('#clients-filter').selectOption('waiting');
    await page.locator('#clients-search').fill('2');
    await page.locator('.rows .row').first().click();
    await page.locator('#ladder .segment').first().click();
    const chosen = ['waiting', '2', 'client-row-1', 'segment taken chosen'];
    expect(await choicesOn(page)).toEqual(chosen);

    await page.emulateMedia({ media: 'print' });
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await page.locator('.print-only tbody tr').count()).toBe(1);
    expect(await page.locator('.print-only figcaption').allTextContents()).toContain(
      'Packets of client 2',
    );
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    await page.emulateMedia({ media: 'screen' });
    expect(await choicesOn(page)).toEqual(chosen);
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');

    await page.locator('#theme').click();
    expect(await choicesOn(page)).toEqual(chosen);
    await page.locator('#language').click();
    expect((await choicesOn(page)).slice(0, 3)).toEqual(chosen.slice(0, 3));
    expect(faults).toEqual([]);
  },
  TIMEOUT_MS,
);

browserTest(
  'the head of a column keeps the focus when it sorts, and Tab meets one segment of a ladder',
  async () => {
    const { page } = await open(pageOf('runs', 'fooled-client'));
    const head = page.locator('.head button').nth(5);
    await head.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await page.locator('[aria-sort="descending"]').textContent()).toBe('After (ms) ▼');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('After (ms) ▼');
    const stops = page.locator('#ladder .segment[tabindex="0"]');
    expect(await stops.count()).toBe(1);
    await stops.focus();
    await page.keyboard.press('ArrowDown');
    expect(await stops.count()).toBe(1);
    expect(await stops.getAttribute('aria-label')).toContain('SYN-ACK');
  },
  TIMEOUT_MS,
);

/** Names of tools and of standards; what a document or an error message says word for word. */
const NAMES =
  /tcpdump version|ip utility|unshare from|SYN cookie|unsigned short|connection reset by peer|\(accept queue\)|“[^”]+”/g;

/** Every text but for code, in which two English words follow each other. */
async function englishOn(page: Page): Promise<readonly string[]> {
  const texts = (await page.evaluate(`(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (!parentElement.closest('script, style, code, pre, noscript')) texts.push(textContent);
    }
    return texts;
  })()`)) as readonly string[];
  return texts.filter((text) => /[A-Za-z]{2,} [a-z]{2,}/.test(text.replaceAll(NAMES, '')));
}

for (const place of [
  ['runs', 'accept-queue-overflow'],
  ['incidents', 'tomcat-accept-count'],
]) {
  browserTest(
    `in Chinese no sentence of ${place.join('/')} is left in English`,
    async () => {
      const { page, faults } = await open(pageOf(...place), { locale: 'zh-CN' });
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
      expect(await englishOn(page)).toEqual([]);
      await page.locator('#language').click();
      expect((await englishOn(page)).length).toBeGreaterThan(20);
      expect(faults).toEqual([]);
    },
    TIMEOUT_MS,
  );
}
