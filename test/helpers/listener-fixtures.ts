import path from 'node:path';
import { pathToFileURL } from 'node:url';

type Fixtures = typeof import('../../servers/full-listener.ts');

const COMPILED = path.join(import.meta.dirname, '../../dist/servers/full-listener.cjs');

/** What the package exports, compiled, since its thread is started by file name; types of the source. */
export const { fullListener, silentListener }: Fixtures = await import(
  pathToFileURL(COMPILED).href
);
