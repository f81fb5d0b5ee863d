/** Which client libraries the user has. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { LIBRARY_FACTS } from './domain/library-timers.ts';
import type { ClientLibrary, FoundLibrary } from './domain/usual-clients.ts';

/** Looks where a program in that folder would look; a library that is not there has no version. */
export const findLibraries = (
  libraries: readonly ClientLibrary[],
  folder: string,
): readonly FoundLibrary[] =>
  libraries.map((library) => {
    const name = LIBRARY_FACTS[library].package;
    if (name === null) return { library, version: builtIn(library), entry: null };
    const entry = resolved(name, folder);
    return entry === null
      ? { library, version: null, entry: null }
      : { library, version: versionOf(name, path.dirname(entry)), entry };
  });

/** `fetch` is made of the undici that Node brings. */
const builtIn = (library: ClientLibrary): string =>
  library === 'fetch'
    ? `Node ${process.versions.node}, undici ${process.versions['undici'] ?? 'unknown'}`
    : `Node ${process.versions.node}`;

function resolved(name: string, folder: string): string | null {
  try {
    return createRequire(path.join(folder, 'here.js')).resolve(name);
  } catch {
    return null;
  }
}

/** Few packages export their package.json, so it is looked for above the main module. */
function versionOf(name: string, folder: string): string {
  try {
    const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
    const found = JSON.parse(text) as { readonly name?: unknown; readonly version?: unknown };
    if (found.name === name) return String(found.version);
  } catch {
    // No package.json here, or one of another purpose.
  }
  const above = path.dirname(folder);
  return above === folder ? 'unknown' : versionOf(name, above);
}
