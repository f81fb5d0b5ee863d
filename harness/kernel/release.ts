/** What `uname -r` says, as far as it can be trusted. */
export interface KernelRelease {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  /** Third number; 0 where the release has none. In the 2.6 series it is the mainline release. */
  readonly patch: number;
  /**
   * False where the third number names a distribution's binary interface (`5.10.0-28-amd64` of
   * Debian, `6.8.0-31-generic` of Ubuntu): any stable update may be inside.
   */
  readonly patchIsKnown: boolean;
  /** `el7` and so on for Red Hat Enterprise Linux and its rebuilds, which backport at will. */
  readonly vendor?: string;
}

/** A mainline release (`4.10`) or a stable one (`4.4.178`). */
export type KernelVersion =
  | `${number}.${number}`
  | `${number}.${number}.${number}`
  | `${number}.${number}.${number}.${number}`;

const RELEASE = /^(\d+)\.(\d+)(?:\.(\d+))?(?:\.\d+)?([-+_~].*)?$/;
/** A build number right after `.0`. Vanilla kernels have a word there (`-rc3`, `-fc-v595`) or nothing. */
const DISTRIBUTION_BUILD = /^-\d/;
const ENTERPRISE_LINUX = /\.(el\d+)/;

/** Debian says in the version which stable update is inside: `#1 SMP Debian 6.1.176-1 (2026-08-29)`. */
const DEBIAN_UPDATE = / Debian (\d+)\.(\d+)\.(\d+)-/;

/**
 * Reads the text of `uname -r`, or of `uname -rv`, which may tell the patch level; undefined where it
 * does not begin with a kernel version.
 */
export function parseRelease(text: string): KernelRelease | undefined {
  const [name = ''] = text.trim().split(' ');
  const match = RELEASE.exec(name);
  if (match === null) return undefined;
  const [, major, minor, inName = '0', suffix = ''] = match;
  const vendor = vendorOf(suffix);
  const [, ofMajor, ofMinor, update] = DEBIAN_UPDATE.exec(text) ?? [];
  const isTold = update !== undefined && ofMajor === major && ofMinor === minor;
  const patch = isTold ? update : inName;
  return {
    text: name,
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    patchIsKnown: isTold || patch !== '0' || !DISTRIBUTION_BUILD.test(suffix),
    ...(vendor === undefined ? {} : { vendor }),
  };
}

/** The text of `uname -rv`, as far as it is known. */
export const unameOf = (kernel: {
  readonly kernelRelease: string;
  readonly kernelVersion?: string;
}): string =>
  kernel.kernelVersion === undefined
    ? kernel.kernelRelease
    : `${kernel.kernelRelease} ${kernel.kernelVersion}`;

/** ELRepo packages vanilla kernels for Enterprise Linux; they carry the tag but no vendor's patches. */
function vendorOf(suffix: string): string | undefined {
  return suffix.includes('elrepo') ? undefined : ENTERPRISE_LINUX.exec(suffix)?.[1];
}

/**
 * Whether the release is that version or a later one. An unknown patch level counts as 0, so that
 * only the mainline release decides.
 */
export function isAtLeast(release: KernelRelease, version: KernelVersion): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (release.major !== major) return release.major > major;
  if (release.minor !== minor) return release.minor > minor;
  return release.patch >= patch;
}

/** Whether the release is a stable update of the version's series at or above it: 4.4.180 for 4.4.178. */
export function isUpdateOf(release: KernelRelease, version: KernelVersion): boolean {
  const [major, minor] = version.split('.').map(Number);
  return release.major === major && release.minor === minor && isAtLeast(release, version);
}
