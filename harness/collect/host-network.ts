/** The network of the two hosts: addresses, and the commands that set both ends of the wire up. */
import type { AddressFamily, Host } from '../domain/tcp.ts';

/** The interface's name on both hosts. */
export const WIRE = 'wire';

const MAC: Readonly<Record<Host, string>> = {
  server: '02:00:00:00:00:01',
  client: '02:00:00:00:00:02',
};

/** Private addresses; they exist nowhere but inside the sandbox. */
export const SERVER_ADDRESS: Readonly<Record<AddressFamily, string>> = {
  4: '10.77.0.1',
  6: 'fd77::1',
};
/** Further servers stand on the same host, at addresses of their own: the first at ...101, and so on. */
export const serverAddress = (family: AddressFamily, relay: number): string =>
  relay === 0 ? SERVER_ADDRESS[family] : `${family === 4 ? '10.77.0.' : 'fd77::'}${100 + relay}`;

const CLIENT_ADDRESS: Readonly<Record<AddressFamily, string>> = { 4: '10.77.0.2', 6: 'fd77::2' };
const PREFIX: Readonly<Record<AddressFamily, number>> = { 4: 24, 6: 64 };
const FURTHER_CLIENTS: Readonly<
  Record<AddressFamily, { network: string; of: (n: number) => string }>
> = {
  4: { network: '10.77.1.0/24', of: (n) => `10.77.1.${n}` },
  6: { network: 'fd77:0:0:1::/64', of: (n) => `fd77:0:0:1::${n.toString(16)}` },
};

export interface Network {
  readonly family: AddressFamily;
  readonly clientAddresses: number;
  readonly relays?: number;
}

const furtherServersOf = ({ family, relays = 1 }: Network): readonly string[] =>
  Array.from({ length: relays - 1 }, (_, index) => serverAddress(family, index + 1));

/** The swarm's source addresses, the client's own first. */
export const clientAddressesOf = ({ family, clientAddresses }: Network): readonly string[] => [
  CLIENT_ADDRESS[family],
  ...Array.from({ length: clientAddresses - 1 }, (_, index) =>
    FURTHER_CLIENTS[family].of(index + 1),
  ),
];

export const wireCommand = (serverPid: string, clientPid: string): readonly string[] => [
  ...['ip', 'link', 'add', WIRE, 'address', MAC.server, 'netns', serverPid, 'type', 'veth'],
  ...['peer', 'name', WIRE, 'address', MAC.client, 'netns', clientPid],
];

/** As --dry-run shows it: the process ids are known only in a run. */
export const WIRE_COMMAND = wireCommand('<server>', '<client>');

/** What sets one host's end of the wire up. */
export function hostScript(host: Host, network: Network): readonly string[] {
  const { family } = network;
  const further = clientAddressesOf(network).slice(1);
  const furtherServers = furtherServersOf(network);
  return host === 'server'
    ? serverScript(family, further.length > 0, furtherServers)
    : clientScript(family, further, furtherServers);
}

/** Both ends on one host: the wire is the loopback interface. */
export const LOOPBACK = 'lo';

export function oneHostScript(network: Network): readonly string[] {
  const { family } = network;
  const addresses = [
    SERVER_ADDRESS[family],
    ...furtherServersOf(network),
    ...clientAddressesOf(network),
  ];
  return batch(addresses.map((address) => addAddress(family, address, LOOPBACK)));
}

/**
 * A socket whose process is gone keeps its network namespace alive until its FIN is acknowledged, or
 * was repeated so often: 8 times unless set, for up to 100 s. Then a run that was killed behind a
 * closed gate would leave two namespaces and their timers behind for as long.
 */
const ORPHAN_RETRIES = 1;

/**
 * One `ip` for all of it: each process costs some milliseconds. A kernel without IPv6 makes no
 * address of its own and refuses to be told not to, so that line becomes a comment there.
 */
const batch = (lines: readonly string[], wire?: string): readonly string[] => [
  ...['sh', '-ec'],
  [
    "ipv6=; [ -e /proc/net/if_inet6 ] || ipv6='#'",
    `echo ${ORPHAN_RETRIES} > /proc/sys/net/ipv4/tcp_orphan_retries 2>/dev/null || :`,
    'ip -batch - <<END',
    'link set lo up',
    ...(wire === undefined ? [] : [`\${ipv6}link set ${wire} addrgenmode none`]),
    ...lines,
    'END',
  ].join('\n'),
];

const linkUp = (family: AddressFamily, address: string): readonly string[] => [
  `addr add ${address}/${PREFIX[family]} dev ${WIRE}${family === 6 ? ' nodad' : ''}`,
  `link set ${WIRE} up`,
];

const addAddress = (family: AddressFamily, address: string, on = WIRE): string =>
  `addr add ${address}/${family === 4 ? 32 : 128} dev ${on}${family === 6 ? ' nodad' : ''}`;

function serverScript(
  family: AddressFamily,
  furtherClients: boolean,
  furtherServers: readonly string[],
): readonly string[] {
  const peer = CLIENT_ADDRESS[family];
  return batch(
    [
      ...linkUp(family, SERVER_ADDRESS[family]),
      `neigh replace ${peer} lladdr ${MAC.client} dev ${WIRE} nud permanent`,
      ...(furtherClients ? [`route add ${FURTHER_CLIENTS[family].network} via ${peer}`] : []),
      ...furtherServers.map((address) => addAddress(family, address)),
    ],
    WIRE,
  );
}

function clientScript(
  family: AddressFamily,
  further: readonly string[],
  furtherServers: readonly string[],
): readonly string[] {
  return batch(
    [
      ...linkUp(family, CLIENT_ADDRESS[family]),
      ...[SERVER_ADDRESS[family], ...furtherServers].map(
        (address) => `neigh replace ${address} lladdr ${MAC.server} dev ${WIRE} nud permanent`,
      ),
      ...further.map((address) => addAddress(family, address)),
    ],
    WIRE,
  );
}
