import type { Running } from './installation.ts';
import { type MarkedProcess, processesMarked } from './marked-processes.ts';
import { waitUntil } from './wait-until.ts';

/** The processes that live as long as a run does, by their command line. */
const ROLES = {
  launcher: (argv) => (argv[1] ?? '').endsWith('harness/launcher.mjs'),
  unshare: (argv) => argv[0] === 'unshare' && argv.some(isInsidePart),
  inside: (argv) => argv[0] !== 'unshare' && argv.some(isInsidePart),
  tcpdump: (argv) => argv[0] === 'tcpdump' && argv.includes('-w'),
  server: (argv) => argv[0] !== 'nsenter' && (argv[1] ?? '').endsWith('never-accepts.js'),
  swarm: (argv) => argv[0] !== 'nsenter' && (argv[1] ?? '').endsWith('swarm.js'),
  holder: (argv) => argv.join(' ') === 'sleep infinity',
  keeper: (argv) => argv[0] === 'sh' && (argv[2] ?? '').includes('mount -t tracefs'),
} as const satisfies Record<string, (argv: readonly string[]) => boolean>;

export type Role = keyof typeof ROLES;

const isInsidePart = (word: string): boolean => word.endsWith('collect/main.js');

/** Every process that a command has started, directly or not, and that is still there. */
export const processesOf = ({ mark }: Running): readonly MarkedProcess[] => processesMarked(mark);

export const roleOf = ({ argv }: MarkedProcess): Role | undefined =>
  (Object.keys(ROLES) as Role[]).find((role) => ROLES[role](argv));

/** Those that play a part. Between fork and exec a process still carries its parent's command line. */
export function playersOf(running: Running): readonly MarkedProcess[] {
  const all = processesOf(running);
  const isForked = ({ parentPid, argv }: MarkedProcess): boolean =>
    all.some((other) => other.pid === parentPid && other.argv.join('\0') === argv.join('\0'));
  return all.filter((process) => roleOf(process) !== undefined && !isForked(process));
}

/** Waits for the process that plays a part in a run. */
export const processInRole = (running: Running, role: Role): Promise<MarkedProcess> =>
  waitUntil(
    `the ${role} of a run`,
    () => playersOf(running).find((process) => roleOf(process) === role),
    { seen: () => describe(running) },
  );

/** Waits until nothing is left of a command: a killed namespace takes a moment to end. */
export const allGone = (running: Running): Promise<true> =>
  waitUntil(
    'every process of a run to end',
    () => (processesOf(running).length === 0 ? true : undefined),
    { seen: () => describe(running) },
  );

const describe = (running: Running): string =>
  processesOf(running)
    .map(({ pid, argv }) => `${pid} ${argv.join(' ').slice(0, 80)}`)
    .join('; ');
