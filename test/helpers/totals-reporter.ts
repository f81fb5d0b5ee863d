import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** With REQUIRE_KERNEL=1 the machine is known to be able, so a skipped test hides something. */
const KERNEL_IS_REQUIRED = process.env['REQUIRE_KERNEL'] === '1';

/** A file that cannot be loaded and a hook that throws fail the run without failing a test. */
function failuresOutsideTests(module: TestModule): number {
  const owners: readonly (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return owners.filter((owner) => owner.errors().length > 0).length;
}

function countTest(totals: Totals, test: TestCase): void {
  const { state } = test.result();
  if (state === 'passed' || state === 'failed') {
    totals[state] += 1;
  } else if (KERNEL_IS_REQUIRED && test.project.name === 'kernel') {
    totals.failed += 1;
    process.stdout.write(`Skipped in spite of REQUIRE_KERNEL=1: ${test.fullName}\n`);
  } else {
    totals.skipped += 1;
  }
}

/** Ends the output with one line for people and scripts: `N passed, N failed[, N skipped]`. */
export const totalsReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors, reason) {
    const totals: Totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      totals.failed += failuresOutsideTests(module);
      for (const test of module.children.allTests()) countTest(totals, test);
    }
    // A global set-up that throws is no test and is not among the unhandled errors.
    if (reason === 'failed' && totals.failed === 0) totals.failed = 1;
    if (totals.failed > 0) process.exitCode = 1;
    const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
    process.stdout.write(`${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
  },
};
