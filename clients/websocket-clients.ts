/** The clients of a WebSocket service that all come back at once, or within a short time. */
import type { Socket } from 'node:net';
import type { Arrivals } from '../harness/domain/wire.ts';
import { duration, readOptions, whole } from '../servers/kit/options.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { runProgram, type Work } from '../servers/kit/run-program.ts';
import { letArrive } from './arrivals.ts';
import { CLIENT_HELP, clientOptions, numberingOf } from './program-options.ts';
import { release } from './release.ts';
import { countUnderWay } from './under-way.ts';
import { openWebSocket } from './websocket-client.ts';

const HELP = `WebSocket clients that come back together and hold their connections.

  node dist/clients/websocket-clients.js --host ADDRESS --port PORT --clients N [options]

  --clients N               how many
  --within TIME             they come spread evenly over that time (default 0: all at once)
  --ask-after TIME          from the connection to the upgrade request, as with the round trips of
                            TLS between them (default 0: at once)
  --upgrade-timeout TIME    from the attempt to the server's 101 (default 60s)
${CLIENT_HELP}
An attempt waits for its connection no longer than for its upgrade. The kernel repeats an unanswered
SYN after 1 s, 3 s, ...: a client that is to see this needs a long --connect-timeout.
Times are written 300ms, 3s or 300 (milliseconds).

It writes one JSON object a line: the life of each connection (attempt, connected, timed-out, ...),
request and request-ended (answered, connect-timed-out, connect-failed, read-timed-out,
connection-lost). {"command":"rest"} is answered by resting when every upgrade has ended, one way or
the other. The end of standard input closes every connection and ends the program.

Exit codes: 0 ended, 2 wrong usage, 4 failed.

Examples:
  node dist/clients/websocket-clients.js --host 127.0.0.1 --port 8080 --clients 2000 \\
    --within 1s --ask-after 400ms --connect-timeout 30s
  node dist/clients/websocket-clients.js --host 127.0.0.1 --port 8080 --clients 10 \\
    --upgrade-timeout 5s
`;

const OPTIONS = {
  ...clientOptions('websockets'),
  clients: whole(1, 100_000),
  within: duration(0, '0'),
  'ask-after': duration(0, '0'),
  'upgrade-timeout': duration(1, '60s'),
};

const readProgramOptions = (args: readonly string[]) => readOptions(args, OPTIONS);

type Options = Exclude<ReturnType<typeof readProgramOptions>, 'help'>;

const arrivalsOf = ({ clients, within }: Options): Arrivals =>
  within === 0 ? { kind: 'burst' } : { kind: 'rate', perSecond: (clients * 1_000) / within };

const begin = (options: Options, log: ProgramLog): Work => {
  const numbering = numberingOf(options);
  const sockets: Socket[] = [];
  let ended = false;
  const underWay = countUnderWay(log, () => undefined);
  const startOne = (): void => {
    if (ended) return;
    const upgrade = {
      target: numbering.nextTarget(),
      wave: options.wave,
      client: numbering.nextClient(),
      request: numbering.nextRequest(),
      connectTimeoutMs: options['connect-timeout'],
      upgradeTimeoutMs: options['upgrade-timeout'],
      askAfterMs: options['ask-after'],
    };
    sockets.push(openWebSocket(upgrade, log, underWay.end));
  };
  for (let client = 0; client < options.clients; client += 1) underWay.begin();
  letArrive(
    arrivalsOf(options),
    options.clients,
    // A WebSocket is made and connected in one.
    () => startOne,
    () => undefined,
  );
  return {
    obey: underWay.obey,
    end: async () => {
      ended = true;
      await release(sockets);
      log.tell({ event: 'released' });
    },
  };
};

await runProgram({ name: 'websocket-clients', help: HELP, readOptions: readProgramOptions, begin });
