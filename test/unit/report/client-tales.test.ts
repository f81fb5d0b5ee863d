import { expect, test } from 'vitest';
import { tellTales } from '../../../harness/report/client-tales.ts';
import { viewClients } from '../../../harness/report/client-views.ts';
import { inShort } from '../../../harness/report/in-short.ts';
import {
  type BuiltClient,
  buildFooled,
  buildObservations,
  buildTimedOut,
  buildWaiting,
  fourClients,
} from '../../helpers/build-observations.ts';

const told = (clients: readonly BuiltClient[], changes = {}): readonly string[] => {
  const seen = buildObservations(clients, changes);
  return tellTales(viewClients(seen), seen).map(
    ({ who, outcome, why }) => `${who} | ${outcome} | ${why}`,
  );
};

test('each of a few clients has a tale of its own', () => {
  expect(told(fourClients())).toMatchInlineSnapshot(`
    [
      "client 1  :40001 | connected after 0.3 ms | waits in the accept queue, place 1 of 3",
      "client 2  :40002 | connected after 0.3 ms | waits in the accept queue, place 2 of 3",
      "client 3  :40003 | connected after 0.3 ms | waits in the accept queue, place 3 of 3",
      "client 4  :40004 | timed out after 2500 ms | by its own connect timeout; its SYN was the 4th to arrive; SYN refused 3 times (0, 1.03, 2.06 s), because the accept queue was full (3 of 3)",
    ]
  `);
});

test('a fooled client’s tale names the dropped ACKs and when it was forgotten', () => {
  const samples = [{ atMs: 7_190, synQueueLength: 0 }];
  const clients = [buildWaiting(1, 1), buildFooled(2, 0, [0, 1_020, 3_040])];
  expect(told(clients, { samples })[1]).toMatchInlineSnapshot(
    `"client 2  :40002 | connected after 0.3 ms | but the server has no such connection; the ACK was dropped twice, the SYN-ACK repeated at 1.02, 3.04 s; forgotten by 7.19 s, without a word; no byte came: read timed out at 2 s"`,
  );
});

test('when no sample came in time the closing snapshot tells that it was forgotten', () => {
  const [view] = viewClients(buildObservations([buildFooled(1, 0, [0, 1_020])]));
  expect(view?.forgottenByMs).toBe(2_600);
});

test('a client that the server has is not fooled, though its SYN-ACK was repeated', () => {
  const client = { ...buildFooled(1, 0, [0, 1_000]), atServer: true };
  const [view] = viewClients(buildObservations([client]));
  expect(view).toMatchObject({ fooled: false, place: 1 });
});

test('with tcp_abort_on_overflow the client is rejected, not fooled', () => {
  const { story, connection, atServer } = buildFooled(1, 0, [0, 1_000]);
  const client = {
    story: { ...story, end: { kind: 'reset-before-data', atMs: 1_001 } },
    connection,
    atServer,
  } as const;
  const abort = {
    host: 'server',
    key: 'net.ipv4.tcp_abort_on_overflow',
    asked: '1',
    found: '1',
    requirement: 'required',
  } as const;
  const seen = buildObservations([client], { sysctls: [abort] });
  expect(viewClients(seen)[0]).toMatchObject({ rejected: true, fooled: false });
  expect(viewClients(buildObservations([client]))[0]).toMatchObject({
    rejected: false,
    fooled: true,
  });
});

test('many clients with the same fate share a line with ranges', () => {
  const clients = [
    ...[1, 2, 3].map((client) => buildWaiting(client, client)),
    ...Array.from({ length: 197 }, (_, index) =>
      buildTimedOut(4 + index, 4, [0, 1_020 + (index % 3) * 10, 2_050], 2_500 + (index % 9)),
    ),
  ];
  expect(told(clients)).toMatchInlineSnapshot(`
    [
      "clients 1-3 (3) | connected after 0.3 ms | wait in the accept queue, places 1-3 of 3",
      "clients 4-200 (197) | timed out after 2500 to 2508 ms | by its own connect timeout; SYN refused 3 times (0, 1.02 to 1.04, 2.05 s), because the accept queue was full (3 of 3)",
    ]
  `);
});

test('clients with another number of SYNs are another group', () => {
  const clients = Array.from({ length: 20 }, (_, index) =>
    buildTimedOut(index + 1, 0, index % 2 === 0 ? [0, 1_000] : [0, 1_000, 2_000]),
  );
  expect(told(clients).map((line) => line.split(' | ')[0])).toEqual([
    'clients 1, 3, 5, 7, ... (10)',
    'clients 2, 4, 6, 8, ... (10)',
  ]);
});

test('no counter, no reason: the report does not guess why a SYN was refused', () => {
  const counters = { server: new Map<string, number>(), client: new Map<string, number>() };
  expect(told([buildTimedOut(1, 0, [0])], { counters })[0]).toContain('and no counter says why');
});

test('the run in short', () => {
  const seen = buildObservations([...fourClients(), buildFooled(5, 0, [0, 1_000])]);
  expect(inShort(viewClients(seen), seen)).toMatchInlineSnapshot(`
    [
      "Clients 1-3 are connected and in the accept queue, waiting to be accepted.",
      "Client 5 is fooled: connected, but the server has no such connection.",
      "Client 4 timed out: the server answered none of its 3 SYNs, because the accept queue was full (3 of 3).",
    ]
  `);
});

test('a client whose SYN-ACK was held back was answered all the same', () => {
  const heldBack = (client: number): BuiltClient => {
    const { connection, ...built } = buildTimedOut(client, 0, [], 500);
    const answered = {
      state: 'answered',
      syns: [{ atMs: 0, retransmission: false, answeredAtMs: 0 }],
      synAcks: [{ atMs: 0, retransmission: false }],
    } as const;
    return { ...built, connection: { ...connection, ...answered } };
  };
  const clients = [heldBack(1), heldBack(2), buildTimedOut(3, 0, [0], 500)];
  const counters = {
    server: new Map([
      ['ListenDrops', 1],
      ['TCPReqQFullDrop', 1],
    ]),
    client: new Map(),
  };
  expect(told(clients, { counters })).toEqual([
    expect.stringContaining('the server answered, but its SYN-ACK was held back on the way'),
    expect.stringContaining('the server answered, but its SYN-ACK was held back on the way'),
    expect.stringContaining('SYN refused once (0 s), because the SYN queue was full'),
  ]);
  const seen = buildObservations(clients, { counters });
  expect(inShort(viewClients(seen), seen)).toEqual([
    'Clients 1, 2 timed out: the server answered, but its SYN-ACK was held back on the way.',
    'Client 3 timed out: the server did not answer its SYN, because the SYN queue was full.',
  ]);
});

test('a SYN that the 3/4 rule refuses does not mean that the SYN queue was full', () => {
  const counters = {
    server: new Map([
      ['ListenDrops', 1],
      ['TCPReqQFullDrop', 0],
    ]),
    client: new Map(),
  };
  const [tale] = told([buildTimedOut(1, 0, [0], 500)], { counters });
  expect(tale).toContain('less than a quarter of tcp_max_syn_backlog was free');
});
