/** The gate in the words of iptables, for kernels without nftables; and how long anything may take. */
import { afterEach, describe, expect, test } from 'vitest';
import { gateCommand, oldGateCommand, oldGateOf } from '../../../harness/collect/gate.ts';
import { bePatient, patiently, within } from '../../../harness/collect/until.ts';

const NETWORK = { family: 4, port: 9_999, clientAddresses: 3 } as const;
const SIX = { ...NETWORK, family: 6 } as const;

describe('the command', () => {
  test.each([
    [
      { closed: true },
      NETWORK,
      'iptables-legacy -w -I OUTPUT -d 10.77.0.1 -p tcp --dport 9999 --tcp-flags SYN NONE -j DROP',
    ],
    [
      { closed: false },
      NETWORK,
      'iptables-legacy -w -D OUTPUT -d 10.77.0.1 -p tcp --dport 9999 --tcp-flags SYN NONE -j DROP',
    ],
    [
      { closed: true, holds: 'syn-acks' },
      NETWORK,
      'iptables-legacy -w -I INPUT -s 10.77.0.1 -p tcp --sport 9999 -j DROP',
    ],
    [
      { closed: true, holds: 'syn-acks', address: 1 },
      NETWORK,
      'iptables-legacy -w -I INPUT -s 10.77.0.1 -d 10.77.1.1 -p tcp --sport 9999 -j DROP',
    ],
    [
      { closed: true, address: 0 },
      SIX,
      'ip6tables-legacy -w -I OUTPUT -d fd77::1 -s fd77::2 -p tcp --dport 9999 --tcp-flags SYN NONE -j DROP',
    ],
  ] as const)('%j', (step, network, line) => {
    expect(oldGateCommand(step, network).join(' ')).toBe(line);
  });

  test('holds back what that of nftables does', () => {
    expect(gateCommand({ closed: true }, NETWORK)[1]).toContain(
      'hook output priority 0; ip daddr 10.77.0.1 tcp dport 9999 tcp flags & syn == 0 counter drop',
    );
  });
});

test('the rule that closed it is the one that goes', async () => {
  const ran: string[] = [];
  const client = {
    host: 'client',
    procNet: '/proc/net',
    inside: (argv: readonly string[]) => argv,
  };
  const gate = oldGateOf(client as never, NETWORK, async (argv) => {
    ran.push(argv.join(' '));
    return '';
  });
  await gate.set({ closed: true, holds: 'syn-acks', address: 2 });
  await gate.set({ closed: false });
  const [closing = '', opening = ''] = ran;
  expect(closing).toContain('-I INPUT -s 10.77.0.1 -d 10.77.1.2');
  expect(opening).toBe(closing.replace(' -I ', ' -D '));
});

describe('patience', () => {
  afterEach(() => bePatient(1));
  const wait = (deadlineMs: number) => ({
    for: 'nothing',
    deadlineMs,
    signal: new AbortController().signal,
    seen: () => 'nothing',
  });
  const never = new Promise<never>(() => undefined);

  test('makes a deadline later, and the failure says which it was', async () => {
    bePatient(4);
    expect(patiently(50)).toBe(200);
    const startedMs = performance.now();
    await expect(within(never, wait(50))).rejects.toMatchObject({
      code: 'CONDITION_NOT_REACHED',
      message: expect.stringContaining('Waited 200 ms for nothing'),
    });
    // Node's clock and its timers differ by less than a millisecond.
    expect(performance.now() - startedMs).toBeGreaterThan(199);
  });

  test('is no hurry where a timer of Node would fire at once', async () => {
    bePatient(4);
    const soon = new Promise<string>((resolve) => setTimeout(resolve, 50, 'reached'));
    expect(await within(soon, wait(2 ** 31 - 1))).toBe('reached');
  });
});
