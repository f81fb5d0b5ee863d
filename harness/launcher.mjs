#!/usr/bin/env node
/** The command: brings dist/ up to date and hands over to harness/cli.ts in the same process. */
import { buildIfStale, explainBuildFailure } from './build.mjs';

let built = true;
try {
  await buildIfStale();
} catch (error) {
  process.stderr.write(explainBuildFailure(error));
  process.exitCode = 4;
  built = false;
}
if (built) await import('../dist/harness/cli.js');
