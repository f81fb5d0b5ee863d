import type { StepId } from '../step.ts';
import type { StepText } from './texts.ts';

export const ENGLISH_LATER_STEPS: Readonly<
  Record<
    Extract<
      StepId,
      'abort-on-overflow' | 'syn-queue-and-cookies' | 'somaxconn' | 'counters' | 'connection-cap'
    >,
    StepText
  >
> = {
  'abort-on-overflow': {
    title: 'tcp_abort_on_overflow',
    introduction: () => [
      'net.ipv4.tcp_abort_on_overflow decides what the server does with an ACK that finds no place. With 0, the default, it drops it without a word: the step before. Now it is 1.',
      'Some clients are admitted while there is a place. Then the accept queue fills, and only then their ACKs arrive. Another client sends its first SYN to the full queue.',
    ],
    question: () => 'What does an admitted client get whose ACK finds the queue full?',
    choices: () => [
      'Silence, and it goes on believing',
      'A RST, that is, connection reset by peer',
      'A place after all',
    ],
    explanation: [
      'With 1 the kernel answers such an ACK with a RST, and the client knows at once. But that is all: a SYN that meets the full queue is ignored as before, and so is the ACK of a client with a SYN cookie, whatever a document says.',
      'It is a tool for finding a fault rather than a cure: a client whose repeated handshake would have found a place a second later is turned away for good.',
    ],
  },
  'syn-queue-and-cookies': {
    title: 'The SYN queue, and SYN cookies',
    introduction: () => [
      'The SYN queue holds requests: SYNs that were answered and whose ACK has not come. It has a limit too, which on current kernels follows from that of the accept queue.',
      'In this run no SYN-ACK ever reaches a client. No handshake is finished, and every request stays in the SYN queue, where it can be counted. SYN cookies are on (net.ipv4.tcp_syncookies is 1, the default).',
    ],
    question: ({ clients, backlog }) =>
      `The backlog is ${backlog}, and ${clients} SYNs come. What happens to those for which the SYN queue has no place?`,
    choices: () => [
      'They are dropped',
      'They are answered with a SYN cookie',
      'There are none, for the SYN queue takes them all',
    ],
    explanation: [
      'A SYN cookie puts what the server must remember into the sequence number of the SYN-ACK. The server keeps nothing, so it needs no place. Without cookies (tcp_syncookies 0) these SYNs are dropped.',
      'Cookies help against a full SYN queue only. While the accept queue is full, a SYN is refused, cookies or not.',
    ],
  },
  somaxconn: {
    title: 'somaxconn, and listening again',
    introduction: ({ backlog, limit }) => [
      `The limit of the accept queue is the smaller of backlog and net.core.somaxconn. This server asked for ${backlog} ${limit < backlog ? 'when somaxconn was lower' : 'when somaxconn was not lower'}, and got ${limit}.`,
      `An operator sets somaxconn to ${backlog}. The server goes on running. Clients come. Afterwards the program calls listen() once more on the same socket.`,
    ],
    question: ({ clients }) =>
      `${clients} clients come. How many get in before the program listens again?`,
    choices: ({ places, clients }) => [
      `${places}, as many as before`,
      clients > places
        ? `all ${clients}, because the new value counts at once`
        : `all ${clients}, because there is room for them`,
      'none of them',
    ],
    explanation: [
      'listen() stores the limit in the socket. A later change of somaxconn does not reach it: the program has to call listen() again, which in practice means that it is restarted. The refused clients got in then, with their repeated SYN.',
      'The limit in force is what "ss -ltn" shows as Send-Q of a listening socket. Recv-Q is the length of its queue.',
    ],
  },
  counters: {
    title: 'Diagnosis with counters',
    introduction: () => [
      'On a server in production there is no capture, but there are counters: "nstat -az TcpExtListenOverflows TcpExtListenDrops", or "netstat -s". ListenOverflows counts what found the accept queue full, ListenDrops what a listener dropped for any reason.',
      'The clients that find no place now repeat their SYN until their own timer ends it, after 2.5 s.',
    ],
    question: ({ clients, backlog }) =>
      `The backlog is ${backlog}, and ${clients} clients come. By how much does ListenOverflows grow?`,
    choices: ({ clients, places }) => [
      'By one for each refused client',
      'By one for each refused SYN, repetitions included',
      clients > places
        ? 'Not at all, for it is about the other queue'
        : 'Not at all, for nobody is refused',
    ],
    explanation: [
      'Counters count segments, not clients: one patient client adds several. For a full accept queue both counters grow together. If ListenDrops grows alone, look at the SYN queue.',
      'Compare two readings: only growth means something. And each network namespace has counters of its own, so look inside the container.',
    ],
  },
  'connection-cap': {
    title: 'A cap that looks the same',
    introduction: ({ cap }) => [
      'Not every client that is turned away has met a full queue. Many programs have a cap of their own: maxConnections, worker_connections, max_connections.',
      `This one accepts as it should, and keeps ${Number.isFinite(cap) ? cap : 'all'} connections. Whoever loses its connection connects again a little later.`,
    ],
    question: ({ clients, cap }) =>
      `The cap is ${cap}, and ${clients} clients come. What do those see that are too many?`,
    choices: () => [
      'Their connect() times out',
      'They are connected, and closed at once',
      'There are none, for everybody stays connected',
    ],
    explanation: [
      'The program accepts, and closes. To the kernel everything is well: each handshake completes, no queue overflows, and neither counter moves. To the users it is the same trouble as before.',
      'So when clients are lost and ListenOverflows stands still, look for a limit of the program.',
    ],
  },
};
