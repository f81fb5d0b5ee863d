/** The demo's command line, without a run. */
import { describe, expect, test } from 'vitest';
import { asOrdinaryUser } from '../helpers/as-ordinary-user.ts';
import { useInstallation } from '../helpers/installation.ts';

const installation = useInstallation();

const REFUSED: readonly (readonly [options: string, why: RegExp, remedy: RegExp])[] = [
  ['--step 11 --auto', /--step 11/, /plain digits/],
  ['--step two --auto', /--step two/, /plain digits/],
  ['--lang fr --auto', /does not speak 'fr'/, /en or zh/],
  ['--pace 1s', /--pace says something about --auto/, /--auto/],
  ['--auto --pace soon', /--pace soon/, /300ms/],
  ['', /needs a terminal/, /--auto/],
  ['--auto --dry-run', /--dry-run is about single runs/, /leave it out/],
  ['--auto --quiet', /--quiet is about single runs/, /leave it out/],
  ['--steps 2', /no option --steps/, /did you mean --step\?/],
];

describe.concurrent('demo', () => {
  test.for(REFUSED)('%s', async ([options, why, remedy]) => {
    const words = options.split(' ').filter((word) => word !== '');
    const ended = await installation.run(['demo', ...words]);
    expect(ended).toMatchObject({ exitCode: 2, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(/^USAGE /);
    expect(ended.stderr).toMatch(why);
    expect(ended.stderr).toMatch(remedy);
  });

  test('--help shows its options', async () => {
    const { exitCode, stdout } = await installation.run(['demo', '--help']);
    expect(exitCode).toBe(0);
    for (const option of ['--auto', '--pace', '--step', '--lang', '--plain', '--sandbox']) {
      expect(stdout).toContain(option);
    }
  });

  test('without tools it says so before the first page', async () => {
    const through = [...asOrdinaryUser(), 'env', 'PATH=/nowhere'];
    const ended = await installation.run(['demo', '--auto', '--step', '3'], { through });
    expect(ended).toMatchObject({ exitCode: 4, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(/^(TOOL_MISSING|SANDBOX_NOT_PERMITTED) .*\n {2}Remedy: ./);
  });

  test('without a Docker engine it says so before the first page', async () => {
    const ended = await installation.run(['demo', '--auto', '--step', '1', '--sandbox', 'docker'], {
      env: { DOCKER_HOST: 'unix:///nonexistent/docker.sock' },
    });
    expect(ended).toMatchObject({ exitCode: 4, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(/^(DOCKER_UNAVAILABLE|TOOL_MISSING) .*\n {2}Remedy: ./);
  });
});
