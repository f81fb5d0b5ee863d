/** Runs side by side, in a sandbox that hands out recorded evidence instead of collecting it. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type CatalogueOptions, runCatalogue } from '../../../harness/catalogue-run.ts';
import type { CatalogueOutcome, CatalogueRun } from '../../../harness/domain/catalogue.ts';
import { HarnessError, type HarnessErrorCode } from '../../../harness/domain/harness-error.ts';
import type { CollectRequest } from '../../../harness/sandbox/sandbox.ts';
import { OVERFLOW } from '../../golden/damages/recorded.ts';
import { recorded } from './recorded-catalogue.ts';

/** Each run is judged, which takes a busy machine a while. */
const TIMEOUT_MS = 30_000;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-test-'));
  folders.push(folder);
  return folder;
}

const runs = (count: number): readonly CatalogueRun[] => {
  const { run } = recorded(OVERFLOW);
  return Array.from({ length: count }, (_, index) => ({ ...run, label: `run/${index}` }));
};

const replay = (folder: string): void =>
  cpSync(path.join('test', 'fixtures', 'runs', OVERFLOW), folder, { recursive: true });

/** Lets everything go on that can go on without us. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const indexOf = ({ folder }: CollectRequest): number => Number(/(\d+)$/.exec(folder)?.[1]);

interface Bench {
  readonly ended: CatalogueOutcome[];
  readonly outcomes: Promise<readonly CatalogueOutcome[]>;
  readonly folder: string;
}

function start(
  count: number,
  collect: (request: CollectRequest) => Promise<void>,
  others: Partial<CatalogueOptions> = {},
): Bench {
  const ended: CatalogueOutcome[] = [];
  const folder = newFolder();
  const outcomes = runCatalogue(runs(count), {
    sandbox: { kind: 'netns', kernelRelease: '6.18.0', assertFit: () => undefined, collect },
    folder,
    jobs: 10,
    starts: 10,
    signal: new AbortController().signal,
    force: new AbortController().signal,
    keep: () => ({}),
    shortened: (name) => path.basename(name),
    onStart: () => undefined,
    onEnd: (outcome) => ended.push(outcome),
    ...others,
  });
  return { ended, outcomes, folder };
}

const failure = (code: HarnessErrorCode, message = 'It failed.'): HarnessError =>
  new HarnessError(code, message, { remedy: 'mend it' });

/** Resolves when the request is aborted, as a run does that keeps its evidence. */
const untilAborted = ({ signal }: CollectRequest): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(failure('ABORTED')), { once: true });
  });

test('every run is judged, in a folder of its own, in the order of the list', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { outcomes, ended, folder } = start(3, async ({ folder: its }) => replay(its));
  const all = await outcomes;
  expect(all.map(({ run, runFolder }) => [run.label, runFolder])).toEqual([
    ['run/0', 'run-0'],
    ['run/1', 'run-1'],
    ['run/2', 'run-2'],
  ]);
  expect(all.map(({ kind }) => kind)).toEqual(['judged', 'judged', 'judged']);
  expect(ended).toHaveLength(3);
  expect(readdirSync(folder)).toEqual(['run-0', 'run-1', 'run-2']);
});

describe('side by side', { timeout: TIMEOUT_MS }, () => {
  /** Runs that end when they are told to, and the most that were under way at a time. */
  function held() {
    const waiting: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const collect = async (request: CollectRequest): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => {
        waiting.push(() => {
          request.onStep('wait', true);
          resolve();
        });
      });
      replay(request.folder);
      running -= 1;
    };
    return { waiting, collect, most: () => most };
  }

  test.each([
    ['jobs', { jobs: 3, starts: 9 }, 3],
    ['starts', { jobs: 9, starts: 2 }, 2],
  ] as const)('%s bound the runs', async (_, bounds, bound) => {
    const { waiting, collect, most } = held();
    const { outcomes, ended } = start(7, collect, bounds);
    while (ended.length < 7) {
      await turn();
      expect(waiting.length).toBeLessThanOrEqual(bound);
      for (const release of waiting.splice(0)) release();
    }
    expect(await outcomes).toHaveLength(7);
    expect(most()).toBe(bound);
  });

  test('who waits makes room for others to start', async () => {
    const requests: CollectRequest[] = [];
    const ends: (() => void)[] = [];
    const { outcomes } = start(
      4,
      (request) => {
        requests.push(request);
        return new Promise((resolve) => {
          ends.push(() => {
            replay(request.folder);
            resolve();
          });
        });
      },
      { starts: 1 },
    );
    for (let number = 1; number <= 4; number += 1) {
      await turn();
      expect(requests).toHaveLength(number);
      requests.at(-1)?.onStep('listen', false);
      await turn();
      expect(requests).toHaveLength(number);
      requests.at(-1)?.onStep('wait', true);
    }
    for (const end of ends) end();
    expect(await outcomes).toHaveLength(4);
  });
});

