/** The environment that an own server is started in: the caller's, as it was before ours. */
import { CALLER_VARIABLES } from '../domain/inside.ts';

/** Undoes what the sandbox has changed for the tools of a run (sandbox/environment.ts). */
export function callerEnvironment(): NodeJS.ProcessEnv {
  const told = process.env[CALLER_VARIABLES];
  const changed = told === undefined ? {} : (JSON.parse(told) as Record<string, string | null>);
  const restored = Object.entries(changed).map(([name, value]) => [name, value ?? undefined]);
  return { ...Object.fromEntries(restored), [CALLER_VARIABLES]: undefined };
}
