/** Which of other people's servers this machine has. */
import { execa } from 'execa';
import type { FoundServer, RealServer } from '../domain/real-server.ts';
import { commandPath, findCommand } from './command-path.ts';

const DEADLINE_MS = 20_000;

/** In their order. One that is not there, or cannot even say its version, has none. */
export const findServers = (servers: readonly RealServer[]): Promise<readonly FoundServer[]> =>
  Promise.all(servers.map(async (server) => ({ server, version: await versionOf(server) })));

async function versionOf({ program, version }: RealServer): Promise<string | null> {
  const place = findCommand(program);
  if (place === undefined) return null;
  const { failed, all } = await execa(place, version.words, {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: DEADLINE_MS,
    env: { PATH: commandPath() },
  });
  return failed ? null : (version.pattern.exec(all)?.[1] ?? 'unknown');
}

/** The command line of a server, found where an ordinary user's PATH does not look. */
export const serverCommand = (command: string): string =>
  `PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; exec ${command}`;
