import type { Container } from './container.ts';
import type { Grants, Protection } from './container-lacks.ts';

/** What starts a container, in which its options are to be spelled. */
export type Starter = 'docker' | 'podman' | 'kubernetes' | 'github' | 'gitlab';

/** A job of CI seldom chooses the engine, but has a place for its options. */
export function starterOf(
  { engine }: Pick<Container, 'engine'>,
  environment: Readonly<Record<string, string | undefined>>,
): Starter {
  if (engine === 'Kubernetes') return 'kubernetes';
  if (environment['GITHUB_ACTIONS'] === 'true') return 'github';
  if (environment['GITLAB_CI'] === 'true') return 'gitlab';
  return engine === 'Podman' ? 'podman' : 'docker';
}

/** What to add, and where, so that a container is given what it lacks. */
export function optionsFor(starter: Starter, grants: Grants): string {
  switch (starter) {
    case 'docker':
      return `${commandLine(grants)} to the docker run of this container (${compose(grants)} in a compose file)`;
    case 'podman':
      return `${commandLine(grants, PODMAN)} to the podman run of this container`;
    case 'github':
      return `${commandLine(grants)} to container.options of this job in its workflow`;
    case 'gitlab':
      return `${gitlab(grants)} to [runners.docker] in the config.toml of the runner`;
    case 'kubernetes':
      return `${kubernetes(grants)} in the pod of this container`;
  }
}

const PODMAN: Partial<Record<Protection, string>> = { systempaths: 'unmask=ALL' };

function commandLine(
  { asRoot, linuxKernel, capabilities, unconfined }: Grants,
  spelling: Partial<Record<Protection, string>> = {},
): string {
  return [
    ...(linuxKernel ? ['--runtime runc'] : []),
    ...(asRoot ? ['--user 0'] : []),
    ...capabilities.map((name) => `--cap-add ${name}`),
    ...unconfined.map((name) => `--security-opt ${spelling[name] ?? `${name}=unconfined`}`),
  ].join(' ');
}

function compose({ asRoot, linuxKernel, capabilities, unconfined }: Grants): string {
  return [
    ...(linuxKernel ? ['runtime: runc'] : []),
    ...(asRoot ? ['user: "0"'] : []),
    ...(capabilities.length === 0 ? [] : [`cap_add: [${capabilities.join(', ')}]`]),
    ...(unconfined.length === 0
      ? []
      : [`security_opt: [${unconfined.map((name) => `${name}=unconfined`).join(', ')}]`]),
  ].join(', ');
}

/** The runner hands its options to the daemon, which has no word for `systempaths`. */
function gitlab({ asRoot, linuxKernel, capabilities, unconfined }: Grants): string {
  if (unconfined.includes('systempaths')) return 'privileged = true';
  const quoted = (words: readonly string[]): string => `[${words.map((w) => `"${w}"`).join(', ')}]`;
  return [
    ...(linuxKernel ? ['runtime = "runc"'] : []),
    ...(asRoot ? ['user = "0"'] : []),
    ...(capabilities.length === 0 ? [] : [`cap_add = ${quoted(capabilities)}`]),
    ...(unconfined.length === 0
      ? []
      : [`security_opt = ${quoted(unconfined.map((name) => `${name}=unconfined`))}`]),
  ].join(', ');
}

const POD: Readonly<Record<Protection, string>> = {
  seccomp: 'seccompProfile: { type: Unconfined }',
  apparmor: 'appArmorProfile: { type: Unconfined }',
  systempaths: 'procMount: Unmasked',
};

function kubernetes({ asRoot, linuxKernel, capabilities, unconfined }: Grants): string {
  if (linuxKernel) return 'a runtimeClassName whose handler is runc';
  const context = [
    ...(asRoot ? ['runAsUser: 0'] : []),
    ...(capabilities.length === 0 ? [] : [`capabilities: { add: [${capabilities.join(', ')}] }`]),
    ...unconfined.map((name) => POD[name]),
  ];
  return `securityContext: { ${context.join(', ')} }`;
}
