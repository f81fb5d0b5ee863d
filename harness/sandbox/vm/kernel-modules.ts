/** The drivers that a kernel keeps in files: which of them a run needs, and in which order. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { HarnessError } from '../../domain/harness-error.ts';
import { assertTools } from './tools.ts';

/** What the names are for. One that a kernel has built in, or does not know, is no file of it. */
const WANTED = [
  ...['veth', 'nf_tables', 'nft_counter', 'nft_ct', 'nf_tables_inet', 'nft_chain_filter'],
  ...['nf_tables_ipv4', 'nf_tables_ipv6', 'nft_meta', 'nft_payload', 'nft_cmp', 'nft_bitwise'],
  ...['ip_tables', 'iptable_filter', 'xt_tcpudp', 'x_tables'],
  ...['inet_diag', 'tcp_diag', 'af_packet', 'af_packet_diag', 'ipv6'],
  ...['virtio_pci', 'virtio_rng'],
];

/** A module, decompressed. */
export interface KernelModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const FILE = /^(.*)\.ko(?:\.(xz|zst|gz))?$/;

/** `folder`: searched to the bottom. In an order in which each finds what it needs loaded. */
export async function modulesIn(folder: string): Promise<readonly KernelModule[]> {
  const files = new Map(moduleFiles(folder).map((file) => [moduleName(file), file]));
  const loaded = new Map<string, KernelModule>();
  const load = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (file === undefined || loaded.has(name)) return;
    const bytes = await decompressed(file);
    for (const other of dependenciesOf(bytes)) await load(other);
    loaded.set(name, { name, bytes });
  };
  for (const name of WANTED) await load(name);
  return [...loaded.values()];
}

/** Throws `KERNEL_UNAVAILABLE`: a folder of the user's may not be there. */
export function moduleFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && FILE.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name));
  } catch (error) {
    throw new HarnessError(
      'KERNEL_UNAVAILABLE',
      `Cannot read the modules: ${error instanceof Error ? error.message : String(error)}.`,
      { remedy: 'name the folder that holds them, such as --modules /lib/modules/6.1.0-50-amd64' },
    );
  }
}

/** Files have hyphens where the kernel's own names have underscores. */
const moduleName = (file: string): string =>
  (FILE.exec(path.basename(file))?.[1] ?? '').replaceAll('-', '_');

/** From the section .modinfo, whose entries end with a zero byte. */
const dependenciesOf = (bytes: Uint8Array): readonly string[] => {
  const text = Buffer.from(bytes).toString('latin1');
  const names = /\0depends=([^\0]*)\0/.exec(text)?.[1] ?? '';
  return names.split(',').map((name) => name.replaceAll('-', '_'));
};

async function decompressed(file: string): Promise<Uint8Array> {
  switch (FILE.exec(path.basename(file))?.[2]) {
    case undefined:
      return readFileSync(file);
    case 'gz':
      return gunzipSync(readFileSync(file));
    case 'zst':
      return unpackedBy(['zstd', '-dcq', file]);
    default:
      return unpackedBy(['busybox', 'xz', '-dc', file]);
  }
}

async function unpackedBy([command = '', ...args]: readonly string[]): Promise<Uint8Array> {
  assertTools([command], 'unpack kernel modules');
  const { stdout } = await execa(command, args, { encoding: 'buffer', stdin: 'ignore' });
  return stdout;
}
