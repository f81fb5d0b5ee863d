import { readFileSync } from 'node:fs';

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
  const found = SWITCHES.filter(({ file, closedAt }) => settingOf(file) === closedAt);
  const first = found[0]?.remedy;
  return first === undefined
    ? 'run as root (sudo npm run repro -- ...), or in a container with --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_RAW --security-opt systempaths=unconfined'
    : `${first}; or run as root`;
}

function settingOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
