import { commandPath } from './command-path.ts';

/**
 * What differs for everything that is started from the caller's environment: tools are found and
 * do not translate their messages, and Node takes no options from outside (`--inspect` would open
 * a second listener).
 */
export const sandboxEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: commandPath(),
  LC_ALL: 'C',
  NODE_OPTIONS: undefined,
});
