import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asOrdinaryUser } from './as-ordinary-user.ts';

/** What every machine has, and what the script itself calls. */
const BASE = ['sh', 'dirname', 'env', 'id', 'sed', 'readlink', 'uname', 'chmod', 'npm'];

/**
 * A package manager that keeps a log of its calls and "installs" by making the tools appear. Like
 * apt-get on a fresh machine it knows no package before its lists were fetched, if $NEEDS_LISTS.
 */
const PACKAGE_MANAGER = `#!/bin/sh
echo "\${0##*/} $*" >>"$MACHINE/calls"
case " $* " in *' update '* | *' -Sy '*) : >"$MACHINE/lists"; exit ;; esac
if [ -n "$NEEDS_LISTS" ] && [ ! -e "$MACHINE/lists" ]; then echo 'no such package'; exit 100; fi
for tool in $PROVIDES; do : >"$MACHINE/bin/$tool"; chmod +x "$MACHINE/bin/$tool"; done
`;

const SUDO = `#!/bin/sh
[ "$1" = -n ] && shift
"$@"
`;

export const ALL_TOOLS =
  'tcpdump ip ss unshare nsenter taskset nft tc setpriv flock sysctl ps'.split(' ');

export interface FreshMachine {
  /** Commands besides the base, as programs that do nothing. */
  readonly tools?: readonly string[];
  /** Name of the package manager; none when left out. */
  readonly manager?: string;
  /** What the package manager manages to provide. */
  readonly provides?: readonly string[];
  readonly needsLists?: boolean;
  readonly hasSudo?: boolean;
  readonly isRoot?: boolean;
}

export interface SetupResult {
  readonly exitCode: number | null;
  readonly output: string;
  /** Calls of the package manager so far. */
  readonly calls: readonly string[];
}

function find(tool: string): string {
  const found = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', tool], { encoding: 'utf8' });
  return fs.realpathSync(found.trim());
}

/** A clone of the project with nothing to install or to compile. */
function writeProject(folder: string): void {
  fs.mkdirSync(path.join(folder, 'harness'), { recursive: true });
  fs.mkdirSync(path.join(folder, 'node_modules'));
  fs.copyFileSync('harness/setup.sh', path.join(folder, 'harness/setup.sh'));
  fs.writeFileSync(path.join(folder, 'harness/build.mjs'), '');
  for (const file of ['package-lock.json', 'node_modules/.package-lock.json']) {
    fs.writeFileSync(path.join(folder, file), '{ "packages": {} }');
  }
}

/** A folder that is all a shell can find programs in, with a project beside it. */
export class TestMachine implements Disposable {
  readonly folder: string = fs.mkdtempSync(path.join(tmpdir(), 'fresh-machine-'));
  readonly project: string = path.join(this.folder, 'project');
  readonly #machine: FreshMachine;

  constructor(machine: FreshMachine) {
    this.#machine = machine;
    const bin = path.join(this.folder, 'bin');
    fs.mkdirSync(bin);
    for (const tool of BASE) fs.symlinkSync(find(tool), path.join(bin, tool));
    fs.symlinkSync(process.execPath, path.join(bin, 'node'));
    for (const tool of machine.tools ?? []) this.program(tool, '#!/bin/sh\n');
    if (machine.manager !== undefined) this.program(machine.manager, PACKAGE_MANAGER);
    if (machine.hasSudo === true) this.program('sudo', SUDO);
    writeProject(this.project);
    // The script may run as another user, who writes the log and the tools.
    for (const folder of [this.folder, bin]) fs.chmodSync(folder, 0o777);
  }

  /** Puts a program in place of what is there under this name. */
  program(name: string, text: string): void {
    const file = path.join(this.folder, 'bin', name);
    fs.rmSync(file, { force: true });
    fs.writeFileSync(file, text, { mode: 0o755 });
  }

  /** Runs the project's set-up script with nothing else to find than what the machine has. */
  setup(...args: readonly string[]): SetupResult {
    const [changeUser, ...options] = this.#machine.isRoot === true ? [] : asOrdinaryUser();
    const prefix = changeUser === undefined ? [] : [find(changeUser), ...options];
    const [file = 'sh', ...words] = [...prefix, 'sh', 'harness/setup.sh', ...args];
    const { status, stdout, stderr } = spawnSync(file, words, {
      cwd: this.project,
      encoding: 'utf8',
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { exitCode: status, output: stdout + stderr, calls: this.#calls() };
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.folder, { recursive: true });
  }

  #environment(): Record<string, string> {
    return {
      PATH: path.join(this.folder, 'bin'),
      SBIN_DIRS: '',
      HOME: this.folder,
      MACHINE: this.folder,
      NEEDS_LISTS: this.#machine.needsLists === true ? 'yes' : '',
      PROVIDES: (this.#machine.provides ?? ALL_TOOLS).join(' '),
    };
  }

  #calls(): readonly string[] {
    const log = path.join(this.folder, 'calls');
    if (!fs.existsSync(log)) return [];
    return fs.readFileSync(log, 'utf8').trimEnd().split('\n');
  }
}
