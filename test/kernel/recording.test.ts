/** `--record`: what was written, and nothing else, can be replayed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { castIn } from '../helpers/cast.ts';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';

const installation = useInstallation();

kernelTest('a recorded run replays to the text that it printed', async () => {
  const folder = installation.newFolder();
  const file = path.join(folder, 'run.cast');
  const args = ['--watch', '--runs-dir', folder, '--record', file];
  const { exitCode, stdout } = await installation.run(args);
  expect(exitCode, stdout).toBe(0);
  const { header, events } = castIn(readFileSync(file, 'utf8'));
  expect(header).toMatchObject({ version: 2, width: 100, height: 24 });
  const replayed = events.map(({ text }) => text).join('');
  expect(replayed.replaceAll('\r\n', '\n')).toBe(stdout);
  // The lines of --watch come a second apart, the report at the end.
  expect(events.at(-1)?.atSeconds).toBeGreaterThan(1.5);
});
