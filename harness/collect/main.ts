/**
 * The inside part: the first process of the sandbox. Its arguments are one JSON object (see
 * `InsideOptions`). When the outside is gone it ends, and with this process the kernel ends
 * everything in the PID namespace.
 */
import type { Lack } from '../domain/evidence.ts';
import type { InsideOptions } from '../domain/inside.ts';
import { runInside } from './inside.ts';
import { assertCapable, assertIsolated, assertSameVersion } from './isolation.ts';
import { openMachine } from './machine-site.ts';
import { openNamespaces } from './namespaces-site.ts';

const argument = process.argv[2] ?? '{}';
const options = JSON.parse(argument) as InsideOptions;
const lacks: Lack[] = [];
await runInside({ ...options, lacks }, () => {
  assertIsolated(options, argument);
  if (options.sandbox === 'docker') {
    assertSameVersion(options.harnessVersion);
    assertCapable();
  }
  return options.ownMachine === true
    ? openMachine((lack) => lacks.push(lack))
    : openNamespaces(options.serverWhereEnginePutUs === true);
});
