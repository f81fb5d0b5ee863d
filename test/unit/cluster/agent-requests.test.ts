import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressesIn } from '../../../harness/collect/agent-answers.ts';
import { type AgentSelf, parseAgentRequest } from '../../../harness/collect/agent-requests.ts';
import type { AgentRole } from '../../../harness/domain/agent.ts';
import type { SwarmCommand } from '../../../harness/domain/wire.ts';

const LISTENER = { address: '10.0.0.2', port: 9_999, backlog: 2 };
const CLIENT = { address: '10.0.0.2', port: 9_999 };

const agentOf = (role: AgentRole): AgentSelf => ({
  role,
  addresses: [{ interface: 'eth0', address: '10.0.0.2', prefixBits: 24 }],
  mostClients: 500,
});

const line = (request: object): string => JSON.stringify(request);

describe('an agent starts nothing but its own program, with numbers it has checked', () => {
  test.each([
    ['listener', LISTENER],
    ['listener', { ...LISTENER, backlog: null }],
    ['listener', { ...LISTENER, maxConnections: 3, answers: true }],
    ['client', CLIENT],
    ['client', { ...CLIENT, address: '10.0.0.254' }],
  ] as const)('a %s takes %j', (role, wishes) => {
    const request = { request: 'start', wishes };
    expect(parseAgentRequest(line(request), agentOf(role))).toEqual(request);
  });

  test.each([
    ['listener', CLIENT],
    ['client', LISTENER],
    ['listener', { ...LISTENER, backlog: -1 }],
    ['listener', { ...LISTENER, backlog: '--help' }],
    ['listener', { ...LISTENER, backlog: 2.5 }],
    ['listener', { ...LISTENER, backlog: 2 ** 31 }],
    ['listener', { ...LISTENER, maxConnections: 0 }],
    ['listener', { ...LISTENER, answers: 'yes' }],
    ['client', { ...CLIENT, port: 0 }],
    ['client', { ...CLIENT, port: 65_536 }],
    ['client', { ...CLIENT, address: 'listener' }],
    ['client', { ...CLIENT, address: '10.0.0.2 --help' }],
    ['client', { ...CLIENT, address: ['10.0.0.2'] }],
    ['client', null],
    ['client', { ...CLIENT, address: '10.0.1.1' }],
    ['client', { ...CLIENT, address: '127.0.0.1' }],
    ['listener', { ...LISTENER, address: '0.0.0.0' }],
    ['listener', { ...LISTENER, address: '10.0.0.3' }],
  ] as const)('a %s refuses %j', (role, wishes) => {
    expect(() => parseAgentRequest(line({ request: 'start', wishes }), agentOf(role))).toThrow(
      `not a request to a ${role}`,
    );
  });
});

const CONNECT: SwarmCommand = {
  command: 'connect',
  wave: 'all',
  firstClient: 1,
  clientStep: 4,
  clients: 500,
  arrivals: { kind: 'rate', perSecond: 12.5 },
  startDelayMs: 20,
  behaviour: { connectTimeoutMs: 2_500, readTimeoutMs: null, sendBytes: 0, keepAliveMs: null },
};

describe('an agent hands its program nothing but commands of a run', () => {
  const saying = (role: AgentRole, command: unknown): (() => unknown) => {
    const request = { request: 'input', line: JSON.stringify(command) };
    return () => parseAgentRequest(line(request), agentOf(role));
  };

  test.each([
    ['client', CONNECT],
    ['client', { ...CONNECT, arrivals: { kind: 'burst' } }],
    ['client', { command: 'send', wave: 'all', bytes: 50 }],
    ['client', { command: 'stop-reconnecting' }],
    ['listener', { command: 'accept' }],
    ['listener', { command: 'listen', backlog: 0 }],
    ['listener', { command: 'serve', blockedMs: 2_000, openMs: 200 }],
    ['listener', { command: 'close' }],
  ] as const)('a %s takes %j', (role, command) => {
    expect(saying(role, command)).not.toThrow();
  });

  test.each([
    ['client', { ...CONNECT, host: '10.0.0.2' }],
    ['client', { ...CONNECT, clients: 501 }],
    ['client', { ...CONNECT, firstClient: 0 }],
    ['client', { ...CONNECT, clientStep: 1_000_001 }],
    ['client', { ...CONNECT, wave: 'all'.repeat(100) }],
    ['client', { ...CONNECT, startDelayMs: 2 ** 31 }],
    ['client', { ...CONNECT, arrivals: { kind: 'rate', perSecond: 0 } }],
    ['client', { ...CONNECT, behaviour: { ...CONNECT.behaviour, sendBytes: 1e9 } }],
    ['client', { ...CONNECT, behaviour: { ...CONNECT.behaviour, connectTimeoutMs: -1 } }],
    ['client', { command: 'send', wave: 'all', bytes: 1e9 }],
    ['client', { command: 'accept' }],
    ['listener', CONNECT],
    ['listener', { command: 'listen', backlog: -1 }],
    ['listener', { command: 'constructor' }],
    ['listener', 'close'],
  ] as const)('a %s refuses %j', (role, command) => {
    expect(saying(role, command)).toThrow(`not a request to a ${role}`);
  });
});

test('an end is waited for no longer than a minute', () => {
  const finishing = (withinMs: number) => () =>
    parseAgentRequest(line({ request: 'finish', withinMs }), agentOf('client'));
  expect(finishing(60_000)).not.toThrow();
  expect(finishing(60_001)).toThrow('not a request to a client');
});

test('the addresses of an agent are those of its network, with their subnets', () => {
  const text = [
    '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever',
    '1: lo    inet 10.0.1.9/32 scope global lo\\       valid_lft forever preferred_lft forever',
    '52: eth0    inet 10.0.1.14/24 brd 10.0.1.255 scope global eth0\\       valid_lft forever',
    '53: ppp0    inet 10.9.0.1 peer 10.9.0.2/32 scope global ppp0\\       valid_lft forever',
  ].join('\n');
  expect(addressesIn(text)).toEqual([
    { interface: 'eth0', address: '10.0.1.14', prefixBits: 24 },
    { interface: 'ppp0', address: '10.9.0.1', prefixBits: 32 },
  ]);
});

describe('an agent reads sysctls of its network namespace only', () => {
  const reading = (key: unknown): (() => unknown) => {
    const request = { request: 'sysctls', id: 0, keys: ['net.core.somaxconn', key] };
    return () => parseAgentRequest(line(request), agentOf('client'));
  };

  test('such as the one of SYN repetitions', () => {
    expect(reading('net.ipv4.tcp_syn_retries')).not.toThrow();
  });

  test.each([
    'kernel.hostname',
    'net.core.rmem_max',
    'net.ipv4./../../kernel/hostname',
    'net.ipv4.../x',
    'net/ipv4/x',
    7,
  ])('not %j', (key) => {
    expect(reading(key)).toThrow('not a request to a client');
  });
});

test.each(['texts', 'counters', 'clock'])('%s are asked for under a number', (request) => {
  expect(parseAgentRequest(line({ request, id: 3 }), agentOf('client'))).toEqual({
    request,
    id: 3,
  });
  expect(() => parseAgentRequest(line({ request }), agentOf('client'))).toThrow();
});

test('whatever comes over the network is a request or an error', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('listener', 'client'), (text, role) => {
      expect(() => parseAgentRequest(text, agentOf(role))).toThrow(`not a request to a ${role}`);
    }),
  );
});
