import { type Evidence, FILES, snapshotFile } from '../../harness/domain/evidence.ts';
import type { Host } from '../../harness/domain/tcp.ts';
import { buildEthernet, buildIpv4, buildTcp, type TcpToBuild } from './build-segment.ts';
import { type PacketToWrite, writeClassicPcap } from './write-pcap.ts';

/** The wall clock when the monotonic clock stood at 1000 ms. */
const WALL_NS = 1_790_000_000_000_000_000n;
export const TINY_PORT = 9999;
const SERVER = [10, 77, 0, 1];
const CLIENT = [10, 77, 0, 2];

const packet = (from: Host, monotonicMs: number, tcp: TcpToBuild): PacketToWrite => {
  const [source, destination] = from === 'client' ? [CLIENT, SERVER] : [SERVER, CLIENT];
  const bytes = buildEthernet(buildIpv4(buildTcp(tcp), { source, destination }));
  const atNs = WALL_NS + BigInt(Math.round((monotonicMs - 1000) * 1e6));
  return { atNs, originalLength: bytes.length, bytes };
};

const fromClient = (clientPort: number, monotonicMs: number, tcp: TcpToBuild): PacketToWrite =>
  packet('client', monotonicMs, { sourcePort: clientPort, destinationPort: TINY_PORT, ...tcp });

const fromServer = (clientPort: number, monotonicMs: number, tcp: TcpToBuild): PacketToWrite =>
  packet('server', monotonicMs, { sourcePort: TINY_PORT, destinationPort: clientPort, ...tcp });

const capture = writeClassicPcap(
  [
    // Before the opening snapshot: not of this run's books.
    fromClient(39000, 1050, { flags: 'S', seq: 7, ack: 0 }),
    fromServer(39000, 1050.1, { flags: 'R.', seq: 0, ack: 8 }),
    fromClient(40510, 1201, { flags: 'S', seq: 1000, ack: 0 }),
    fromServer(40510, 1201.1, { flags: 'S.', seq: 5000, ack: 1001 }),
    fromClient(40510, 1201.2, { flags: '.', seq: 1001, ack: 5001 }),
    fromClient(40512, 1202, { flags: 'S', seq: 2000, ack: 0 }),
    fromClient(40512, 2202, { flags: 'S', seq: 2000, ack: 0 }),
    // After the closing snapshot.
    fromClient(40510, 5100, { flags: 'F.', seq: 1001, ack: 5001 }),
  ],
  { linkType: 1, littleEndian: true, nanoseconds: true },
);

const HEADING =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n';
const LISTENER = (length: number): string =>
  `   0: 01004D0A:270F 00000000:0000 0A 00000000:0000000${length} 00:00000000 00000000     0        0 14112 7 00000000fa0e1890 100 0 0 10 0\n`;
const DEV = (drops: number): string =>
  `Inter-|   Receive\n face |bytes\n  wire:     796      10    0    ${drops}    0     0          0         0      866      11    0    0    0     0       0          0\n`;

interface Looks {
  readonly overflows: number;
  readonly synRetransmissions: number;
  readonly length: number;
}

const snapshot = (name: string, looks: Looks): Record<string, string> => ({
  [snapshotFile(name, 'server', 'netstat')]:
    `TcpExt: ListenOverflows TCPSynRetrans\nTcpExt: ${looks.overflows} 0\n`,
  [snapshotFile(name, 'client', 'netstat')]:
    `TcpExt: ListenOverflows TCPSynRetrans\nTcpExt: 0 ${looks.synRetransmissions}\n`,
  [snapshotFile(name, 'server', 'snmp')]: `Tcp: MaxConn PassiveOpens\nTcp: -1 ${looks.length}\n`,
  [snapshotFile(name, 'client', 'snmp')]: 'Tcp: MaxConn PassiveOpens\nTcp: -1 0\n',
  [snapshotFile(name, 'server', 'tcp')]: HEADING + LISTENER(looks.length),
  [snapshotFile(name, 'client', 'tcp')]: HEADING,
  [snapshotFile(name, 'server', 'dev')]: DEV(0),
  [snapshotFile(name, 'client', 'dev')]: DEV(2),
  [snapshotFile(name, 'server', 'ss-listen')]:
    `LISTEN ${looks.length}      1      10.77.0.1:9999 0.0.0.0:*\n\t skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d${looks.overflows})\n`,
});

