/** The consumers of an RPC service: many channels that find out one by one what has become of them. */
import { duration, readOptions, whole } from '../servers/kit/options.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { runProgram, type Work } from '../servers/kit/run-program.ts';
import { CLIENT_HELP, clientOptions, numberingOf } from './program-options.ts';
import { startConsumer } from './rpc-consumer.ts';
import { takeTurns } from './take-turns.ts';
import { countUnderWay } from './under-way.ts';

const HELP = `RPC consumers, each with one channel (one connection) to the provider.

  node dist/clients/rpc-consumers.js --host ADDRESS --port PORT --clients N [options]

  --clients N               how many consumers
  --request-every TIME      each sends a request that often; together they spread them evenly (1s)
  --request-timeout TIME    wait that long for a response (default 1s)
  --heartbeat-every TIME    a channel writes a heartbeat after so long without a request (10s)
  --check-every TIME        one timer for all channels: replace those that are broken (default 2s)
${CLIENT_HELP}
Times are written 300ms, 3s or 300 (milliseconds). A channel that the provider has closed or reset is
replaced at once; if that fails, by the next check. Asked to go away (goaway), a consumer closes its
channel as soon as nothing on it is unanswered, and connects again.

It writes one JSON object a line: the life of each connection (attempt, connected, timed-out,
refused, reset, closed-by-server, closed-by-client, ...), channel-replaced, channel-serves (the first
answer in time on a channel), request and request-ended (answered, read-timed-out, connection-lost,
not-sent). {"command":"rest"} stops requests, heartbeats and checks; resting follows when every
request and every attempt has its outcome; connections are held. The end of standard input closes
them and ends the program.

Exit codes: 0 ended, 2 wrong usage, 4 failed.

Examples:
  node dist/clients/rpc-consumers.js --host 127.0.0.1 --port 20880 --clients 1000
  node dist/clients/rpc-consumers.js --host 127.0.0.1 --port 20880 --clients 10 \\
    --request-every 200ms --request-timeout 500ms --check-every 1s
`;

const OPTIONS = {
  ...clientOptions('consumers'),
  clients: whole(1, 100_000),
  'request-every': duration(1, '1s'),
  'request-timeout': duration(1, '1s'),
  'heartbeat-every': duration(1, '10s'),
  'check-every': duration(1, '2s'),
};

type Options = Exclude<ReturnType<typeof readOptions<typeof OPTIONS>>, 'help'>;

const begin = (options: Options, log: ProgramLog): Work => {
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
    stopRequests();
    clearInterval(check);
  };
  const underWay = countUnderWay(log, stop);
  const surroundings = {
    numbering: numberingOf(options),
    wave: options.wave,
    connectTimeoutMs: options['connect-timeout'],
    times: {
      requestTimeoutMs: options['request-timeout'],
      heartbeatEveryMs: options['heartbeat-every'],
    },
    log,
    underWay,
    stopped: stopping.signal,
  };
  const consumers = Array.from({ length: options.clients }, () => startConsumer(surroundings));
  const turns = { members: consumers.length, everyMs: options['request-every'] };
  const stopRequests = takeTurns(turns, (index) => consumers[index]?.request());
  const check = setInterval(() => {
    for (const consumer of consumers) consumer.check();
  }, options['check-every']);
  return {
    obey: underWay.obey,
    end: async () => {
      stop();
      await Promise.all(consumers.map(({ close }) => close()));
      log.tell({ event: 'released' });
    },
  };
};

await runProgram({
  name: 'rpc-consumers',
  help: HELP,
  readOptions: (args) => readOptions(args, OPTIONS),
  begin,
});
