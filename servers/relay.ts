/**
 * Takes messages from many senders and counts them. Like the framework of the documented incident
 * it may have a cap on its connections: what is above it is accepted and closed at once, and
 * nothing in the kernel's counters or limits shows why.
 */
import { createServer, type Socket } from 'node:net';
import { readOptions, wholeOrNone } from './kit/options.ts';
import type { ProgramLog } from './kit/program-log.ts';
import { notACommand, runProgram, wordOf } from './kit/run-program.ts';
import { LISTEN_HELP, listen, listenOptions, peerOf } from './listening.ts';

const MOST_CONNECTIONS = 1_000_000;

const HELP = `Takes messages, one a line, from many senders, and counts them.

Usage: node dist/servers/relay.js [options]

  --cap N|none         accept what is above so many open connections, and close it at once
                       (default none)
${LISTEN_HELP}
Events are printed as JSON lines; "messages" says how many have come since the last one, at most
every 100 ms. Commands are read from standard input, one JSON object a line:
  {"command":"report"}  say "messages" now, even if none have come, and then "reported"
  {"command":"close"}   end, as the end of standard input and SIGTERM do

Examples:
  node dist/servers/relay.js --port 9999
  node dist/servers/relay.js --port 9999 --cap 128

Exit codes: 0 closed, 2 wrong usage, 4 could not listen.
`;

const READERS = { ...listenOptions('511'), cap: wholeOrNone(1, MOST_CONNECTIONS, 'none') };

const TELL_EVERY_MS = 100;
const NEWLINE = 0x0a;

interface MessageCount {
  readonly add: (messages: number) => void;
  /** Now, even if there are none. */
  readonly tell: () => void;
}

/** Sums up, for there may be thousands of messages a second. */
const messageCount = (log: ProgramLog): MessageCount => {
  let messages = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    log.tell({ event: 'messages', messages });
    messages = 0;
  };
  return {
    add: (more) => {
      if (more > 0) timer ??= setTimeout(tell, TELL_EVERY_MS);
      messages += more;
    },
    tell,
  };
};

/** A message is what a newline ends, in whatever pieces it comes. */
const newlinesIn = (chunk: Uint8Array): number => {
  let newlines = 0;
  for (const byte of chunk) if (byte === NEWLINE) newlines += 1;
  return newlines;
};

const take = (socket: Socket, count: MessageCount, log: ProgramLog): void => {
  log.tell({ event: 'accepted', ...peerOf(socket) });
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Uint8Array) => count.add(newlinesIn(chunk)));
};

await runProgram({
  name: 'relay',
  help: HELP,
  readOptions: (args) => readOptions(args, READERS),
  begin: async (options, log) => {
    const count = messageCount(log);
    const server = createServer((socket) => take(socket, count, log));
    if (options.cap !== null) server.maxConnections = options.cap;
    server.on('drop', (peer) => log.warn({ event: 'dropped', ...peerOf(peer ?? {}) }));
    await listen(server, options, log);
    return {
      obey: (command) => {
        if (wordOf(command) !== 'report') throw notACommand(command);
        // What came together with the command is read in this turn of the loop, perhaps after it.
        setImmediate(() => {
          count.tell();
          log.tell({ event: 'reported' });
        });
      },
      // The connections end with the process.
      end: () => {
        server.close();
        count.tell();
        log.tell({ event: 'closed' });
      },
    };
  },
});
