/** Opens report pages in Chromium and keeps a record of all that a good page does not do. */
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Request,
} from 'playwright-core';
import { afterAll } from 'vitest';
import { browserPath } from './browser-available.ts';

export interface ReadPage {
  readonly page: Page;
  /** Errors of the console, exceptions, and requests for anything but the file itself. */
  readonly faults: readonly string[];
}

export type OpenPage = (file: string, options?: BrowserContextOptions) => Promise<ReadPage>;

/** One browser for the tests of a file. */
export function usePages(): OpenPage {
  let browser: Promise<Browser> | undefined;
  afterAll(async () => (await browser)?.close());
  return async (file, options = {}) => {
    // Root cannot use Chromium's own sandbox, and the pages are our own.
    browser ??= chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
    const context = await (await browser).newContext({ locale: 'en-US', ...options });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (!isOwn(request)) faults.push(`request: ${request.url().slice(0, 80)}`);
    });
    await page.goto(`file://${file}`);
    await page.locator('h1').waitFor();
    return { page, faults };
  };
}

/** A page itself, of this file or of one that was chosen in it; the empty icon is in the page. */
const isOwn = (request: Request): boolean => {
  const url = request.url();
  return url.startsWith('data:') || (request.isNavigationRequest() && url.startsWith('file:'));
};
