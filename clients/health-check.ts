/** The TCP health check of a load balancer: whoever completes a handshake in time is healthy. */
import type { Socket } from 'node:net';
import { duration, readOptions, whole } from '../servers/kit/options.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { runProgram, type Work } from '../servers/kit/run-program.ts';
import { CLIENT_HELP, clientOptions, numberingOf } from './program-options.ts';
import { release } from './release.ts';
import { ASSUMED_UP, afterCheck, wordsOf } from './server-health.ts';
import { countUnderWay } from './under-way.ts';
import { watchedSocket } from './watched-socket.ts';

const HELP = `A TCP health check as load balancers make it: connect, and close at once.

  node dist/clients/health-check.js --host ADDRESS --port PORT [options]

  --every TIME              a check starts so often, the first at once (default 1s)
  --rise N                  good checks in a row that bring the server up (default 2)
  --fall N                  failed checks in a row that bring it down (default 3)
${CLIENT_HELP}
--connect-timeout is the timeout of the check; here its default is 1s. A check starts whether or not
the one before has ended. The server counts as up at first.
Times are written 300ms, 3s or 300 (milliseconds).

It writes one JSON object a line: the life of each connection (attempt, connected, timed-out, ...)
and health for each check. {"command":"rest"} starts no further check, and is answered by resting
when the last has its outcome. The end of standard input ends the program.

Exit codes: 0 ended, 2 wrong usage, 4 failed.

Examples:
  node dist/clients/health-check.js --host 127.0.0.1 --port 8080
  node dist/clients/health-check.js --host 127.0.0.1 --port 8080 --every 2s --connect-timeout 500ms
`;

const OPTIONS = {
  ...clientOptions('health-check'),
  'connect-timeout': duration(1, '1s'),
  every: duration(1, '1s'),
  rise: whole(1, 1_000, 2),
  fall: whole(1, 1_000, 3),
};

const readProgramOptions = (args: readonly string[]) => readOptions(args, OPTIONS);

type Options = Exclude<ReturnType<typeof readProgramOptions>, 'help'>;

/** Keeps the books of the checks and tells each outcome. */
const keepHealth = (options: Options, log: ProgramLog) => {
  let health = ASSUMED_UP;
  return (client: number, healthy: boolean): void => {
    const before = health;
    health = afterCheck(before, healthy, options);
    const tell = healthy ? log.tell : log.warn;
    tell({ event: 'health', client, healthy, up: health.up }, wordsOf(before, health, options));
  };
};

const begin = (options: Options, log: ProgramLog): Work => {
  const { wave, every, 'connect-timeout': connectTimeoutMs } = options;
  const numbering = numberingOf(options);
  const tellHealth = keepHealth(options, log);
  const sockets = new Set<Socket>();
  const check = (): void => {
    const client = numbering.nextClient();
    const connection = { client, wave, connectTimeoutMs };
    underWay.begin();
    const socket = watchedSocket(numbering.nextTarget(), connection, log, {
      onConnected: () => {
        tellHealth(client, true);
        socket.destroy();
      },
      onEnd: ({ stage }) => {
        if (stage === 'connecting') tellHealth(client, false);
        underWay.end();
      },
    });
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const timer = setInterval(check, every);
  const stop = (): void => clearInterval(timer);
  const underWay = countUnderWay(log, stop);
  check();
  return {
    obey: underWay.obey,
    end: async () => {
      stop();
      await release(sockets);
      log.tell({ event: 'released' });
    },
  };
};

await runProgram({ name: 'health-check', help: HELP, readOptions: readProgramOptions, begin });
