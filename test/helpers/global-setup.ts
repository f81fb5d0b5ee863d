import { execFileSync } from 'node:child_process';

/** Compiles the programs that the tests start; takes a moment only when a source has changed. */
export function setup(): void {
  execFileSync(process.execPath, ['harness/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
