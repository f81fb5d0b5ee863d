import type { Evidence } from '../../harness/domain/evidence.ts';
import { FILES } from '../../harness/domain/evidence.ts';
import { buildEthernet, buildIpv4, buildTcp } from './build-segment.ts';
import { TINY_PORT, tinyRun } from './tiny-run.ts';
import { type PacketToWrite, writeClassicPcap } from './write-pcap.ts';

/** As in tiny-run.ts. */
const WALL_NS = 1_790_000_000_000_000_000n;
const ORIGIN_MS = 1_200;
const PORTS_PER_ADDRESS = 20_000;
const FIRST_PORT = 20_000;

const hostOf = (client: number): number => 2 + Math.floor((client - 1) / PORTS_PER_ADDRESS);
const portOf = (client: number): number => FIRST_PORT + ((client - 1) % PORTS_PER_ADDRESS);

/** A made-up run in which the first client is connected and all others time out after two SYNs. */
export function largeRun(clients: number): Evidence {
  const numbers = Array.from({ length: clients }, (_, index) => index + 1);
  const packets = numbers.flatMap((client) => [
    syn(client, startOf(client)),
    ...(client === 1 ? [] : [syn(client, startOf(client) + 1_000)]),
  ]);
  packets.sort((one, other) => (one.atNs < other.atNs ? -1 : 1));
  return tinyRun({
    [FILES.capture]: writeClassicPcap(packets, {
      linkType: 1,
      littleEndian: true,
      nanoseconds: true,
    }),
    'swarm-0.jsonl': numbers.flatMap(eventsOf).join(''),
    'swarm-1.jsonl': null,
  });
}

const startOf = (client: number): number => ORIGIN_MS + client / 100;

function syn(client: number, monotonicMs: number): PacketToWrite {
  const tcp = buildTcp({
    sourcePort: portOf(client),
    destinationPort: TINY_PORT,
    flags: 'S',
    seq: client,
    ack: 0,
  });
  const bytes = buildEthernet(
    buildIpv4(tcp, { source: [10, 77, 0, hostOf(client)], destination: [10, 77, 0, 1] }),
  );
  const atNs = WALL_NS + BigInt(Math.round((monotonicMs - 1_000) * 1e6));
  return { atNs, originalLength: bytes.length, bytes };
}

function eventsOf(client: number): readonly string[] {
  const local = { localAddress: `10.77.0.${hostOf(client)}`, localPort: portOf(client) };
  const startMs = startOf(client);
  const end =
    client === 1
      ? { event: 'connected', monotonicMs: startMs + 1, client, ...local }
      : { event: 'timed-out', monotonicMs: startMs + 2_500, client, by: 'own-timer', ...local };
  return [{ event: 'attempt', monotonicMs: startMs, client, wave: 'first' }, end].map(
    (event) => `${JSON.stringify(event)}\n`,
  );
}
