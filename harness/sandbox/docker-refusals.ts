/** Why an engine refused to start a container, from its own words. */
interface Refusal {
  readonly words: RegExp;
  readonly why: string;
  readonly remedy: string;
}

const REFUSALS: readonly Refusal[] = [
  {
    words: /privileged mode is incompatible with user namespaces/i,
    why: 'its daemon remaps user namespaces, where --privileged is not allowed',
    remedy: 'leave --privileged out: no run needs it',
  },
  {
    words: /unable to apply caps|can't apply capabilities|capset/i,
    why: 'its daemon lacks a capability that the container is to get',
    remedy: 'leave --privileged out: --sandbox docker needs six capabilities only',
  },
  {
    words: /invalid --security-opt.*(systempaths|apparmor|no-new-privileges)/i,
    why: 'this engine does not know one of the security options',
    remedy: 'use Docker 19.03 or later, or --privileged',
  },
  {
    words: /apparmor/i,
    why: 'AppArmor does not let it start the container',
    remedy:
      'look at the journal of the machine for apparmor="DENIED"; try --docker-option=--security-opt=apparmor=unconfined',
  },
  {
    words: /seccomp/i,
    why: 'its seccomp profile cannot be applied',
    remedy: 'try --docker-option=--security-opt=seccomp=unconfined',
  },
  {
    words: /network endpoints|network mode/i,
    why: 'a run has a network of its own, and no other',
    remedy: 'leave the --network option out',
  },
  {
    words: /unknown (or invalid )?runtime/i,
    why: 'it has no such runtime',
    remedy: 'docker info --format "{{.Runtimes}}" shows those it has',
  },
  {
    words: /authorization denied by plugin|forbidden|not allowed by/i,
    why: 'a policy of the engine does not allow it',
    remedy:
      'ask who runs the engine for the capabilities SYS_ADMIN, NET_ADMIN and NET_RAW and for systempaths=unconfined',
  },
  {
    words: /cgroup/i,
    why: 'its control groups are not set up',
    remedy: 'docker info warns of what is missing; cgroup v1 and v2 both do',
  },
  {
    words: /sysctl .*(not in a separate|is not allowed)/i,
    why: 'it does not set such a sysctl',
    remedy: 'give net.* keys only, and no --network=host',
  },
  {
    words: /exec:? .*(not found|no such file)|stat .*no such file/i,
    why: 'the image lacks a program of the harness',
    remedy: 'leave --docker-image out, or build that image with docker/Dockerfile',
  },
  {
    words: /no space left on device/i,
    why: 'its disk is full',
    remedy: 'docker system df shows what takes the space',
  },
  {
    words: /no such image/i,
    why: 'the image is gone',
    remedy: 'start it again to have the image built, or add --rebuild',
  },
];

/** What the engine said, and what to do about it. */
export function explainRefusal(
  stderr: string,
  options: readonly string[],
): { readonly why: string; readonly remedy: string } {
  const said = enginesWords(stderr);
  const known = REFUSALS.find(({ words }) => words.test(said));
  return known === undefined
    ? { why: said, remedy: remedyForUnknown(options) }
    : { why: `${known.why} (${said})`, remedy: known.remedy };
}

const remedyForUnknown = (options: readonly string[]): string =>
  options.length === 0
    ? 'the command is in --dry-run: try it by hand'
    : `change or leave out ${options.map((option) => `--docker-option=${option}`).join(' ')}`;

/** `docker: Error response from daemon: ...` without what docker adds for people. */
function enginesWords(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const error =
    lines.find((line) => /^(docker|Error)\b.*:/.test(line)) ??
    lines.find((line) => !/^(WARNING|DEPRECATED|$)/.test(line)) ??
    '';
  return error
    .replace(/^docker: /, '')
    .replace(/^Error response from daemon: /, '')
    .replace(/\.$/, '');
}
