/**
 * Claims put to the test here: 002-a, 002-b, 002-c, 002-g (SYN queue, 3/4 rule), 001-g.
 *
 * SYN-ACKs are held back behind the wire, so no handshake is ever finished: each SYN that is
 * admitted stays in the SYN queue, where it can be counted. The run ends before the first SYN is
 * repeated.
 */
import { OPENING_SNAPSHOT } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import { predictSynQueue } from '../kernel/predict-syn-queue.ts';
import {
  awaitStep,
  connectAndSettle,
  connectStep,
  DEFAULTS,
  planOf,
  settledStep,
} from './parts.ts';

const ID = 'syn-queue';

export const synQueue: Scenario = {
  id: ID,
  title: 'A full SYN queue drops SYNs, or answers them with cookies',
  story: 'x',
  claims: [],
  defaults: {
    ...DEFAULTS,
    backlog: 8,
    clients: 20,
    connectTimeoutMs: 900,
    sysctls: {
      server: { 'net.ipv4.tcp_max_syn_backlog': '128', 'net.ipv4.tcp_syncookies': '0' },
      client: {},
    },
  },
  variants: [{ name: '', parameters: {}, lastsMs: 900 }],
  plan: (parameters) =>
    planOf(ID, parameters, [
      { kind: 'gate', closed: true, holds: 'syn-acks' },
      ...connectAndSettle(parameters, 'all', parameters.clients),
    ]),
  predict: predictSynQueue,
};
