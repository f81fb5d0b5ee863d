import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { execa } from 'execa';
import { lackingCapabilities } from '../domain/capabilities.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { InsideOptions } from '../domain/inside.ts';
import { compiledProgram, harnessVersion } from '../package-files.ts';
import { type Command, type Conversation, converse, failureOf } from './converse.ts';
import { sandboxEnvironment } from './environment.ts';
import { notPermittedRemedy } from './remedies.ts';
import { assertCommandsFound, assertFound } from './requirements.ts';
import type { CollectRequest, Sandbox } from './sandbox.ts';
import { keepTraceInstance, OWN_MOUNTS } from './trace-keeper.ts';

type Privilege = InsideOptions['privilege'];

/** Not there on systems other than Linux, which can show a plan all the same. */
const OWN_NETWORK = '/proc/self/ns/net';
const INSIDE = compiledProgram('harness/collect/main.js');

/** A user in whose name tcpdump has no privilege to drop; root becomes `nobody` inside. */
function asWhom(): readonly string[] {
  return process.getuid?.() === 0
    ? ['--map-user=65534', '--map-group=65534']
    : ['--map-current-user'];
}

/**
 * `--kill-child`: when unshare is killed, so is the first process inside, and with it, by the rules
 * of PID namespaces, every other. The run folder belongs to the caller either way.
 */
const UNSHARE: Readonly<Record<Privilege, Command>> = {
  root: ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
  'user-namespace': [
    'unshare',
    ...['--user', ...asWhom(), '--keep-caps'],
    ...['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ],
};

/**
 * Root needs no user namespace, unless it is root of a container that keeps capabilities back: in a
 * user namespace it has them all, if it may make one. Root that is the only user of a user namespace
 * needs another one too: tcpdump cannot become the user tcpdump there.
 */
export function privilegesToTry(): readonly Privilege[] {
  if (process.getuid?.() !== 0) return ['user-namespace'];
  const users = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/);
  const onlyRoot = users.length === 3 && users[2] === '1';
  const lacking = lackingCapabilities(readFileSync('/proc/self/status', 'utf8'));
  return onlyRoot || lacking.length > 0 ? ['user-namespace'] : ['root', 'user-namespace'];
}

export const unshareCommand = (privilege: Privilege): Command => UNSHARE[privilege];

/** The command of a run as it would be tried first. Other systems can show it all the same. */
export function netnsCommandLine(folder: string): readonly string[] {
  const [privilege, network] = existsSync(OWN_NETWORK)
    ? [privilegesToTry()[0] ?? 'user-namespace', readlinkSync(OWN_NETWORK)]
    : (['user-namespace', 'net:[<caller>]'] as const);
  const inside = insideOptions(folder, privilege, harnessVersion(), network);
  return [...UNSHARE[privilege], process.execPath, INSIDE, JSON.stringify(inside)];
}

export function netnsSandbox(): Sandbox {
  const version = harnessVersion();
  return {
    kind: 'netns',
    kernelRelease: os.release(),
    assertFit: assertCommandsFound,
    collect: async (request) => {
      const refusals: string[] = [];
      for (const privilege of privilegesToTry()) {
        const refusal = await collectWith(privilege, request, version);
        if (refusal === null) return;
        refusals.push(refusal);
      }
      throw notPermitted(refusals);
    },
  };
}

const notPermitted = (refusals: readonly string[]): HarnessError =>
  new HarnessError(
    'SANDBOX_NOT_PERMITTED',
    `Cannot make namespaces here: ${refusals.join('; ')}.`,
    { remedy: notPermittedRemedy() },
  );

/**
 * Finds out by making some, which takes a few milliseconds. Throws `SANDBOX_NOT_PERMITTED`, or
 * `TOOL_MISSING` where nothing is there to make them with.
 */
export async function assertNamespaces(): Promise<void> {
  if (!existsSync(OWN_NETWORK)) {
    throw notPermitted([`this is ${os.type()} ${os.release()}, and only Linux has them`]);
  }
  assertFound(['unshare'], 'make namespaces');
  const refusals: string[] = [];
  for (const privilege of privilegesToTry()) {
    const [command, ...args] = UNSHARE[privilege];
    const { failed, stderr, shortMessage } = await execa(command, [...args, 'true'], {
      env: sandboxEnvironment(),
      reject: false,
      stdin: 'ignore',
    });
    if (!failed) return;
    refusals.push(stderr.trim().split('\n')[0] || (shortMessage ?? ''));
  }
  throw notPermitted(refusals);
}

const insideOptions = (
  folder: string,
  privilege: Privilege,
  version: string,
  callerNetworkNamespace: string,
): InsideOptions => ({
  folder,
  callerNetworkNamespace,
  sandbox: 'netns',
  privilege,
  harnessVersion: version,
});

/** Null when the run was carried out; otherwise why unshare refused. */
async function collectWith(
  privilege: Privilege,
  request: CollectRequest,
  version: string,
): Promise<string | null> {
  const inside = insideOptions(request.folder, privilege, version, readlinkSync(OWN_NETWORK));
  const hasTracefs = privilege === 'root' && process.getuid?.() === 0;
  const conversation = await converse(
    {
      command: [...UNSHARE[privilege], process.execPath, INSIDE, JSON.stringify(inside)],
      ...(request.trace && hasTracefs ? { keeper: keepTraceInstance(OWN_MOUNTS) } : {}),
    },
    request,
  );
  return conversation.exitCode === 0 ? null : explainEnd(conversation);
}

/** Returns unshare's own refusal, or throws what ended the run. */
function explainEnd({ reports, words, exitCode, signal }: Conversation): string {
  const failed = failureOf(reports);
  if (failed) throw failed;
  if (words === FIRST_PROCESS_KILLED) throw sandboxEnded('its first process was killed');
  if (reports.length === 0 && words.startsWith('unshare:')) return words.split('\n')[0] ?? words;
  throw sandboxEnded(signal ?? `exit code ${exitCode}`, words);
}

/** unshare ends as its child did, but no process can raise SIGKILL in this way: no refusal. */
const FIRST_PROCESS_KILLED = 'unshare: sigprocmask unblock failed: Invalid argument';

const sandboxEnded = (how: string, words = ''): HarnessError =>
  new HarnessError(
    'SANDBOX_ENDED',
    `The sandbox ended before the run was over (${how}).${words === '' ? '' : ` ${words}`}`,
    { remedy: 'the evidence so far is in the run folder; start the run again' },
  );
