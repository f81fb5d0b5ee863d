import { existsSync } from 'node:fs';
import { test } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Undefined: this machine has none of the browsers that the tests know. */
export const browserPath = PLACES.find((place) => existsSync(place));

const isRequired = process.env['REQUIRE_BROWSER'] === '1';

if (browserPath === undefined && !isRequired) {
  process.stderr.write(
    'Skipping browser tests: there is no Chromium. Set REQUIRE_BROWSER=1 to fail instead.\n',
  );
}

/** A test in a real browser; with REQUIRE_BROWSER=1 it runs, come what may. */
export const browserTest = test.skipIf(browserPath === undefined && !isRequired);
