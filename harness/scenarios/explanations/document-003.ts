/** Short connections, error 110, somaxconn. */
import type { Explanation } from '../../domain/explanation.ts';
import { KERNEL_RULES } from '../../kernel/rules.ts';

export const DOCUMENT_003: readonly Explanation[] = [
  {
    claim: '003-a',
    documentSays:
      'Many short connections at the same moment overflow the accept queue, and clients fail with error 110, connection timed out.',
    kernelDoes:
      'A refused SYN draws nothing, so a client learns of it only by waiting. Two timers can end that. The kernel returns ETIMEDOUT (110) when it has repeated the SYN often enough: at 131 s by default, at 3 s with tcp_syn_retries 1, at 7 s with 2. The timer of the application is usually far shorter, and its error is its own, even where it borrows the number 110.',
    rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue, KERNEL_RULES.linearSynTimeouts],
    older:
      'From 3.8 to 6.4 the kernel gave up at 127 s. 2.6.32 did at 21 s and 5.3 at 31 s, both by mistake.',
    whatToDo:
      'Find out whose timer it was: an error after 0.3 s or 0.5 s is not the kernel. Then look at ListenOverflows on the server.',
    seeAlso: ['001-i', '003-d', '003-e'],
  },
  {
    claim: '003-b',
    documentSays:
      'The application listens with a backlog of 8192, but somaxconn 128 cuts it to 128.',
    kernelDoes:
      'In __sys_listen, if (unsigned) backlog > somaxconn then backlog = somaxconn. No error and no log line tells the application. 128 as the limit holds 129 connections.',
    rules: [KERNEL_RULES.somaxconnDefault4096, KERNEL_RULES.somaxconnVisibleInUserNamespaces],
    older: 'Before 5.4 the default was 128.',
    whatToDo:
      'Compare the backlog that you configured with Send-Q of ss -ltn. In a rootless container before 6.3 somaxconn can neither be read nor set.',
    seeAlso: ['001-h', '002-e', '003-c'],
  },
  {
    claim: '003-c',
    documentSays:
      'Changing somaxconn does not change a socket that already listens. It has to listen again.',
    kernelDoes:
      'somaxconn is read inside listen(2) only, and the result is stored in the socket. Writing the sysctl touches no socket. Calling listen(2) again on the same socket takes the new value at once, up or down, and keeps the queue.',
    rules: [],
    older:
      'Before 4.4 a second listen(2) changed the accept queue only; the SYN queue kept its first size.',
    whatToDo:
      'After raising somaxconn restart the server, or make it call listen(2) again. Check that Send-Q of ss -ltn has moved.',
    seeAlso: ['003-b', '001-h'],
  },
  {
    claim: '003-d',
    documentSays:
      'A connect timeout of 300 ms leaves room for one SYN only. 3 s leave room for a repetition, which can succeed; that eases the problem without curing it.',
    kernelDoes:
      'A refused SYN is repeated 1 s later, and again at 2 and 3 s. A client that gives up after 300 ms never sends a second one. One that waits for 3 s gets in with the first repetition after the server has accepted again: a pause of 0.5 s costs it about 1.03 s.',
    rules: [KERNEL_RULES.initialRtoOneSecond, KERNEL_RULES.linearSynTimeouts],
    older:
      'Before 3.1 the first repetition came after 3 s, too late for a timeout of 3 s. From 3.1 to 6.4 there was one at 1 s and one at 3 s, none at 2 s.',
    whatToDo:
      'Set connect timeouts a little above a repetition: 1.5 s rather than 1 s. Reconnecting at once with a short timeout only adds SYNs.',
    seeAlso: ['001-i', '001-d', '003-a'],
  },
  {
    claim: '003-e',
    documentSays:
      'With somaxconn 128 the clients fail again and again and both counters rise every second. With 8192 there is no error and the counters stand still.',
    kernelDoes:
      'The queue has to hold what arrives between two accept() calls. With 129 places a short pause of the server is enough to refuse SYNs; with 8193 the same load is queued and served when the server goes on.',
    rules: [KERNEL_RULES.acceptQueueHoldsOneMore, KERNEL_RULES.refusedSynCounted],
    whatToDo:
      'Raise both, the backlog of the application and somaxconn, and listen again. Verify with the counters: after the change they must not move. A longer queue bridges pauses; it does not make a slow server fast.',
    seeAlso: ['003-b', '003-c', '003-f', '003-g'],
  },
  {
    claim: '003-f',
    documentSays: 'The two counters of netstat -s rise by the same amount.',
    kernelDoes:
      'An overflow of the accept queue adds one to ListenOverflows and one to ListenDrops for the same segment, be it a refused SYN or a dropped final ACK. Equal growth is therefore the mark of the accept queue. Growth of ListenDrops beyond that has another cause, such as a full SYN queue.',
    rules: [KERNEL_RULES.refusedSynCounted, KERNEL_RULES.cookiesNoLongerDrops],
    older:
      'The document quotes 2.6.32. There a refused SYN was counted nowhere, and a dropped final ACK in both. From 3.8 to 4.6 SYN cookies made ListenDrops grow alone.',
    whatToDo:
      'Subtract: ListenDrops - ListenOverflows is what the accept queue did not cause. Watch how much they grow per second, not how large they are.',
    seeAlso: ['002-d', '002-g'],
  },
  {
    claim: '003-g',
    documentSays:
      'A connection pool on the client, which turns short connections into long ones, removes the problem for good.',
    kernelDoes:
      'Only new connections need a place in the accept queue. Requests on an established connection bypass both queues, so a pool of fixed size causes one burst when it fills and none later.',
    rules: [],
    whatToDo:
      'Use a pool or keep-alive wherever clients call the same server often. Size the backlog for the moment when all pools connect at once: after a restart of the server.',
    seeAlso: ['003-e', '000-g'],
  },
  {
    claim: '003-h',
    documentSays: 'During the overflow the log of the clients says Connection refused.',
    kernelDoes:
      'No overflow rule explains that. ECONNREFUSED needs a RST in answer to the SYN, and a full queue answers a SYN with silence. Even tcp_abort_on_overflow sends its RST only after the SYN-ACK, so the client sees a reset, not a refusal. A refusal comes from a port on which nobody listens.',
    rules: [],
    whatToDo:
      'Treat Connection refused as another problem: a server that was down or restarting, a wrong port, or a library that words its errors loosely. A capture decides: SYN answered by RST, or SYN without an answer.',
    seeAlso: ['001-c', '003-a'],
  },
];
