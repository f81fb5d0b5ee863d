import { CALLER_VARIABLES } from '../domain/inside.ts';
import { commandPath } from './command-path.ts';

/**
 * What differs for everything that is started from the caller's environment: tools are found and
 * do not translate their messages, and Node takes no options from outside (`--inspect` would open
 * a second listener). Nor does it read further certificates, which would take it longer than to
 * start, and no program of a run speaks TLS.
 */
export function sandboxEnvironment(): NodeJS.ProcessEnv {
  const changed = {
    PATH: commandPath(),
    LC_ALL: 'C',
    NODE_OPTIONS: undefined,
    NODE_EXTRA_CA_CERTS: undefined,
  };
  const before = Object.keys(changed).map((name) => [name, process.env[name] ?? null]);
  return { ...changed, [CALLER_VARIABLES]: JSON.stringify(Object.fromEntries(before)) };
}
