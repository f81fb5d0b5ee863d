import { pathToFileURL } from 'node:url';

/**
 * What the package exports by default; of a CommonJS package that is `module.exports`. Its place is
 * given, because packages are found from where the user stands and not from this program.
 */
export async function loadPackage<Exported>({
  entry,
}: {
  readonly entry: string | null;
}): Promise<Exported> {
  if (entry === null) throw new Error('The place of the package is missing: pass --entry FILE.');
  const loaded = (await import(pathToFileURL(entry).href)) as { readonly default: Exported };
  return loaded.default;
}
