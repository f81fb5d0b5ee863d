import { existsSync, readFileSync } from 'node:fs';

const ADDRESS = /\blocation=(?:0x)?([\da-f]{16})\b/g;

/** Puts the kernel's name for it in the place of every `location=ADDRESS` that it has one for. */
export function withSymbols(trace: string, symbols = kernelSymbols): string {
  const addresses = [...new Set([...trace.matchAll(ADDRESS)].map(([, address = '']) => address))];
  if (addresses.length === 0) return trace;
  const names = namesOf(
    addresses.map((address) => BigInt(`0x${address}`)),
    symbols(),
  );
  return trace.replace(ADDRESS, (words, address: string) => {
    const name = names.get(BigInt(`0x${address}`));
    return name === undefined ? words : `location=${name}`;
  });
}

/** Only root is shown the addresses, and a small kernel may be built without the file. */
const kernelSymbols = (): string =>
  existsSync('/proc/kallsyms') ? readFileSync('/proc/kallsyms', 'utf8') : '';

/** The function that each address lies in. */
function namesOf(addresses: readonly bigint[], symbols: string): ReadonlyMap<bigint, string> {
  const best = new Map<bigint, { readonly at: bigint; readonly name: string }>();
  for (const line of symbols.split('\n')) {
    const [start = '', kind = '', name = ''] = line.split(/\s+/);
    if (!/^[tTwW]$/.test(kind)) continue;
    const at = BigInt(`0x${start}`);
    for (const address of addresses) {
      if (at <= address && at > (best.get(address)?.at ?? 0n)) {
        best.set(address, { at, name });
      }
    }
  }
  return new Map([...best].map(([address, { name }]) => [address, name]));
}