describe('failures', { timeout: TIMEOUT_MS }, () => {
  test('of one run are an outcome; the others go on', async () => {
    const { outcomes } = start(3, async (request) => {
      if (indexOf(request) === 1) throw failure('SYSCTL_NOT_WRITABLE', 'Cannot set it.');
      replay(request.folder);
    });
    const all = await outcomes;
    expect(all.map(({ kind }) => kind)).toEqual(['judged', 'failed', 'judged']);
    expect(all[1]).toMatchObject({ error: { message: 'Cannot set it.' }, runFolder: 'run-1' });
  });

  test.each(['SANDBOX_NOT_PERMITTED', 'RUN_FOLDER_UNWRITABLE'] as const)(
    '%s ends all at once: it is told once, and no further run starts',
    async (code) => {
      const started: number[] = [];
      const { outcomes, ended } = start(
        9,
        async (request) => {
          started.push(indexOf(request));
          if (indexOf(request) === 1) throw failure(code);
          await untilAborted(request);
        },
        { jobs: 2, starts: 2 },
      );
      await expect(outcomes).rejects.toMatchObject({ code, message: 'It failed.' });
      expect(started).toEqual([0, 1]);
      expect(ended).toEqual([]);
    },
  );

  test('a kernel that never came up ends all; one that did is tried for every run', async () => {
    const never = start(3, async () => {
      throw failure('KERNEL_NOT_STARTED');
    });
    await expect(never.outcomes).rejects.toMatchObject({ code: 'KERNEL_NOT_STARTED' });
    const once = start(
      3,
      async (request) => {
        if (indexOf(request) > 0) throw failure('KERNEL_NOT_STARTED');
        replay(request.folder);
      },
      { jobs: 1 },
    );
    const kinds = (await once.outcomes).map(({ kind }) => kind);
    expect(kinds).toEqual(['judged', 'failed', 'failed']);
  });

  test('the user stops all of it; what is there stays', async () => {
    const user = new AbortController();
    const { outcomes, folder } = start(
      5,
      async (request) => {
        if (indexOf(request) > 0) return untilAborted(request);
        replay(request.folder);
      },
      {
        jobs: 2,
        signal: user.signal,
        onEnd: () => user.abort(failure('ABORTED', 'You interrupted it.')),
      },
    );
    await expect(outcomes).rejects.toMatchObject({
      code: 'ABORTED',
      message: 'You interrupted it.',
    });
    expect(readdirSync(folder)).toEqual(['run-0', 'run-1']);
  });

  test('a run that is ended by force, and so fails in its own way, is a stop all the same', async () => {
    const user = new AbortController();
    const { outcomes, ended } = start(
      1,
      async () => {
        user.abort(failure('ABORTED', 'You interrupted it.'));
        throw failure('SANDBOX_ENDED', 'It was ended by SIGKILL.');
      },
      { signal: user.signal },
    );
    await expect(outcomes).rejects.toMatchObject({ code: 'ABORTED' });
    expect(ended).toEqual([]);
  });

  test('a defect is no outcome', async () => {
    const { outcomes } = start(2, async () => {
      throw new TypeError('undefined is not a function');
    });
    await expect(outcomes).rejects.toBeInstanceOf(TypeError);
  });
});
