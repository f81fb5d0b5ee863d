import { expect, test } from 'vitest';
import { suggestionsFor } from '../../../harness/report/next-section.ts';
import { acceptQueueOverflow } from '../../../harness/scenarios/accept-queue-overflow.ts';
import {
  BUILT_PREDICTION,
  BUILT_VERDICT,
  buildObservations,
  fourClients,
} from '../../helpers/build-observations.ts';

/** The commands proposed after a run in a machine that is described like this. */
function commandsAfter(engine: string | undefined): readonly string[] {
  const seen = buildObservations(fourClients());
  const surroundings = { ...seen.surroundings, ...(engine === undefined ? {} : { engine }) };
  return suggestionsFor({
    scenario: acceptQueueOverflow,
    seen: { ...seen, surroundings },
    prediction: BUILT_PREDICTION,
    verdict: BUILT_VERDICT,
    runFolder: 'runs/one',
  } as Parameters<typeof suggestionsFor>[0]).map(({ command }) => command);
}

test('what follows a run on a named kernel meets that kernel', () => {
  const engine = 'QEMU 7.2.22 (emulated), linux-image-6.1.0-50-cloud-amd64 6.1.176-1';
  const commands = commandsAfter(engine);
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(command).toMatch(/ --kernel debian:6\.1\.176$/);
});

test.each([undefined, 'QEMU 7.2.22 (emulated), /boot/vmlinuz-4.4.0', 'Docker 20.10.24, runc'])(
  'what follows any other run names no kernel: %s',
  (engine) => {
    for (const command of commandsAfter(engine)) expect(command).not.toContain('--kernel');
  },
);
