import type { Container } from './container.ts';

/** A protection that whoever starts a container can leave out. */
export type Protection = 'seccomp' | 'apparmor' | 'systempaths';

/** What a container would have to be given, before an engine's own spelling. */
export interface Grants {
  readonly asRoot: boolean;
  readonly linuxKernel: boolean;
  readonly capabilities: readonly string[];
  readonly unconfined: readonly Protection[];
}

/** What stands in the way of namespaces in a container, and what would clear it away. */
export interface Lacks {
  readonly reasons: readonly string[];
  readonly grants: Grants;
}

const NOTHING: Grants = { asRoot: false, linuxKernel: false, capabilities: [], unconfined: [] };

/**
 * Why a container that was refused namespaces was refused them, as far as it can be read. An
 * ordinary user needs user namespaces, which machines can close; root needs capabilities.
 * No reasons: nothing that can be seen from inside.
 */
export function lacksOf(container: Container, userNamespacesClosed: boolean): Lacks {
  if (container.ownKernel === 'gVisor') {
    return {
      reasons: ["its kernel is gVisor's, whose TCP is not Linux's"],
      grants: { ...NOTHING, linuxKernel: true },
    };
  }
  const lacks =
    container.userId === 0 || userNamespacesClosed
      ? lacksOfRoot(container, userNamespacesClosed)
      : lacksOfUser(container);
  return lacks.reasons.length === 0 && container.filtersSystemCalls
    ? {
        reasons: ['its seccomp profile may not let namespaces be made'],
        grants: { ...NOTHING, unconfined: ['seccomp'] },
      }
    : lacks;
}

function lacksOfRoot(container: Container, userNamespacesClosed: boolean): Lacks {
  const { userId, lackingCapabilities, remapsUsers, masksProc } = container;
  const capabilities = lackingCapabilities;
  const unconfined = [...profile(container), ...mask(remapsUsers && masksProc)];
  return {
    reasons: [
      ...(userId === 0 ? [] : [userId0(userId, userNamespacesClosed)]),
      ...(capabilities.length === 0 ? [] : [`it lacks ${listed(capabilities)}`]),
      ...unconfined.map((protection) => reasonOf(protection, container)),
    ],
    grants: { ...NOTHING, asRoot: userId !== 0, capabilities, unconfined },
  };
}

const userId0 = (userId: number, closed: boolean): string =>
  `it runs as user ${userId}${closed ? ', and this machine closes user namespaces' : ''}`;

/** Where SYS_ADMIN is granted, engines open their seccomp filter, for ordinary users too. */
function lacksOfUser(container: Container): Lacks {
  const isFiltered =
    container.filtersSystemCalls && container.lackingCapabilities.includes('SYS_ADMIN');
  const unconfined = [...profile(container), ...mask(container.masksProc)];
  return {
    reasons: [
      ...(isFiltered
        ? [
            `it runs as user ${container.userId}, and its seccomp filter keeps namespaces to containers with SYS_ADMIN`,
          ]
        : []),
      ...unconfined.map((protection) => reasonOf(protection, container)),
    ],
    grants: { ...NOTHING, capabilities: isFiltered ? ['SYS_ADMIN'] : [], unconfined },
  };
}

/** Docker's default profile denies every mount; so do those of other engines. */
const profile = ({ appArmorProfile }: Container): readonly Protection[] =>
  appArmorProfile === null ? [] : ['apparmor'];

/**
 * In a user namespace the kernel mounts a new /proc only where the old one is wholly visible
 * (mount_too_revealing in fs/namespace.c); root of the machine may always mount one.
 */
const mask = (isInTheWay: boolean): readonly Protection[] => (isInTheWay ? ['systempaths'] : []);

const reasonOf = (protection: Protection, { appArmorProfile }: Container): string =>
  protection === 'apparmor'
    ? `its AppArmor profile ${appArmorProfile} may deny mounts`
    : 'parts of its /proc are masked or read-only, so that no new one may be mounted';

function listed(capabilities: readonly string[]): string {
  const last = capabilities.at(-1) ?? '';
  return capabilities.length === 1
    ? `the capability ${last}`
    : `the capabilities ${capabilities.slice(0, -1).join(', ')} and ${last}`;
}
