/** Fooled clients that are counted, probe and write, and a backlog of more than 16 bits. */
import { describe, expect } from 'vitest';
import type { FindingKind } from '../../harness/domain/verdict.ts';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { findings, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;

const installation = useInstallation();

const only = (
  kind: FindingKind,
  ...ids: readonly string[]
): Readonly<Record<string, FindingKind>> =>
  Object.fromEntries([...ids.map((id) => [id, kind] as const), ['prediction', 'confirmed']]);

describe.concurrent.each(USERS)('$name', { timeout: TIMEOUT_MS }, (user) => {
  kernelTest('the client counts 1000 connections, the server 999', async () => {
    const { json } = await reproduce(installation, ['--scenario', 'half-open-connections'], {
      user,
    });
    expect(json).toMatchObject({
      outcomes: { connected: 1_000, timedOut: 0 },
      listener: { acceptQueueLength: 999, acceptQueueLimit: 998, synQueueLength: 1 },
      counters: { server: { ListenOverflows: 1, PassiveOpens: 999 } },
      wire: { refusedSyns: 0, rsts: 0 },
    });
    expect(findings(json)).toEqual(only('confirmed', '000-a'));
  });

  kernelTest('keepalive believes as long as the server has the request', async () => {
    const { json, judgement } = await reproduce(
      installation,
      ['--scenario', 'keepalive-believes'],
      {
        user,
      },
    );
    expect(findings(json)).toEqual(only('confirmed', '000-c', '000-c (SYN-RECV)'));
    expect(json.wire.rsts).toBe(2);
    const answers = judgement.seen.connections
      .flatMap(({ bareAcks }) => bareAcks)
      .filter(({ from }) => from === 'server');
    expect(answers).toHaveLength(1);
  });

  kernelTest('a fooled client that writes is told by a RST', async () => {
    const { json, judgement } = await reproduce(
      installation,
      ['--scenario', 'fooled-client-sends'],
      {
        user,
      },
    );
    expect(findings(json)).toEqual(only('confirmed', '001-e'));
    const ends = judgement.seen.clients.flatMap(({ end }) => (end?.kind === 'held' ? [] : [end]));
    expect(ends).toMatchObject([{ kind: 'reset-after-data' }]);
  });

  kernelTest('a limit of 262144 is not truncated', async () => {
    const { json } = await reproduce(installation, ['--scenario', 'backlog-beyond-16-bits'], {
      user,
    });
    expect(json).toMatchObject({
      outcomes: { connected: 3 },
      listener: { acceptQueueLength: 3, acceptQueueLimit: 262_144 },
    });
    expect(findings(json)).toEqual(only('outdated', '000-d'));
  });
});
