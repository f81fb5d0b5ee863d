/** What is said to a machine and when, with a shell script in the machine's place. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { converse, failureOf, type Partner } from '../../../harness/sandbox/converse.ts';

const TIMEOUT_MS = 20_000;
const LONG_MS = 60_000;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const heard = (): string => readFileSync(path.join(folder, 'heard'), 'utf8');

interface Interruptions {
  readonly stop?: AbortController;
  readonly force?: AbortController;
  readonly onStep?: (label: string) => void;
}

/** The script finds the folder in `$1`. */
const talk = (script: string, partner: Partial<Partner> = {}, interruptions: Interruptions = {}) =>
  converse(
    {
      command: ['sh', '-c', script, 'sh', folder],
      machine: { startWithinMs: LONG_MS, mostSilentMs: LONG_MS },
      ...partner,
    },
    {
      folder,
      trace: false,
      signal: (interruptions.stop ?? new AbortController()).signal,
      force: (interruptions.force ?? new AbortController()).signal,
      onStep: interruptions.onStep ?? (() => undefined),
    },
  );

const STARTED = `echo '{"event":"started"}'`;

describe('a machine', { timeout: TIMEOUT_MS }, () => {
  test('hears nothing before it has started, and then all of it in order', async () => {
    const opening = ['the plan', 'the options'];
    const keeper = { instance: Promise.resolve('backlog-lab'), end: () => undefined };
    // What is said too early would be read by the first command.
    const script = `timeout 0.3 cat >"$1/early"; ${STARTED}; head -n 3 >"$1/heard"`;
    await talk(script, { opening, keeper });
    expect(readFileSync(path.join(folder, 'early'), 'utf8')).toBe('');
    expect(heard()).toBe('the plan\nthe options\ntrace backlog-lab\n');
  });

  test('that does not start in time is ended', async () => {
    const conversation = await talk('echo firmware; exec sleep 60', {
      machine: { startWithinMs: 300, mostSilentMs: 300 },
    });
    expect(conversation).toMatchObject({ signal: 'SIGKILL', words: 'firmware', unpacked: null });
  });

  test('that falls silent after it has started is ended; one that speaks is not', async () => {
    const machine = { startWithinMs: LONG_MS, mostSilentMs: 1_000 };
    const silent = await talk(`${STARTED}; exec sleep 60`, { machine });
    expect(silent).toMatchObject({ signal: 'SIGKILL', reports: [{ event: 'started' }] });
    const speaking = `${STARTED}; for n in 1 2 3 4 5 6; do sleep 0.3; echo '{"event":"step","label":"x","waits":true}'; done`;
    expect(await talk(speaking, { machine })).toMatchObject({ exitCode: 0, signal: undefined });
  });

  test('may be silent for longer than a timer of Node can be set for', async () => {
    const machine = { startWithinMs: LONG_MS, mostSilentMs: 2 ** 40 };
    const conversation = await talk(`${STARTED}; sleep 0.5`, { machine });
    expect(conversation).toMatchObject({ exitCode: 0, signal: undefined });
  });

  test('is ended when it is interrupted before it hears', async () => {
    const stop = new AbortController();
    const talking = talk('exec sleep 60', {}, { stop });
    stop.abort();
    expect(await talking).toMatchObject({ signal: 'SIGKILL', reports: [] });
  });

  test('is told to stop once it hears, and ended by force', async () => {
    const [stop, force] = [new AbortController(), new AbortController()];
    const step = (label: string): string =>
      `echo '{"event":"step","label":"${label}","waits":false}'`;
    const script = `${STARTED}; ${step('ready')}; head -n 2 >"$1/heard"; ${step('told')}; exec sleep 60`;
    const onStep = (label: string): void => (label === 'ready' ? stop : force).abort();
    const talking = talk(script, {}, { stop, force, onStep });
    expect(await talking).toMatchObject({ signal: 'SIGKILL' });
    expect(heard().split('\n')).toContain('abort');
  });
});

test('whoever is no machine hears at once', { timeout: TIMEOUT_MS }, async () => {
  const { machine: _, ...partner } = {
    command: ['sh', '-c', 'head -n 1 >"$1/heard"', 'sh', folder] as const,
    machine: 0,
  };
  await converse(partner, {
    folder,
    trace: false,
    signal: new AbortController().signal,
    force: new AbortController().signal,
    onStep: () => undefined,
  });
  expect(heard()).toBe('trace\n');
});

test('evidence comes back whole, and what broke off is told', { timeout: TIMEOUT_MS }, async () => {
  const made = path.join(folder, 'made');
  mkdirSync(made);
  writeFileSync(path.join(made, 'status.json'), 'x'.repeat(100_000));
  execFileSync('tar', ['-czf', path.join(folder, 'archive'), '-C', made, 'status.json']);
  rmSync(made, { recursive: true });
  const announced = `${STARTED}; echo '{"event":"evidence","gzip":true}'`;
  expect(await talk(`${announced}; cat "$1/archive"`)).toMatchObject({
    unpacked: { problem: undefined },
  });
  expect(readdirSync(folder).toSorted()).toEqual(['archive', 'status.json']);
  const { unpacked } = await talk(`${announced}; head -c 100 "$1/archive"`);
  expect(unpacked?.problem).toMatch(/unexpected end/i);
});

test('a failure inside keeps its code, message and remedy', () => {
  const failed = { event: 'failed', code: 'KERNEL_LACKS', message: 'No.', remedy: 'buy' } as const;
  expect(failureOf([{ event: 'started' }, failed])).toMatchObject({
    code: 'KERNEL_LACKS',
    message: 'No.',
    remedy: 'buy',
  });
  expect(failureOf([{ event: 'started' }])).toBeUndefined();
});
