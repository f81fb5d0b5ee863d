/** What the machine's root file system is made of: programs of this machine, and our own. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from '../../package-files.ts';
import { findCommand } from '../command-path.ts';
import { assertTools, runTool } from './tools.ts';

/** A file of this machine, and its place in the other one. */
export interface Placed {
  readonly from: string;
  /** Absolute. */
  readonly to: string;
  readonly executable: boolean;
}

/** What every run starts. busybox stands in for what else a shell script may call. */
const NEEDED = ['unshare', 'nsenter', 'taskset', 'ip', 'ss', 'tcpdump', 'sh', 'nft'];
/** With them more can be recorded. */
const USEFUL = ['netstat', 'iptables-legacy', 'ip6tables-legacy'];

/** Where the package lies in the machine. */
export const PACKAGE = '/opt/backlog-lab';

/** Throws `TOOL_MISSING` for all that is missing. */
export async function userland(signal: AbortSignal): Promise<readonly Placed[]> {
  assertTools(['busybox', ...NEEDED], 'make a virtual machine');
  const useful = USEFUL.filter((command) => findCommand(command) !== undefined);
  const commands = [...NEEDED, ...useful].map((command) => findCommand(command) ?? command);
  const programs = [process.execPath, ...commands];
  const libraries = await librariesOf(programs, signal);
  const files = new Set([...programs, ...libraries, ...nameService(), ...firewallMatches()]);
  const places = [...files].flatMap((file) => [file, realpathSync(file)]);
  return [
    { from: findCommand('busybox') ?? 'busybox', to: '/bin/busybox', executable: true },
    ...[...new Set(places)].map((place) => ({ from: place, to: place, executable: true })),
    ...ownFiles(),
  ];
}

/** As the loader names them; a static program has none. */
async function librariesOf(
  programs: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { stdout } = await runTool(['ldd', ...programs], { signal });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, file]) => file ?? '');
}

/** tcpdump asks for the user it is to become; a C library before 2.34 loads what answers. */
const nameService = (): readonly string[] =>
  ['/lib/x86_64-linux-gnu/libnss_files.so.2', '/lib64/libnss_files.so.2'].filter((file) =>
    existsSync(file),
  );

/** What iptables loads by name. */
function firewallMatches(): readonly string[] {
  const folder = '/usr/lib/x86_64-linux-gnu/xtables';
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^lib(xt_(tcp|standard)|ipt_.*|xt_standard)\.so$/.test(name))
    .map((name) => path.join(folder, name));
}

/** The compiled programs; maps and what a report page is made of are of no use inside. */
function ownFiles(): readonly Placed[] {
  const root = packageFolder();
  const programs = filesBelow(path.join(root, 'dist')).filter(
    (file) => /\.c?js$/.test(file) && !file.includes('/dist/page/'),
  );
  return [path.join(root, 'package.json'), ...programs].map((from) => ({
    from,
    to: path.join(PACKAGE, path.relative(root, from)),
    executable: false,
  }));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const place = path.join(folder, name);
    return statSync(place).isDirectory() ? filesBelow(place) : [place];
  });
}
