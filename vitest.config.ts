import { defineConfig } from 'vitest/config';
import { totalsReporter } from './test/helpers/totals-reporter.ts';

/**
 * Tests that start programs or own a piece of the machine: one file at a time, with the compiled
 * programs in place and time to fail honestly. Nothing is retried: what fails sometimes is broken.
 */
const serial = {
  fileParallelism: false,
  globalSetup: ['test/helpers/global-setup.ts'],
  testTimeout: 30_000,
};

/** Groups run one after the other, so that the pure tests do not disturb what others measure. */
export default defineConfig({
  test: {
    reporters: ['default', totalsReporter],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{unit,golden,property}/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'process',
          include: ['test/process/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          ...serial,
        },
      },
      {
        test: {
          name: 'kernel',
          include: ['test/kernel/**/*.test.ts'],
          sequence: { groupOrder: 2 },
          ...serial,
        },
      },
      {
        test: {
          name: 'docker',
          include: ['test/docker/**/*.test.ts'],
          sequence: { groupOrder: 3 },
          ...serial,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          sequence: { groupOrder: 4 },
          ...serial,
        },
      },
    ],
  },
});
