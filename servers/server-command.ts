import type { ServerCommand } from '../harness/domain/wire.ts';
import { LARGEST_BACKLOG } from './server-options.ts';

const PLAIN_COMMANDS: readonly unknown[] = ['accept', 'pause', 'close'];

const isBacklog = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST_BACKLOG;

const isServe = (value: object): boolean =>
  'blockedMs' in value &&
  'openMs' in value &&
  [value.blockedMs, value.openMs].every((ms) => typeof ms === 'number' && ms > 0);

/**
 * One line of standard input. A second listen(2) goes round Node's `net`, so 0 is a backlog here.
 * Throws an Error that quotes the line if it is not a command.
 */
export const parseServerCommand = (line: string): ServerCommand => {
  const value: unknown = JSON.parse(line);
  if (typeof value === 'object' && value !== null && 'command' in value) {
    if (PLAIN_COMMANDS.includes(value.command)) {
      return value as ServerCommand;
    }
    if (value.command === 'serve' && isServe(value)) {
      return value as ServerCommand;
    }
    if (value.command === 'listen' && 'backlog' in value && isBacklog(value.backlog)) {
      return value as ServerCommand;
    }
  }
  throw new Error(`Not a command of this server: ${line}`);
};
