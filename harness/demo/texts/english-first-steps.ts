import type { StepId } from '../step.ts';
import type { StepText } from './texts.ts';

export const ENGLISH_FIRST_STEPS: Readonly<
  Record<
    Extract<
      StepId,
      | 'two-queues'
      | 'one-more-than-backlog'
      | 'refused-syn'
      | 'one-second-connect'
      | 'fooled-client'
    >,
    StepText
  >
> = {
  'two-queues': {
    title: 'The two queues',
    introduction: ({ places, limit }) => [
      'A client calls connect(). Its kernel sends a SYN, the kernel of the server answers with a SYN-ACK, the kernel of the client sends an ACK. Now both ends are connected. No program has any part in this handshake.',
      'Until the ACK comes, the connection is a request in the SYN queue. Then it moves to the accept queue, and waits there for the program to call accept().',
      `In the first steps the program listens and never calls accept(). To its clients a server that is stuck or overloaded looks just like that. Its accept queue has ${places} places (${limit} + 1; step 2 says why).`,
    ],
    question: ({ backlog, clients }) =>
      `The backlog is ${backlog}. ${clients} clients connect, and nobody calls accept(). What becomes of their connect()?`,
    choices: ({ clients, places }) => [
      'It succeeds, and they are connected',
      clients > places
        ? 'For some it succeeds; for the others it waits, and times out in the end'
        : 'It waits, and times out in the end',
      'It fails, refused or reset',
    ],
    explanation: [
      'The kernel finishes handshakes by itself and keeps the finished connections in the accept queue. So these clients are connected to a program that has never looked at them. A connect() that succeeds says nothing about the health of a server.',
    ],
  },
  'one-more-than-backlog': {
    title: 'One more than the backlog',
    introduction: () => [
      'The second argument of listen() is the backlog: how long the accept queue may become. Its limit is the smaller of the backlog and net.core.somaxconn, a kernel setting that caps every backlog (4096 by default since Linux 5.4).',
      'More clients come now than can possibly fit, all at once, and still nobody calls accept().',
    ],
    question: ({ backlog, clients }) =>
      `The backlog is ${backlog}, and ${clients} clients come. How many of them get connected?`,
    choices: ({ backlog, clients }) => [
      `${backlog} of them`,
      `${backlog + 1} of them`,
      `all ${clients} of them`,
    ],
    explanation: [
      'The kernel takes the queue for full only when it is longer than its limit: the comparison is "greater than", not "at least". So a backlog of B lets B + 1 connections wait.',
    ],
  },
  'refused-syn': {
    title: 'The refused SYN',
    introduction: ({ places }) => [
      `The accept queue has ${places} places. They are taken, and one more SYN arrives.`,
      'The documents disagree about what happens next. One of them says that the handshake completes all the same, and that the server then drops the last ACK.',
    ],
    question: ({ clients, places }) =>
      clients > places
        ? `${clients} clients come, and ${places} of them take the places. What ${clients === places + 1 ? 'does the last one' : 'do the others'} see?`
        : `${clients} clients come. What does a client see for which there is no place?`,
    choices: ({ clients, places }) => [
      clients > places ? 'It is connected' : 'There is none, for all are connected',
      'It times out, because no answer ever comes',
      'It is refused, or reset',
    ],
    explanation: [
      'A full accept queue answers a SYN with silence. Nothing comes back, so the client cannot tell a full queue from an unplugged cable. Its kernel repeats the SYN, and each repetition meets the full queue, until the timer of the client ends it.',
      '"Connection refused" comes from a port where nobody listens, never from a full queue.',
    ],
  },
  'one-second-connect': {
    title: 'Retransmission: a connect of a second',
    introduction: () => [
      'A refused client has not lost yet: its kernel sends the SYN again, the first time after 1 second (3 seconds before Linux 3.1).',
      'This time the server recovers. Right after the late clients have been refused, it accepts everything that waits, and goes on accepting. From then on there is room.',
    ],
    question: ({ clients, places }) =>
      `${clients} clients come, and ${places} fit. When do the refused ones get in?`,
    choices: ({ clients, places }) => [
      clients > places
        ? 'At once, as soon as there is room'
        : 'Nobody is refused: all get in at once',
      'About a second later',
      'Never, because their connect() times out',
    ],
    explanation: [
      'Nobody tells a refused client that a place has become free. It finds out with its own next SYN, a second after the first. That is why an overflow of a few milliseconds shows up as a second peak at 1 s in the latencies.',
      'A client with a connect timeout of less than a second has no second chance.',
    ],
  },
  'fooled-client': {
    title: 'The fooled client',
    introduction: ({ limit }) => [
      `There is another way to lose. ${limit} clients are in. The SYNs of the next ones are admitted while there is still a place, so they are answered. But their ACKs are late.`,
      'The first of these ACKs takes the last place. The others find the queue full, and the server drops them. (A gate on the wire holds the ACKs back, to make this happen for certain.)',
    ],
    question: () => 'What does a client believe whose ACK was dropped?',
    choices: () => [
      'It is connected, and so the server says too',
      'It is connected, but the server has no such connection',
      'It is not connected, because its connect() fails',
    ],
    explanation: [
      'To the client the handshake was over when it had sent its ACK. The server repeats its SYN-ACK a few times (tcp_synack_retries), the client answers each time, each answer is dropped, and then the server forgets the request without a word.',
      'The client is fooled: ESTABLISHED at its end, nothing at the other. It finds out when it has waited for an answer in vain, or when it writes.',
    ],
  },
};
