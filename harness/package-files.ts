import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const COMPILED = '/dist/';

/**
 * The root of the package. Modules are bundled, so a path relative to a module would depend on the
 * bundle it lands in; all bundles lie below dist/, and the sources in harness/.
 */
function packageRoot(): string {
  const { url } = import.meta;
  const compiledAt = url.lastIndexOf(COMPILED);
  return compiledAt < 0 ? new URL('../', url).href : url.slice(0, compiledAt + 1);
}

/** Absolute path of a compiled program, for example `servers/never-accepts.js`. */
export const compiledProgram = (relative: string): string =>
  fileURLToPath(new URL(`dist/${relative}`, packageRoot()));

/** The text of a part of every report page: `page.js` or `page.css`. */
export const pageAsset = (name: string): string =>
  readFileSync(new URL(`dist/page/${name}`, packageRoot()), 'utf8');

/** The version in package.json. */
export const harnessVersion = (): string => {
  const text = readFileSync(new URL('package.json', packageRoot()), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
};

/** The folder of package.json: a checkout, or an installed package. */
export const packageFolder = (): string => fileURLToPath(packageRoot());
