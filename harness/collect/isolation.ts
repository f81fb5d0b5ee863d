import { readFileSync, readlinkSync } from 'node:fs';
import { lackingCapabilities } from '../domain/capabilities.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { InsideOptions } from '../domain/inside.ts';
import { harnessVersion } from '../package-files.ts';

const NETWORK_NAMESPACE = '/proc/self/ns/net';

/** The identity of this process's network namespace, for example `net:[4026531840]`. */
export const networkNamespace = (): string => readlinkSync(NETWORK_NAMESPACE);

/**
 * Refuses to go on in the caller's own network namespace, and outside a PID namespace of our own:
 * the first would touch the host's sysctls and counters, the second would leave processes behind.
 * `argument` is this process's own: the first process of a container was started with it too.
 */
export function assertIsolated(options: InsideOptions, argument: string): void {
  const { callerBootId, sandbox } = options;
  if (sandbox === 'vm') {
    assertAloneInMachine(callerBootId);
    return;
  }
  const isCallersKernel = callerBootId === undefined || callerBootId === bootId();
  const callerNetworkNamespace = isCallersKernel ? options.callerNetworkNamespace : null;
  const own = networkNamespace();
  if (own === callerNetworkNamespace || !isWellFormed(callerNetworkNamespace)) {
    throw notIsolated(`it is in the caller's network namespace ${own}`, sandbox);
  }
  if (sandbox === 'docker') assertAloneInContainer(argument);
  else if (process.pid !== 1) {
    const why = `its process id is ${process.pid}, so it is not the first of a PID namespace`;
    throw notIsolated(why, sandbox);
  }
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** Null: the caller's kernel has none, or is another one. */
const isWellFormed = (namespace: string | null): boolean =>
  namespace === null || namespace.startsWith('net:[');

/** A kernel of its own, which nothing but a serial port joins to anything else. */
function assertAloneInMachine(callerBootId: string | undefined): void {
  if (callerBootId === undefined || callerBootId === bootId()) {
    throw notIsolated("it runs on the caller's own kernel", 'vm');
  }
  const way = wayOut(readFileSync('/proc/net/route', 'utf8'), readIfThere('/proc/net/ipv6_route'));
  if (way !== undefined) throw notIsolated(`the machine has a route out, by ${way}`, 'vm');
}

/** An engine may be far away, where the caller's namespaces mean nothing: so look at what is here. */
function assertAloneInContainer(argument: string): void {
  const way = wayOut(readFileSync('/proc/net/route', 'utf8'), readIfThere('/proc/net/ipv6_route'));
  if (way !== undefined) throw notIsolated(`the container has a route out, by ${way}`, 'docker');
  const first = readFileSync('/proc/1/cmdline', 'utf8');
  if (!first.split('\0').includes(argument)) {
    const why = `the first process of its PID namespace is ${first.split('\0')[0]}, not this run's`;
    throw notIsolated(why, 'docker');
  }
}

/** The interface of the first route that leaves this network namespace; undefined if there is none. */
export function wayOut(routes: string, routes6: string): string | undefined {
  const interfaces = [
    ...routes
      .split('\n')
      .slice(1)
      .map((line) => line.split(/\s+/)[0]),
    ...routes6.split('\n').map((line) => line.trim().split(/\s+/).at(-1)),
  ];
  return interfaces.find((name) => name !== undefined && name !== '' && name !== 'lo');
}

/** A kernel without IPv6 has no ipv6_route. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const notIsolated = (why: string, sandbox: string): HarnessError =>
  new HarnessError('SANDBOX_NOT_ISOLATED', `Cannot collect evidence here because ${why}.`, {
    remedy:
      sandbox === 'docker'
        ? 'leave out the --docker-option that joins the container to another namespace'
        : 'start it through the sandbox: npm run repro -- --sandbox netns',
  });

/** Says at once what a container was not given; the first command to need it would say less. */
export function assertCapable(): void {
  const lacking = lackingCapabilities(readFileSync('/proc/self/status', 'utf8'));
  if (lacking.length === 0) return;
  const words = lacking.map(({ name, reason }) => `${name} (it ${reason})`).join(', ');
  throw new HarnessError(
    'SANDBOX_NOT_PERMITTED',
    `The container lacks ${lacking.length === 1 ? 'the capability' : 'the capabilities'} ${words}.`,
    {
      remedy: `give it ${lacking.map(({ name }) => `--cap-add ${name}`).join(' ')}, as --sandbox docker does unless a --docker-option takes it away`,
    },
  );
}

/** A named image may be of another version, whose plans and files mean something else. */
export function assertSameVersion(callersVersion: string): void {
  const own = harnessVersion();
  if (own === callersVersion) return;
  throw new HarnessError(
    'DOCKER_IMAGE_UNAVAILABLE',
    `The image holds backlog-lab ${own}, and this is ${callersVersion}.`,
    { remedy: 'leave --docker-image out, or build the image from these sources' },
  );
}
