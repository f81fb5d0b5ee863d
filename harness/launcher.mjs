#!/usr/bin/env node
/** The command: brings dist/ up to date and hands over to harness/cli.ts in the same process. */
import { buildIfStale } from './build.mjs';

let built = true;
try {
  buildIfStale();
} catch (error) {
  process.stderr.write(`BUILD_FAILED  ${error.message}\n`);
  process.exitCode = 4;
  built = false;
}
if (built) await import('../dist/harness/cli.js');
