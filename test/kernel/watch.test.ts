/** `--watch` on a terminal, which `script` of util-linux plays, and without one. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { visibleWidth } from '../../harness/report/layout.ts';
import { type Ended, useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { findings, jsonOf, type RunJson } from '../helpers/reproduction.ts';
import { allGone, processInRole } from '../helpers/run-processes.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 60_000;
const installation = useInstallation();

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
/** Clears, or begins or ends a frame. */
const CONTROL = new RegExp(`${'\u001b'}\\[(?:[KJ]|\\?2026[hl])`, 'g');

/** A terminal of 80 columns and 24 rows; what is typed into it is nothing. */
const ON_TERMINAL = [
  ...['sh', '-c', 'exec script -qefc "stty rows 24 cols 80; exec $*" /dev/null', 'sh'],
];

/** Each frame as lines, without what moves the cursor; colours take no room. */
const framesIn = (output: string): readonly (readonly string[])[] =>
  output
    .slice(output.indexOf(ENTER), output.indexOf(LEAVE))
    .split(HOME)
    .slice(1)
    .map((frame) => frame.replaceAll(CONTROL, '').split('\r\n'));

function expectRestored(output: string): void {
  expect(output.split(ENTER)).toHaveLength(2);
  expect(output.split(LEAVE)).toHaveLength(2);
  expect(output.lastIndexOf('\u001b[?25')).toBe(output.indexOf(LEAVE));
}

describe('--watch', { timeout: TIMEOUT_MS }, () => {
  kernelTest.for(USERS)('draws the run on a terminal for $name, then the report', async (user) => {
    const runsDir = installation.newFolder();
    const args = ['--watch', '--runs-dir', runsDir];
    const { stdout, exitCode } = await installation.run(args, {
      through: ON_TERMINAL,
      user,
      env: { TERM: 'xterm' },
    });
    expect(exitCode, stdout).toBe(0);
    expectRestored(stdout);
    const frames = framesIn(stdout);
    // Ten a second, of which those that are like the one before are not drawn: time goes by in each.
    expect(frames.length).toBeGreaterThan(15);
    for (const frame of frames) {
      expect(frame.length).toBeLessThanOrEqual(24);
      expect(frame.filter((line) => visibleWidth(line) > 80)).toEqual([]);
    }
    const seen = frames.map((frame) => frame.join('\n'));
    expect(seen.some((frame) => /accept queue +█+ +3 of 3 +full/.test(frame))).toBe(true);
    expect(seen.some((frame) => /○ 1 waiting +● 3 connected/.test(frame))).toBe(true);
    expect(seen.some((frame) => /ListenOverflows 2/.test(frame))).toBe(true);
    expect(seen.some((frame) => /Flags \[S\.\]/.test(frame))).toBe(true);
    expect(stdout.slice(stdout.indexOf(LEAVE))).toContain('A full accept queue refuses SYNs');
  });

  kernelTest('gives the terminal back when it is interrupted', async () => {
    const runsDir = installation.newFolder();
    const args = ['--watch', '--runs-dir', runsDir, '--connect-timeout', '20s'];
    const running = installation.start(args, { through: ON_TERMINAL, env: { TERM: 'xterm' } });
    let output = '';
    running.child.stdout?.on('data', (text: string) => {
      output += text;
    });
    await waitUntil('a full queue on the screen', () => /3 of 3/.exec(output) ?? undefined, {
      deadlineMs: 30_000,
    });
    process.kill((await processInRole(running, 'launcher')).pid, 'SIGINT');
    const ended: Ended = await running.ended;
    expect(ended.exitCode).toBe(130);
    expectRestored(ended.stdout);
    expect(ended.stdout.slice(ended.stdout.indexOf(LEAVE))).toMatch(/ABORTED .*Remedy: /s);
    await allGone(running);
  });

  kernelTest('without a terminal it tells what is new, and the result stays the same', async () => {
    const json = async (args: readonly string[]): Promise<[RunJson, string]> => {
      const given = ['--json', '--runs-dir', installation.newFolder(), ...args];
      const ended = await installation.run(given);
      return [jsonOf<RunJson>(ended, 0), ended.stderr];
    };
    const [plain] = await json([]);
    const [watched, told] = await json(['--watch']);
    expect(findings(watched)).toEqual(findings(plain));
    expect(watched.outcomes).toEqual(plain.outcomes);
    expect(told).toMatch(/^\d+\.\d s {2}.*accept queue 3 of 3.*; connected 3; /m);
    expect(told).not.toContain('\u001b');
    const cost = path.resolve(installation.folder, watched.runFolder, 'sampler.json');
    expect(existsSync(cost)).toBe(true);
    expect(JSON.parse(readFileSync(cost, 'utf8'))).toMatchObject({ everyMs: 10 });
  });

  kernelTest('shows each phase of an incident, in Chinese too', async () => {
    const runsDir = installation.newFolder();
    const args = ['incident', 'tomcat-accept-count', '--watch', '--lang', 'zh'];
    const ended = await installation.run([...args, '--runs-dir', runsDir], {
      through: ON_TERMINAL,
      env: { TERM: 'xterm' },
    });
    expect(ended.exitCode, ended.stdout).toBe(0);
    expectRestored(ended.stdout);
    const seen = framesIn(ended.stdout).map((frame) => frame.join('\n'));
    const phases = ['fault (1/2)', 'remedy (2/2)'];
    const framesOf = phases.map((phase) =>
      seen.filter((frame) => frame.startsWith(`backlog-lab  tomcat-accept-count: ${phase}`)),
    );
    expect(framesOf[0]?.some((frame) => /accept 队列 +█+ +2 \/ 2 +已满/.test(frame))).toBe(true);
    expect(framesOf[0]?.some((frame) => /10 个客户端.*✗ \d+ 超时/.test(frame))).toBe(true);
    // Of the first phase nothing is left in the second one.
    expect(framesOf[1]?.length).toBeGreaterThan(5);
    expect(framesOf[1]?.some((frame) => /超时|ListenOverflows [1-9]/.test(frame))).toBe(false);
    expect(seen.some((frame) => frame.includes('等待“slow”组报告'))).toBe(true);
  });
});
