import { expect, test } from 'vitest';
import { planReport } from '../../../harness/report/plan-text.ts';
import { scenarioList } from '../../../harness/report/scenario-list.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { fooledClient } from '../../../harness/scenarios/fooled-client.ts';
import { BUILT_PREDICTION } from '../../helpers/build-observations.ts';

const text = planReport(
  {
    plan: fooledClient.plan(fooledClient.defaults),
    prediction: BUILT_PREDICTION,
    commandLines: [['sysctl', '-w', 'net.ipv4.ip_local_port_range=32768 60999', "it's"]],
  },
  plainStyle,
);

test('steps are numbered sentences', () => {
  expect(text.split('\n\n')[0]).toMatchInlineSnapshot(`
    "Plan of fooled-client (nothing was started)
       1. the server listens with backlog 2 and does not accept
       2. take snapshot 'opening': counters, sockets and listener of both hosts
       3. 2 clients connect, all at once; each gives up connecting after 2500 ms (its own connect timeout), then waits 3000 ms for a byte
       4. wait until every client of wave 'first' is connected or has given up, at most 22.5 s
       5. close the gate: of the clients only SYNs still reach the server
       6. 2 clients connect, all at once; each gives up connecting after 2500 ms (its own connect timeout), then waits 3000 ms for a byte
       7. wait until 2 SYNs of wave 'late' are answered or dropped, at most 20 s
       8. take snapshot 'held-back': counters, sockets and listener of both hosts
       9. open the gate
      10. wait until the SYN queue holds 0, at most 27.9 s
      11. wait until every client of wave 'late' is connected or has given up, at most 22.5 s
      12. wait until every client of wave 'late' has failed to connect or stopped waiting, at most 23 s
      13. take snapshot 'closing': counters, sockets and listener of both hosts
      14. the clients let go of their sockets"
  `);
});

test('settings are told by host, the ones asked for first', () => {
  const settings = text.split('\n\n')[1]?.split('\n') ?? [];
  expect(settings[1]).toBe(
    '  server  net.ipv4.tcp_synack_retries = 2  (asked for: the run fails without it)',
  );
  expect(settings).toContain('  client  net.ipv4.ip_local_port_range = 32768 60999');
});

test('commands can be pasted into a shell', () => {
  expect(text).toContain(`  sysctl -w 'net.ipv4.ip_local_port_range=32768 60999' 'it'\\''s'`);
});

test('the list of scenarios', () => {
  const list = scenarioList([fooledClient], [], plainStyle);
  expect(list).toContain('fooled-client  (default)');
  expect(list).toContain('npm run repro -- --scenario fooled-client');
  for (const { id } of fooledClient.claims) expect(list).toContain(id);
});
