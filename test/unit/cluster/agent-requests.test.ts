import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAgentRequest } from '../../../harness/collect/agent-requests.ts';

const LISTENER = { address: '10.0.0.2', port: 9_999, backlog: 2 };
const CLIENT = { address: '10.0.0.2', port: 9_999 };

const line = (request: object): string => JSON.stringify(request);

describe('an agent starts nothing but its own program, with numbers it has checked', () => {
  test.each([
    ['listener', LISTENER],
    ['listener', { ...LISTENER, backlog: null }],
    ['listener', { ...LISTENER, maxConnections: 3, answers: true }],
    ['client', CLIENT],
  ] as const)('a %s takes %j', (role, wishes) => {
    const request = { request: 'start', wishes };
    expect(parseAgentRequest(line(request), role)).toEqual(request);
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
  ] as const)('a %s refuses %j', (role, wishes) => {
    expect(() => parseAgentRequest(line({ request: 'start', wishes }), role)).toThrow(
      `not a request to a ${role}`,
    );
  });
});

describe('an agent reads sysctls of its network namespace only', () => {
  const reading = (key: unknown): (() => unknown) => {
    const request = { request: 'sysctls', id: 0, keys: ['net.core.somaxconn', key] };
    return () => parseAgentRequest(line(request), 'client');
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
  expect(parseAgentRequest(line({ request, id: 3 }), 'client')).toEqual({ request, id: 3 });
  expect(() => parseAgentRequest(line({ request }), 'client')).toThrow();
});

test('whatever comes over the network is a request or an error', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('listener', 'client'), (text, role) => {
      expect(() => parseAgentRequest(text, role)).toThrow(`not a request to a ${role}`);
    }),
  );
});
