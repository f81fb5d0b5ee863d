import { readFileSync } from 'node:fs';
import { type Container, containerAround } from './container.ts';
import { lacksOf } from './container-lacks.ts';
import { optionsFor, starterOf } from './container-options.ts';

/** Switches by which distributions close user namespaces, with the command that opens them. */
const SWITCHES = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    closedAt: '1',
    remedy:
      'AppArmor restricts user namespaces here (Ubuntu 23.10 and later): sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    closedAt: '0',
    remedy: 'user namespaces are switched off: sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    file: '/proc/sys/user/max_user_namespaces',
    closedAt: '0',
    remedy: 'no user namespaces are allowed: sudo sysctl -w user.max_user_namespaces=15000',
  },
] as const;

/** Why namespaces are closed on this machine, as far as it can be read, and how to open them. */
export function notPermittedRemedy(): string {
  const closed = SWITCHES.find(({ file, closedAt }) => settingOf(file) === closedAt)?.remedy;
  const container = containerAround();
  if (container !== null) return inContainer(container, closed !== undefined);
  return closed === undefined
    ? 'run as root (sudo npm run repro -- ...), or in a container with --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_RAW'
    : `${closed}; or run as root`;
}

/** The switches of the machine are out of reach here, but whoever starts the container has others. */
function inContainer(container: Container, userNamespacesClosed: boolean): string {
  const { reasons, grants } = lacksOf(container, userNamespacesClosed);
  return reasons.length === 0
    ? 'nothing that this container lacks can be seen from inside: try --privileged, or ask who runs the engine for its security policy'
    : `add ${optionsFor(starterOf(container, process.env), grants)}, since ${reasons.join('; ')}`;
}

function settingOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
