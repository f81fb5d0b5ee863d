/** What every client program of the incidents is told: where to, as whom, and from where. */
import { address, duration, optional, whole, word } from '../servers/kit/options.ts';
import type { Target } from './watched-socket.ts';

export const clientOptions = (wave: string) => ({
  host: address(),
  port: whole(1, 65_535),
  wave: word(wave),
  first: whole(1, 1_000_000_000, 1),
  'source-address': optional(address()),
  'first-source-port': optional(whole(1_024, 65_535)),
  'connect-timeout': duration(1, '3s'),
});

/** Their lines of --help. */
export const CLIENT_HELP = `  --host ADDRESS            numeric IPv4 or IPv6 address to connect to
  --port PORT               1 to 65535
  --connect-timeout TIME    give an attempt up after that time (default 3s)
  --source-address ADDRESS  connect from there; without it the kernel chooses
  --first-source-port PORT  give the connections ports of their own, from this one on
  --wave NAME               what the clients are called in the log
  --first N                 number of the first connection and of the first request (default 1)
  --help                    this text
`;

/** Numbers for connections and for requests, each with its own count. */
export interface Numbering {
  readonly nextClient: () => number;
  readonly nextRequest: () => number;
  /** Where the next connection goes to, and the port that it comes from. */
  readonly nextTarget: () => Target;
}

export const numberingOf = (options: {
  readonly host: string;
  readonly port: number;
  readonly first: number;
  readonly 'source-address': string | undefined;
  readonly 'first-source-port': number | undefined;
}): Numbering => {
  const { host, port, first } = options;
  const sourceAddress = options['source-address'];
  let client = first;
  let request = first;
  let sourcePort = options['first-source-port'];
  const next = (): number | undefined => {
    if (sourcePort === undefined) return undefined;
    sourcePort += 1;
    return sourcePort - 1;
  };
  return {
    nextClient: () => client++,
    nextRequest: () => request++,
    nextTarget: () => ({ host, port, sourceAddress, sourcePort: next() }),
  };
};
