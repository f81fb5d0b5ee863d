import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** An ordinary user's PATH on Debian lacks the folders in which ip, nft and tcpdump lie. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The search path for every command of a run. */
export function commandPath(): string {
  const own = (process.env['PATH'] ?? '/usr/bin:/bin').split(':');
  return [...own, ...SYSTEM_FOLDERS.filter((folder) => !own.includes(folder))].join(':');
}

/** Where a command lies, or undefined. */
export const findCommand = (command: string): string | undefined =>
  commandPath()
    .split(':')
    .map((folder) => path.join(folder, command))
    .find(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