const jsonLines = (...values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

const snapshotEntry = (step: number, label: string, stillFromMonotonicMs: number) => ({
  step,
  kind: 'snapshot',
  label,
  startedMonotonicMs: stillFromMonotonicMs - 10,
  endedMonotonicMs: stillFromMonotonicMs + 20,
  stillFromMonotonicMs,
  stillUntilMonotonicMs: stillFromMonotonicMs + 10,
});

const PLAN = {
  schemaVersion: 1,
  scenario: 'accept-queue-overflow',
  parameters: {
    backlog: 1,
    clients: 2,
    arrivals: { kind: 'burst' },
    connectTimeoutMs: 2500,
    readTimeoutMs: null,
    sendBytes: 0,
    keepAliveMs: null,
    sysctls: { server: {}, client: {} },
    family: 4,
    port: TINY_PORT,
    clientAddresses: null,
    sampleEveryMs: 5,
  },
  network: { family: 4, port: TINY_PORT, clientAddresses: 1 },
  sysctls: { required: { server: {}, client: {} }, pinned: { server: {}, client: {} } },
  sampleEveryMs: 5,
  steps: [
    { kind: 'snapshot', name: 'opening' },
    {
      kind: 'connect',
      wave: 'first',
      clients: 2,
      arrivals: { kind: 'burst' },
      behaviour: { connectTimeoutMs: 2500, readTimeoutMs: null, sendBytes: 0, keepAliveMs: null },
    },
    { kind: 'snapshot', name: 'closing' },
  ],
};

const SURROUNDINGS = { schemaVersion: 1, kernelRelease: '6.18.44', sandbox: 'netns', cpus: 2 };

const TRACE = `# tracer: nop
          <idle>-0       [000] ..s1.     1.300000: tcp_retransmit_synack: family=AF_INET sport=9999 dport=40510
          <idle>-0       [000] ..s1.     1.301000: tcp_retransmit_synack: family=AF_INET sport=9999 dport=40599
     ksoftirqd/0-14      [000] ..s..     1.302000: kfree_skb: skbaddr=000000003dbacc61 rx_sk=00000000fa0e1890 protocol=2048 location=tcp_v4_rcv+0x91/0x13f0 reason: TCP_LISTEN_OVERFLOW
     ksoftirqd/0-14      [000] ..s..     1.303000: kfree_skb: skbaddr=000000003dbacc61 rx_sk=0000000012345678 protocol=2048 location=tcp_v4_rcv+0x91/0x13f0 reason: TCP_LISTEN_OVERFLOW
         python3-7597    [001] b..1.     1.304000: tcp_send_reset: skbaddr=0000000000000000 src=10.77.0.1:9999 dest=10.77.0.2:40510 state=TCP_CLOSE
         python3-7597    [001] b..1.     1.305000: tcp_send_reset: skbaddr=0000000000000000 skaddr=00000000fa0e1890 src=10.77.0.1:9999 dest=0.0.0.0:0 state=TCP_LISTEN reason=INVALID_SYN
         python3-7597    [001] b..1.     1.306000: tcp_send_reset: skbaddr=0000000000000000 skaddr=0000000012345678 src=10.77.0.1:9999 dest=0.0.0.0:0 state=TCP_LISTEN reason=INVALID_SYN
# traced: tcp_retransmit_synack tcp_send_reset kfree_skb TCP_LISTEN_OVERFLOW
# lost: 0
`;

const FOLDER: Readonly<Record<string, string | Uint8Array>> = {
  [FILES.plan]: JSON.stringify(PLAN),
  [FILES.surroundings]: JSON.stringify(SURROUNDINGS),
  [FILES.status]: JSON.stringify({ schemaVersion: 1, status: 'complete' }),
  [FILES.timeline]: jsonLines(
    snapshotEntry(0, 'opening', 1100),
    {
      step: 1,
      kind: 'connect',
      label: '2 clients connect',
      startedMonotonicMs: 1200,
      endedMonotonicMs: 1200.5,
    },
    snapshotEntry(2, 'closing', 5000),
  ),
  [FILES.clock]: JSON.stringify({
    originMonotonicMs: 1200,
    anchors: [
      { monotonicMs: 1000, wallNs: `${WALL_NS}` },
      { monotonicMs: 6000, wallNs: `${WALL_NS + 5_000_000_000n}` },
    ],
  }),
  [FILES.sysctls]: JSON.stringify([
    { host: 'server', key: 'net.x', asked: '1', found: null, requirement: 'pinned' },
  ]),
  [FILES.capture]: capture,
  [FILES.captureLog]:
    '8 packets captured\n8 packets received by filter\n0 packets dropped by kernel\n',
  [FILES.serverEvents]: jsonLines(
    { event: 'listening', monotonicMs: 1090, acceptQueueLimit: 1 },
    { event: 'paused', monotonicMs: 1091 },
    { event: 'listening-again', monotonicMs: 1300, acceptQueueLimit: null },
    { event: 'listening-again', monotonicMs: 1400, acceptQueueLimit: 5 },
    { event: 'accepted', monotonicMs: 5050, remoteAddress: '10.77.0.2', remotePort: 40510 },
    { event: 'accepted', monotonicMs: 5060, remoteAddress: '10.77.0.2', remotePort: 40514 },
  ),
  // Two processes, so that the events lie on one axis only after they are merged.
  'swarm-0.jsonl': jsonLines(
    { event: 'attempt', monotonicMs: 1200.9, client: 1, wave: 'first' },
    {
      event: 'connected',
      monotonicMs: 1201.3,
      client: 1,
      localAddress: '10.77.0.2',
      localPort: 40510,
    },
  ),
  'swarm-1.jsonl': jsonLines(
    { event: 'attempt', monotonicMs: 1201.9, client: 2, wave: 'first' },
    { event: 'timed-out', monotonicMs: 3700, client: 2, by: 'own-timer', localPort: 40512 },
  ),
  [FILES.samples]: jsonLines({ monotonicMs: 1195 }, { monotonicMs: 1205, acceptQueueLength: 1 }),
  [FILES.trace]: TRACE,
  ...snapshot('opening', { overflows: 4, synRetransmissions: 1, length: 0 }),
  ...snapshot('closing', { overflows: 6, synRetransmissions: 2, length: 1 }),
};

/**
 * The evidence of a made-up run: backlog 1, one client connected, one refused. `changes` replaces
 * files; null takes one away.
 */
export const tinyRun = (
  changes: Readonly<Record<string, string | Uint8Array | null>> = {},
): Evidence => {
  const files = Object.entries({ ...FOLDER, ...changes });
  const encoder = new TextEncoder();
  return new Map(
    files.flatMap(([name, content]) =>
      content === null
        ? []
        : [[name, typeof content === 'string' ? encoder.encode(content) : content] as const],
    ),
  );
};
