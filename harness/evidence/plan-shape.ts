import {
  CLIENT_PROGRAMS,
  type ClientProgramCommand,
  SERVER_PROGRAMS,
} from '../domain/application.ts';
import type { Condition, RunPlan, Step } from '../domain/plan.ts';
import { HOSTS } from '../domain/tcp.ts';
import { CLIENT_LIBRARIES } from '../domain/usual-clients.ts';
import type { Arrivals, ServerCommand } from '../domain/wire.ts';
import { fieldOf, type Shape, shapeProblem } from './json-shape.ts';

const PLAN: Shape = {
  schemaVersion: 'number',
  scenario: 'string',
  parameters: 'object',
  network: 'object',
  sysctls: 'object',
  sampleEveryMs: 'number',
  steps: 'array',
};

const PARAMETERS: Shape = {
  backlog: 'number',
  clients: 'number',
  arrivals: 'object',
  connectTimeoutMs: 'number',
  readTimeoutMs: 'number|null',
  sendBytes: 'number',
  keepAliveMs: 'number|null',
  sysctls: 'object',
  family: 'number',
  port: 'number',
  clientAddresses: 'number|null',
  sampleEveryMs: 'number',
  cap: 'number?',
  libraries: 'object?',
  ownServer: 'object?',
  phase: 'string?',
};

const PROGRAM: Shape = { name: SERVER_PROGRAMS, options: 'object' };

const CLIENT_COMMANDS: Readonly<Record<ClientProgramCommand['command'], Shape>> = {
  rest: {},
  release: {},
};

const OWN_SERVER: Shape = { command: 'string', folder: 'string', readyWithinMs: 'number' };

const NETWORK: Shape = {
  family: 'number',
  port: 'number',
  clientAddresses: 'number',
  relays: 'number?',
  mostClients: 'number?',
};
const BY_HOST: Shape = { server: 'object', client: 'object' };

/** What each kind of step has; see domain/plan.ts. */
const STEPS: Readonly<Record<Step['kind'], Shape>> = {
  'start-server': {
    backlog: 'number|null',
    maxConnections: 'number?',
    relay: 'number?',
    own: 'object?',
    program: 'object?',
  },
  freeze: { frozen: 'boolean' },
  'server-command': { command: 'object', relay: 'number?' },
  snapshot: { name: 'string', netstat: 'boolean?' },
  gate: { closed: 'boolean', address: 'number?' },
  connect: {
    wave: 'string',
    clients: 'number',
    beyondPlaces: 'boolean?',
    arrivals: 'object',
    behaviour: 'object',
    relay: 'number?',
  },
  'start-clients': {
    wave: 'string',
    program: CLIENT_PROGRAMS,
    options: 'object',
    address: 'number?',
    toRelays: 'number?',
  },
  'clients-command': { wave: 'string', command: 'object', deadlineMs: 'number' },
  send: { wave: 'string', bytes: 'number' },
  'stop-reconnecting': {},
  'load-libraries': { clients: 'array' },
  'connect-libraries': { stopWaitingAfterMs: 'number' },
  await: { condition: 'object', deadlineMs: 'number' },
  'set-sysctl': { host: ['server', 'client'], key: 'string', value: 'string' },
  release: {},
};

const ARRIVALS: Readonly<Record<Arrivals['kind'], Shape>> = {
  burst: {},
  sequential: {},
  rate: { perSecond: 'number' },
};

const COMMANDS: Readonly<Record<ServerCommand['command'], Shape>> = {
  accept: {},
  pause: {},
  serve: { blockedMs: 'number', openMs: 'number' },
  listen: { backlog: 'number' },
  close: {},
};

const CONDITIONS: Readonly<Record<Condition['kind'], Shape>> = {
  'wave-settled': { wave: 'string' },
  'wave-ended': { wave: 'string' },
  'clients-connected': { wave: 'string', atLeast: 'number' },
  'first-syns-met': { wave: 'string', sinceSnapshot: 'string', atLeast: 'number' },
  'attempts-made': { wave: 'string', atLeast: 'number' },
  'clients-open': { wave: 'string', equals: 'number' },
  'bytes-answered': { wave: 'string', atLeast: 'number' },
  'connections-taken': { relay: 'number?', atLeast: 'number' },
  'bytes-received': { relay: 'number?', atLeast: 'number' },
  'libraries-ended': {},
  'clients-told': { wave: 'string', event: 'string', atLeast: 'number' },
  'server-told': { relay: 'number?', event: 'string', atLeast: 'number' },
  'accept-queue-length': { equals: 'number' },
  'syn-queue-length': { equals: 'number' },
  'syn-acks-repeated': {},
  'queues-at-rest': { forMs: 'number' },
  'counter-grown': { counter: 'string', sinceSnapshot: 'string', atLeast: 'number' },
};

