/** The drivers that a kernel keeps in files: which of them a run needs, and in which order. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { HarnessError } from '../../domain/harness-error.ts';
import { sandboxEnvironment } from '../environment.ts';
import { assertTools } from './tools.ts';

/** What the names are for. One that a kernel has built in, or does not know, is no file of it. */
const WANTED = [
  ...['veth', 'nf_tables', 'nft_counter', 'nft_ct', 'nf_tables_inet', 'nft_chain_filter'],
  ...['nf_tables_ipv4', 'nf_tables_ipv6', 'nft_meta', 'nft_payload', 'nft_cmp', 'nft_bitwise'],
  ...['ip_tables', 'iptable_filter', 'xt_tcpudp', 'x_tables', 'ip6_tables', 'ip6table_filter'],
  ...['inet_diag', 'tcp_diag', 'af_packet', 'af_packet_diag', 'ipv6'],
  ...['virtio_pci', 'virtio_rng'],
];

/** A module, decompressed. */
export interface KernelModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const FILE = /^(.*)\.ko(?:\.(xz|zst|gz))?$/;

/**
 * Those of that release; `folder` is searched to the bottom. In an order in which each finds what it
 * needs loaded. Throws `KERNEL_UNAVAILABLE`, `TOOL_MISSING`.
 */
export async function modulesIn(folder: string, release: string): Promise<readonly KernelModule[]> {
  const files = new Map(moduleFiles(folder, release).map((file) => [moduleName(file), file]));
  const begun = new Set<string>();
  const loaded = new Map<string, KernelModule>();
  const load = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (file === undefined || begun.has(name)) return;
    begun.add(name);
    const bytes = await decompressed(file).catch((error: unknown) => {
      throw unreadable(file, error);
    });
    for (const other of dependenciesOf(bytes)) await load(other);
    loaded.set(name, { name, bytes });
  };
  for (const name of WANTED) await load(name);
  for (const { bytes } of loaded.values()) assertOfRelease(bytes, release, folder);
  return [...loaded.values()];
}

const isElf = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 4)).toString('latin1') === '\x7fELF';

/** A kernel refuses the modules of another one, and then lacks what they are for. */
function assertOfRelease(bytes: Uint8Array, release: string, folder: string): void {
  // busybox hands on what it cannot unpack as it is.
  if (!isElf(bytes)) throw unreadable(folder, 'one of them is no module');
  const found = entryOf(bytes, 'vermagic')?.split(' ')[0] ?? release;
  if (found === release) return;
  throw unreadable(folder, `they are for Linux ${found}, and the kernel is ${release}`);
}

/**
 * Where there are folders for several releases, only those of this one. Throws `KERNEL_UNAVAILABLE`:
 * a folder of the user's may not be there, or be another one.
 */
export function moduleFiles(folder: string, release: string): readonly string[] {
  const files = filesBelow(folder);
  if (files.length === 0) throw unreadable(folder, 'there are none');
  const ofRelease = files.filter((file) => file.split(path.sep).includes(release));
  return ofRelease.length === 0 ? files : ofRelease;
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && FILE.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name));
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function unreadable(what: string, error: unknown): HarnessError {
  // The command and its exit code say it in one line; what it printed may be long.
  const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return error instanceof HarnessError
    ? error
    : new HarnessError('KERNEL_UNAVAILABLE', `Cannot read the modules in ${what}: ${why}.`, {
        remedy: 'name the folder that holds them, such as --modules /lib/modules/6.1.0-50-amd64',
      });
}

/** Files have hyphens where the kernel's own names have underscores. */
const moduleName = (file: string): string =>
  (FILE.exec(path.basename(file))?.[1] ?? '').replaceAll('-', '_');

const dependenciesOf = (bytes: Uint8Array): readonly string[] => {
  const names = entryOf(bytes, 'depends') ?? '';
  return names.split(',').map((name) => name.replaceAll('-', '_'));
};

/** From the section .modinfo, whose entries end with a zero byte; the first may begin the section. */
const entryOf = (bytes: Uint8Array, name: 'depends' | 'vermagic'): string | undefined =>
  new RegExp(`\\0${name}=([^\\0]*)\\0`).exec(Buffer.from(bytes).toString('latin1'))?.[1];

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
  const { stdout } = await execa(command, args, {
    encoding: 'buffer',
    stdin: 'ignore',
    env: sandboxEnvironment(),
  });
  return stdout;
}
