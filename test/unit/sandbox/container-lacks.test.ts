import { describe, expect, test } from 'vitest';
import type { Container } from '../../../harness/sandbox/container.ts';
import { type Lacks, lacksOf } from '../../../harness/sandbox/container-lacks.ts';
import { optionsFor, type Starter, starterOf } from '../../../harness/sandbox/container-options.ts';

/** A container that lacks nothing. */
const ABLE: Container = {
  engine: 'Docker',
  ownKernel: null,
  userId: 0,
  lackingCapabilities: [],
  filtersSystemCalls: false,
  forbidsNewPrivileges: false,
  appArmorProfile: null,
  remapsUsers: false,
  masksProc: false,
};

const DEFAULT: Container = {
  ...ABLE,
  lackingCapabilities: ['NET_ADMIN', 'SYS_ADMIN'],
  filtersSystemCalls: true,
  masksProc: true,
};

const optionsOf = ({ grants }: Lacks, starter: Starter = 'docker'): string =>
  optionsFor(starter, grants).replace(/ to the .*/, '');

/** The kernel lets root of the machine mount a new /proc, whatever is mounted over the old one. */
test.each<readonly [string, Container, string]>([
  ['no options', DEFAULT, '--cap-add NET_ADMIN --cap-add SYS_ADMIN'],
  ['AppArmor', { ...ABLE, appArmorProfile: 'x' }, '--security-opt apparmor=unconfined'],
  [
    'rootless engine, or one that remaps users',
    { ...ABLE, remapsUsers: true, masksProc: true },
    '--security-opt systempaths=unconfined',
  ],
  [
    'a seccomp profile that nothing explains',
    { ...ABLE, filtersSystemCalls: true, masksProc: true },
    '--security-opt seccomp=unconfined',
  ],
  [
    'an ordinary user',
    { ...DEFAULT, userId: 1000 },
    '--cap-add SYS_ADMIN --security-opt systempaths=unconfined',
  ],
  [
    'an ordinary user without seccomp',
    { ...DEFAULT, userId: 1000, filtersSystemCalls: false },
    '--security-opt systempaths=unconfined',
  ],
  ['gVisor', { ...DEFAULT, ownKernel: 'gVisor' }, '--runtime runc'],
])('%s', (_, container, options) => {
  const lacks = lacksOf(container, false);
  expect(optionsOf(lacks)).toBe(options);
  expect(lacks.reasons).not.toEqual([]);
});

test('an ordinary user where the machine closes user namespaces becomes root', () => {
  const lacks = lacksOf({ ...DEFAULT, userId: 1000 }, true);
  expect(optionsOf(lacks)).toBe('--user 0 --cap-add NET_ADMIN --cap-add SYS_ADMIN');
  expect(lacks.reasons).toEqual([
    'it runs as user 1000, and this machine closes user namespaces',
    'it lacks the capabilities NET_ADMIN and SYS_ADMIN',
  ]);
});

test('no reason is made up', () => {
  expect(lacksOf(ABLE, false).reasons).toEqual([]);
});

describe('spelling', () => {
  const { grants } = lacksOf({ ...DEFAULT, remapsUsers: true, userId: 1000 }, true);

  test.each<readonly [Starter, string]>([
    [
      'docker',
      '--user 0 --cap-add NET_ADMIN --cap-add SYS_ADMIN --security-opt systempaths=unconfined to the docker run of this container (user: "0", cap_add: [NET_ADMIN, SYS_ADMIN], security_opt: [systempaths=unconfined] in a compose file)',
    ],
    [
      'podman',
      '--user 0 --cap-add NET_ADMIN --cap-add SYS_ADMIN --security-opt unmask=ALL to the podman run of this container',
    ],
    [
      'github',
      '--user 0 --cap-add NET_ADMIN --cap-add SYS_ADMIN --security-opt systempaths=unconfined to container.options of this job in its workflow',
    ],
    ['gitlab', 'privileged = true to [runners.docker] in the config.toml of the runner'],
    [
      'kubernetes',
      'securityContext: { runAsUser: 0, capabilities: { add: [NET_ADMIN, SYS_ADMIN] }, procMount: Unmasked } in the pod of this container',
    ],
  ])('%s', (starter, text) => {
    expect(optionsFor(starter, grants)).toBe(text);
  });

  test('gitlab, with what its runner can hand on', () => {
    expect(optionsFor('gitlab', lacksOf({ ...DEFAULT, appArmorProfile: 'x' }, false).grants)).toBe(
      'cap_add = ["NET_ADMIN", "SYS_ADMIN"], security_opt = ["apparmor=unconfined"] to [runners.docker] in the config.toml of the runner',
    );
  });
});

test.each<readonly [Container['engine'], Record<string, string>, Starter]>([
  ['Docker', {}, 'docker'],
  ['unknown', {}, 'docker'],
  ['Podman', {}, 'podman'],
  ['Docker', { GITHUB_ACTIONS: 'true' }, 'github'],
  ['Docker', { GITLAB_CI: 'true' }, 'gitlab'],
  ['Kubernetes', { GITLAB_CI: 'true' }, 'kubernetes'],
])('%s with %j is started by %s', (engine, environment, starter) => {
  expect(starterOf({ engine }, environment)).toBe(starter);
});