const LIBRARY_CLIENT: Shape = {
  library: CLIENT_LIBRARIES,
  version: 'string',
  entry: 'string|null',
  timeoutMs: 'number|null',
};

const BEHAVIOUR: Shape = {
  connectTimeoutMs: 'number',
  readTimeoutMs: 'number|null',
  sendBytes: 'number',
  keepAliveMs: 'number|null',
  reconnectAfterMs: 'number?',
};

/** The problem of a value whose shape its field `tag` tells. */
const taggedProblem = (
  value: unknown,
  tag: string,
  shapes: Readonly<Record<string, Shape>>,
): string | undefined => {
  const kind = fieldOf(value, tag);
  const shape = new Map<unknown, Shape>(Object.entries(shapes)).get(kind);
  if (shape === undefined) return `the ${tag} ${JSON.stringify(kind)} is unknown.`;
  const problem = shapeProblem(value, shape);
  return problem === undefined ? undefined : `'${kind}': ${problem}`;
};

const partProblem = (step: Step): string | undefined => {
  switch (step.kind) {
    case 'start-server':
      return (
        (step.own && shapeProblem(step.own, OWN_SERVER)) ??
        (step.program && shapeProblem(step.program, PROGRAM))
      );
    case 'clients-command':
      return taggedProblem(step.command, 'command', CLIENT_COMMANDS);
    case 'connect':
      return (
        taggedProblem(step.arrivals, 'kind', ARRIVALS) ?? shapeProblem(step.behaviour, BEHAVIOUR)
      );
    case 'await':
      return taggedProblem(step.condition, 'kind', CONDITIONS);
    case 'load-libraries':
      return step.clients
        .map((client) => shapeProblem(client, LIBRARY_CLIENT))
        .find((problem) => problem !== undefined);
    case 'server-command':
      return taggedProblem(step.command, 'command', COMMANDS);
    default:
      return undefined;
  }
};

const stepProblem = (step: unknown): string | undefined => {
  const problem = taggedProblem(step, 'kind', STEPS) ?? partProblem(step as Step);
  return problem === undefined ? undefined : `a step: ${problem}`;
};

/** What keeps a JSON value from being a plan, in words; undefined when it is one. */
export const planProblem = (plan: unknown): string | undefined => {
  const problem = shapeProblem(plan, PLAN);
  if (problem !== undefined) return problem;
  const { parameters, network, sysctls, steps } = plan as RunPlan;
  const parts: readonly (readonly [name: string, part: unknown, shape: Shape])[] = [
    ['parameters', parameters, PARAMETERS],
    ['parameters.sysctls', parameters.sysctls, BY_HOST],
    ['network', network, NETWORK],
    ['sysctls', sysctls, { required: 'object', pinned: 'object' }],
    ['sysctls.required', sysctls.required, BY_HOST],
    ['sysctls.pinned', sysctls.pinned, BY_HOST],
  ];
  for (const [name, part, shape] of parts) {
    const wrong = shapeProblem(part, shape);
    if (wrong !== undefined) return `${name}: ${wrong}`;
  }
  const wrong = taggedProblem(parameters.arrivals, 'kind', ARRIVALS);
  if (wrong !== undefined) return `parameters.arrivals: ${wrong}`;
  return (
    steps.map(stepProblem).find((wrong) => wrong !== undefined) ?? notAskedFor(plan as RunPlan)
  );
};

/**
 * What was asked for stands in the plan twice: among the parameters, and as required. It is pinned
 * instead where a kernel without the key does the same.
 */
const notAskedFor = ({ parameters, sysctls }: RunPlan): string | undefined => {
  for (const host of HOSTS) {
    for (const [key, value] of Object.entries(parameters.sysctls[host])) {
      const required = sysctls.required[host][key] ?? sysctls.pinned[host][key];
      if (typeof value !== 'string') return `${key} of the ${host} has a value that is no text.`;
      if (required !== value) {
        return `${key} of the ${host} is ${value} among the parameters, and not required so.`;
      }
    }
  }
  return undefined;
};
