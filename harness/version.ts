import { readFileSync } from 'node:fs';

/** The version in package.json, which lies beside dist/. */
export const harnessVersion = (): string => {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
};
