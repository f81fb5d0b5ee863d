/** A full accept queue: four clients, Tomcat's acceptCount, client fooling. */
import type { Explanation } from '../../domain/explanation.ts';
import { KERNEL_RULES } from '../../kernel/rules.ts';

export const DOCUMENT_001: readonly Explanation[] = [
  {
    claim: '001-a',
    documentSays:
      'A server listens with a backlog of 2 and never accepts. Three connections fit into its accept queue: 2 + 1.',
    kernelDoes:
      'sk_acceptq_is_full compares with >, not with >=: the queue is full only when its length is above the limit. So a limit of N holds N + 1 connections, and listen(0) still queues one.',
    rules: [KERNEL_RULES.acceptQueueHoldsOneMore],
    older:
      'All kernels read, 2.6.32 to 7.2, do it. A commit of March 2007 had changed the test to >= and was taken back four days later.',
    whatToDo:
      'Count with limit + 1. In ss -ltn a Recv-Q one above Send-Q is not an error but a full accept queue. With several processors the length can pass even that by a few.',
    seeAlso: ['001-h', '002-e', '000-d'],
  },
  {
    claim: '001-b (i)',
    documentSays:
      'Four clients come one after another to a server with backlog 2 that never accepts. The fourth still completes its handshake. The server drops its ACK and sends the SYN-ACK five times more, after 1.4, 3.6, 7.8, 15.8 and 31.8 s.',
    kernelDoes:
      'When the fourth SYN arrives the accept queue is full, and tcp_conn_request refuses every SYN that meets a full accept queue. No SYN-ACK leaves and no request is made. The client stays in SYN-SENT and repeats its SYN; each one adds one to ListenOverflows and to ListenDrops. The next SYN after an accept() gets in.',
    rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue, KERNEL_RULES.refusedSynCounted],
    older:
      'The SYN was dropped only if more than one request was young. None was, so the fourth client was answered and fooled. That is what the document shows, and what was seen again on 2.6.32.69, 3.10.108 and 4.4.1.',
    whatToDo:
      'Expect connect timeouts, not read timeouts, from clients that find the accept queue full. Confirm it with Recv-Q above Send-Q in ss -ltn and a growing ListenOverflows.',
    seeAlso: ['001-b (ii)', '001-f', '001-d'],
  },
  {
    claim: '001-b (ii)',
    documentSays:
      'The client after the last that fits completes its handshake. The server drops its ACK and repeats the SYN-ACK tcp_synack_retries times, 5 by default.',
    kernelDoes:
      'This still happens to a SYN that was admitted before the accept queue filled. Its final ACK meets the second test, in tcp_v4_syn_recv_sock, and is dropped. The request stays in SYN-RECV with its timer running: SYN-ACK at 0, 1, 3, 7, 15 and 31 s, forgotten at 63 s without a RST. All that time the client is ESTABLISHED: it is fooled. Each of its answers is another try, and the first that finds room completes the connection.',
    rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue, KERNEL_RULES.initialRtoOneSecond],
    older:
      'Before 3.1 a SYN-ACK left at 0, 3, 9, 21, 45 and 93 s, and the request was gone at 189 s.',
    whatToDo:
      'Look for it where many SYNs arrive within one round trip: ss -tan state syn-recv shows requests that do not go away while Recv-Q is above Send-Q. When the requests number more than half of max(8, limit), some are forgotten after two repetitions already, at 7 s.',
    seeAlso: ['001-b (i)', '000-b', '001-c', '001-e'],
  },
  {
    claim: '001-c',
    documentSays:
      'tcp_abort_on_overflow decides what becomes of the final ACK. With 0 it is dropped, and the client later times out reading. With 1 a RST is sent, and the client sees connection reset by peer.',
    kernelDoes:
      'The sysctl is asked in one place only: when the final ACK of a request finds the accept queue full. With 1 the request is removed, a RST leaves, and EmbryonicRsts and OutRsts grow by one. A refused SYN is met with silence whatever it says, and so is an ACK that brings a SYN cookie back.',
    rules: [],
    older: 'Before 4.15 the sysctl belonged to the whole machine and was missing in containers.',
    whatToDo:
      'Leave it at 0: with 0 a short overflow heals by itself at the next SYN-ACK or at the next data of the client. Set it to 1 where a client that fails at once is better than one that waits.',
    seeAlso: ['001-b (ii)', '001-e', '001-j'],
  },
  {
    claim: '001-d',
    documentSays:
      'Tomcat with acceptCount 1 and ten concurrent clients: one of them gets a connect timeout. The trace shows its SYN without an answer.',
    kernelDoes:
      'The SYN met a full accept queue and was refused in silence. The client repeats it 1 s later. A connect timeout below that leaves it a single try, so even a moment of overflow becomes an error.',
    rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue, KERNEL_RULES.initialRtoOneSecond],
    older:
      'Under the old rule, too, clients that came in a burst were refused once more than one request was young. That is the case the document found.',
    whatToDo:
      'Give the server a backlog that holds a burst (acceptCount in Tomcat), and the client a connect timeout of more than 1 s, so that a repeated SYN can succeed.',
    seeAlso: ['001-b (i)', '001-f', '003-d'],
  },
  {
    claim: '001-e',
    documentSays:
      'A fooled client goes on and sends its request. The data is retransmitted several times without an answer; then the client gives the connection up with a RST.',
    kernelDoes:
      'While the request is in SYN-RECV, data is handled as one more final ACK: dropped while the accept queue is full, or else the connection completes and the data is delivered. The client retransmits from about 200 ms on, doubling the distance. The RST comes from the server, not from the client: it answers the first segment after the request was forgotten, and the client sees ECONNRESET.',
    rules: [],
    whatToDo:
      'In a capture, look who sends the RST: one from the server after unanswered data is the end of a fooled client. The application cannot know whether its request was handled, so repeat only what may be done twice.',
    seeAlso: ['001-b (ii)', '000-c', '001-c'],
  },
  {
    claim: '001-f',
    documentSays:
      'A SYN is dropped when the accept queue is full and more than one request in the SYN queue is young, that is, has not had its SYN-ACK repeated.',
    kernelDoes:
      'The second condition is gone. While the accept queue is full, tcp_conn_request refuses every SYN, whether the SYN queue is empty or not, and adds one to ListenOverflows and to ListenDrops.',
    rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue, KERNEL_RULES.refusedSynCounted],
    older:
      'The document is right about 2.6.32 to 4.9: two SYNs were admitted, the third was dropped, and each tick of the SYN-ACK timer let two more in, all of them to be fooled.',
    whatToDo:
      'Do not conclude from the release alone: 3.16.81, 4.4.178 and late 4.9 updates have the new rule, 4.9.130 and el7 do not. Measure it, for example with one late client on a full queue.',
    seeAlso: ['000-e', '001-b (i)', '001-k'],
  },
  {
    claim: '001-g',
    documentSays: 'The SYN queue is max(64, tcp_max_syn_backlog) long.',
    kernelDoes:
      'No kernel read computes this. Today the SYN queue is full when its length is above the accept-queue limit, so it holds min(backlog, somaxconn) + 1. tcp_max_syn_backlog matters only with tcp_syncookies 0: then at most three quarters of it, rounded down, plus one are admitted.',
    rules: [KERNEL_RULES.synQueueIsBoundedByBacklog, KERNEL_RULES.synQueueHoldsOneMore],
    older:
      'Before 4.4 it was a table of roundup_pow_of_two(max(8, min(limit, tcp_max_syn_backlog)) + 1) entries, as document 002 says: never less than 16, and the backlog bounded it even then.',
    whatToDo:
      'Raise the backlog and somaxconn to lengthen the SYN queue. tcp_max_syn_backlog does nothing on its own while SYN cookies are on.',
    seeAlso: ['002-a', '002-b'],
  },
  {
    claim: '001-h',
    documentSays:
      'The accept queue is min(backlog, somaxconn) long. With somaxconn at its default of 128, at most 129 established connections wait for accept().',
    kernelDoes:
      'listen(2) lowers the backlog to somaxconn without a word, and the queue holds one more than that limit. The rule is unchanged, the default is not: somaxconn is 4096 unless set.',
    rules: [KERNEL_RULES.acceptQueueHoldsOneMore, KERNEL_RULES.somaxconnDefault4096],
    older: 'Before 5.4 somaxconn was 128 unless set.',
    whatToDo:
      'Read the limit in force from Send-Q of ss -ltn. In a container set somaxconn for the container: a new network namespace starts with the default, not with the value of the host.',
    seeAlso: ['001-a', '002-e', '003-b', '003-c'],
  },
  {
    claim: '001-i',
    documentSays: 'A client that gets no SYN-ACK sends its SYN again after 3 s and after 9 s.',
    kernelDoes:
      'The first timeout is 1 s. The first tcp_syn_linear_timeouts repetitions, 4 by default, come at equal distances; only then does the distance double: 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s, and connect(2) fails at 131 s. With tcp_syn_linear_timeouts 0 it is 1, 3, 7, 15, 31 and 63 s, and 127 s. SYN-ACKs always double.',
    rules: [
      KERNEL_RULES.initialRtoOneSecond,
      KERNEL_RULES.linearSynTimeouts,
      KERNEL_RULES.connectGiveUpFollowsInitialRto,
      KERNEL_RULES.connectGiveUpFollowsInitialRtoAgain,
      KERNEL_RULES.rtoMaxConfigurable,
    ],
    older:
      'Before 3.1 it was 3 s and 9 s, as documented; 2.6.32 then gave up at 21 s by mistake. From 3.1 to 6.4 the distance doubled from the first repetition on. 5.3 gave up at 31 s by mistake.',
    whatToDo:
      'Choose connect timeouts by this schedule: one that ends just after a repetition uses it. Clients that were refused together come back together, as the kernel adds no jitter; add some in the application.',
    seeAlso: ['003-a', '003-d', '001-b (i)'],
  },
  {
    claim: '001-j',
    documentSays:
      'Even with SYN cookies on, a client may not get its connection while the accept queue is full.',
    kernelDoes:
      'tcp_conn_request tests the accept queue before it makes a cookie: a full one refuses the SYN. With tcp_syncookies 2 TCPReqQFullDoCookies still grows, but SyncookiesSent does not and no SYN-ACK leaves. A cookie that was sent earlier does not help either: its ACK is dropped in silence while the queue is full, and the server, which keeps no state, repeats nothing.',
    rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue, KERNEL_RULES.cookiesAlways],
    whatToDo:
      'SYN cookies stand in for a full SYN queue only. Against a full accept queue only a longer one or a faster accept() helps.',
    seeAlso: ['002-c', '001-c'],
  },
  {
    claim: '001-k',
    documentSays:
      'The server ignores SYNs at random, the number of established connections can grow without limit, and clients only see delays and timeouts.',
    kernelDoes:
      'A full accept queue admits no SYN, so beyond its capacity only clients can be fooled whose SYN was admitted before it filled. If nobody accepts, their number does not grow. If the server drains its queue, clients connect late, exactly at the times at which SYNs are repeated.',
    rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue],
    older:
      'Under the old rule about two more clients were fooled at each tick of the SYN-ACK timer. On 3.10.108 with backlog 2 and ten clients, five were connected at once, three in the queue and two fooled; two more were fooled at 3 s and two at 7 s.',
    whatToDo:
      'Compare the connections that clients count with those that the server counts. Connect latencies close to 1, 2, 3, 4, 5 or 7 s point to refused SYNs.',
    seeAlso: ['001-f', '001-i', '000-a'],
  },
];
