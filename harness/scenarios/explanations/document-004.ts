/** The server closes on its own: a connection cap in a server framework. */
import type { Explanation } from '../../domain/explanation.ts';

export const DOCUMENT_004: readonly Explanation[] = [
  {
    claim: '004-a',
    documentSays:
      'A server framework allows 128 connections. It accepts further ones and closes them at once. The limits of the process and its number of open files show nothing.',
    kernelDoes:
      'The kernel does its part: the handshake completes and accept() takes the connection from the queue, so no queue overflows and ListenOverflows stands still. Then the application counts, and closes. The client sees a connect that succeeds and, milliseconds later, a FIN or a RST from the server. In Node server.maxConnections does this and emits a drop event.',
    rules: [],
    whatToDo:
      'Tell the two apart by what the client sees: a connect that times out is a queue, a connect that succeeds and is closed at once is the application. Look for a cap in the configuration of the framework, and make it log.',
    seeAlso: ['004-b', '004-d', '001-d'],
  },
  {
    claim: '004-b',
    documentSays: 'The clients that were closed connect again, over and over.',
    kernelDoes:
      'To the kernel each attempt is a complete connection, so nothing slows them down: connect succeeds within a round trip, the server closes, the client starts again. The number of attempts grows without bound while 128 connections stay.',
    rules: [],
    whatToDo:
      'Let clients wait before they reconnect, longer each time, also when connect itself succeeds. Alarm on the rate of new connections, not on their number: the number looks healthy.',
    seeAlso: ['004-a', '004-c'],
  },
  {
    claim: '004-c',
    documentSays:
      'Traffic over the relays becomes uneven: the senders cannot reach some of them and give their share to the others.',
    kernelDoes:
      'No queue and no kernel rule is involved. A sender that spreads messages over the relays it is connected to leaves out a relay that has just closed on it. Relays below their cap then carry the load of those at their cap.',
    rules: [],
    whatToDo:
      'When load is uneven, look first at the machines that get too little. They need no error in their logs; the senders have them.',
    seeAlso: ['004-a', '004-b', '004-d', '004-d (traffic)'],
  },
  {
    claim: '004-d',
    documentSays: 'With the cap raised from 128 to 256 the closing ends.',
    kernelDoes:
      'With room for every sender the application closes nobody, and reconnecting stops. The backlog and somaxconn play no part in this cap.',
    rules: [],
    whatToDo:
      'Set a cap above the number of peers there will ever be, and watch how near it is. Keep it bounded where the framework allocates for it at start, as the one in the document does.',
    seeAlso: ['004-a', '004-c'],
  },
  {
    claim: '004-d (traffic)',
    documentSays: 'With a cap that holds every peer, traffic over the relays is even again.',
    kernelDoes:
      'Nothing in the kernel made it uneven. Once no relay closes anybody, each sender holds a connection to every relay again, and its messages spread over all of them.',
    rules: [],
    whatToDo:
      'After raising a cap compare what the relays receive, not only how many connections they have: equal shares are what was asked for.',
    seeAlso: ['004-c', '004-d'],
  },
];
