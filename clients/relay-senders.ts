/**
 * Senders that each hold one connection to every relay and spread their messages evenly over the
 * relays that they are connected to. To a relay that closes their connection they connect again.
 */
import { addresses, duration, readOptions, whole } from '../servers/kit/options.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { notACommand, runProgram, wordOf } from '../servers/kit/run-program.ts';
import { comeToRest } from './come-to-rest.ts';
import { CLIENT_HELP, clientOptions, numberingOf } from './program-options.ts';
import { relayConnections } from './relay-connections.ts';
import { createSender, nextRelay } from './sender.ts';
import { takeTurns } from './take-turns.ts';

const MOST_SENDERS = 100_000;
const MESSAGE = 'message\n';

const HELP = `Senders that hold one connection to every relay each, and spread their messages evenly over the
relays that they are connected to at the time.

Usage: node dist/clients/relay-senders.js --host ADDRESS[,ADDRESS...] --port PORT [options]

  --clients N               number of senders (default 10)
  --send-every TIME         each sends one message so often, to the next relay in turn (default 50ms)
  --reconnect-after TIME    connects again so long after a connection has failed or ended
                            (default 500ms)
${CLIENT_HELP}
--host takes one address for each relay; the connections to the first are the wave "relay 0", those
to the second "relay 1" and so on, and --wave names the program in "sent-messages". How many bytes were written to
a connection is told when it ends, or when the program rests or ends.

Events are printed as JSON lines. Commands are read from standard input, one JSON object a line:
  {"command":"rest"}        begin nothing new, and say "resting" when nothing is under way, after one
                            "sent-messages" for each relay
  {"command":"release"}     end, as the end of standard input and SIGTERM do

Examples:
  node dist/clients/relay-senders.js --host 127.0.0.1 --port 9999 --clients 130
  node dist/clients/relay-senders.js --host 127.0.0.1,127.0.0.2,127.0.0.3 --port 9999 --send-every 10ms

Exit codes: 0 released, 2 wrong usage, 4 failed.
`;

const READERS = {
  ...clientOptions('relay-senders'),
  host: addresses(),
  clients: whole(1, MOST_SENDERS, 10),
  'send-every': duration(1, '50ms'),
  'reconnect-after': duration(0, '500ms'),
};

type Options = Exclude<ReturnType<typeof readOptions<typeof READERS>>, 'help'>;

/** Messages written to each relay, and those of them that the kernel has not taken yet. */
const sentMessages = (relays: number, wave: string, log: ProgramLog, onWritten: () => void) => {
  const sent = Array.from({ length: relays }, () => 0);
  let unwritten = 0;
  return {
    add: (relay: number): (() => void) => {
      sent[relay] = (sent[relay] ?? 0) + 1;
      unwritten += 1;
      return () => {
        unwritten -= 1;
        onWritten();
      };
    },
    unwritten: () => unwritten,
    tell: (): void => {
      sent.forEach((messages, relay) => {
        log.tell({ event: 'sent-messages', relay, messages, wave });
      });
    },
  };
};

const begin = (options: Options, log: ProgramLog) => {
  const { host: relays, clients, wave } = options;
  const numbering = numberingOf({ ...options, host: relays.join() });
  const messages = sentMessages(relays.length, wave, log, () => rest.look());
  const connections = relayConnections(
    {
      ...{ relays, numbering, log },
      connectTimeoutMs: options['connect-timeout'],
      reconnectAfterMs: options['reconnect-after'],
    },
    { mayReconnect: () => !rest.wanted(), onSettled: () => rest.look() },
  );
  const isIdle = (): boolean => connections.isSettled() && messages.unwritten() === 0;
  const tellAll = (): void => {
    connections.tellSent();
    messages.tell();
  };
  const rest = comeToRest(isIdle, log, tellAll);
  const senders = Array.from({ length: clients }, (_, sender) => {
    const created = createSender(sender, relays.length);
    for (const relay of relays.keys()) {
      connections.keep(relay, (socket) => {
        created.connections[relay] = socket;
      });
    }
    return created;
  });
  const send = (member: number): void => {
    const sender = senders[member];
    const relay = sender && nextRelay(sender);
    if (sender === undefined || relay === undefined) return;
    sender.connections[relay]?.write(MESSAGE, messages.add(relay));
  };
  const stop = takeTurns({ members: clients, everyMs: options['send-every'] }, send);
  return {
    obey: (command: unknown) => {
      if (wordOf(command) !== 'rest') throw notACommand(command);
      stop();
      rest.want();
    },
    // The connections end with the process.
    end: () => {
      stop();
      tellAll();
    },
  };
};

await runProgram({
  name: 'relay-senders',
  help: HELP,
  readOptions: (args) => readOptions(args, READERS),
  begin,
});
