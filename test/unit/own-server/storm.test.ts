/** What is made of a recorded storm: the settled plan, the figures, the advice. */
import { expect, test } from 'vitest';
import type { OwnServerSeen } from '../../../harness/domain/observations.ts';
import { adviceAfter, backlogSetting } from '../../../harness/report/own-server-advice.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { terminalReport } from '../../../harness/report/terminal.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { type StormFigures, stormFigures } from '../../../harness/verdict/own-server-figures.ts';
import { fixture } from '../../helpers/fixtures.ts';

const judgement = judgeEvidence(fixture('own-server'));

test('what the plan left open is settled with the limit that was read', () => {
  const { parameters, steps } = judgement.seen.plan;
  expect(parameters.backlog).toBe(5);
  const waves = steps.flatMap((step) => (step.kind === 'connect' ? [step.clients] : []));
  expect(waves).toEqual([1, 16, 5 + 1 + 4]);
});

test('who was accepted is known from the socket table', () => {
  const { seen } = judgement;
  expect(seen.accepted).toBe(17);
  expect(seen.servers).toEqual([{ kept: 17, dropped: 0, receivedBytes: 0 }]);
});

test('the figures of a storm', () => {
  const figures = stormFigures(judgement.seen);
  expect(figures).toMatchObject({ limit: 5, places: 6, somaxconn: 4_096, acceptsOne: true });
  expect(figures.frozen).toEqual({ clients: 10, before: 0, connected: 6, refused: 4 });
  expect(figures.thawed.left).toBe(0);
  const { atOnce, late, timedOut, rejected, refusedSyns } = figures.burst;
  expect(atOnce + late + timedOut + rejected).toBe(16);
  expect(refusedSyns).toBeGreaterThanOrEqual(late);
});

test('the report says what the backlog is and what to change', () => {
  const input = { ...judgement, runFolder: 'runs/own-server' };
  const report = terminalReport(input, plainStyle, { verbose: false, widthColumns: 100 });
  expect(report).toContain('it asked for 5 (somaxconn 4096 would allow more)');
  expect(report).toMatch(/what to change {2}ask for a backlog of 16 or more. Node: `server.listen/);
  expect(report).not.toContain('never calls accept()');
});

const named = (program: string, executable = program): OwnServerSeen => ({
  program,
  executable,
  processes: 1,
  address: '*',
  readyAfterMs: 1,
});

test.each([
  ['nginx', 'backlog=N'],
  ['redis-server', 'tcp-backlog'],
  ['node', 'server.listen'],
  ['python3.11', 'request_queue_size'],
  ['java', 'ServerSocket'],
  ['my-server', 'listen(2)'],
])('%s is told of %s', (program, words) => {
  expect(backlogSetting(named(program))).toContain(words);
});

test('the executable tells where the process has another name', () => {
  expect(backlogSetting(named('MainThread', 'node'))).toContain('server.listen');
  expect(backlogSetting(undefined)).toContain('listen(2)');
});

const calm = stormFigures(judgement.seen);
const WITHOUT_OVERFLOW: StormFigures = {
  ...calm,
  burst: { ...calm.burst, late: 0, timedOut: 0, fooled: 0, rejected: 0, refusedSyns: 0 },
};

test('the advice follows from what was seen', () => {
  const advice = (figures: Partial<StormFigures>): string =>
    adviceAfter({ ...WITHOUT_OVERFLOW, ...figures }, named('nginx')).join('\n');
  const burst = { ...WITHOUT_OVERFLOW.burst, clients: 9_000, refusedSyns: 7 };
  expect(advice({})).toBe('nothing for 16 clients at once: none was refused');
  expect(advice({ limit: 4_096 })).toContain('raise net.core.somaxconn');
  expect(advice({ burst })).toMatch(/^ask for a backlog of 16384.*nginx[\s\S]*somaxconn to 16384/);
  expect(advice({ burst, limit: 4_096 })).toMatch(/^raise net\.core\.somaxconn to 16384/);
  expect(advice({ burst: { ...burst, fooled: 2 } })).toContain('fooled');
  expect(advice({ burst: { ...burst, rejected: 2 } })).toContain('maxclients');
  expect(advice({ thawed: { left: 3, emptyAfterMs: undefined } })).toMatch(/^3 connections waited/);
  expect(advice({ acceptsOne: false, burst })).toMatch(/No backlog helps[^\n]*$/);
});
