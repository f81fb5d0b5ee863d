/** The queue lengths, Node's default backlog, reading the counters. */
import type { Explanation } from '../../domain/explanation.ts';
import { KERNEL_RULES } from '../../kernel/rules.ts';

export const DOCUMENT_002: readonly Explanation[] = [
  {
    claim: '002-a',
    documentSays:
      'Reading the source of 3.10: the SYN queue has roundup_pow_of_two(max(8, min(backlog, tcp_max_syn_backlog)) + 1) entries.',
    kernelDoes:
      'There is no table of its own any more. inet_csk_reqsk_queue_is_full compares the number of requests with the accept-queue limit: full above min(backlog, somaxconn), so one more than that fit. With tcp_syncookies 0 a second bound is read live: a SYN is dropped when less than a quarter of tcp_max_syn_backlog is left, so at most floor(3/4 of it) + 1 requests are admitted from unknown peers. With 1, further SYNs get a cookie; with 2, all do and the SYN queue stays empty.',
    rules: [
      KERNEL_RULES.synQueueIsPowerOfTwoTable,
      KERNEL_RULES.synQueueIsBoundedByBacklog,
      KERNEL_RULES.synQueueHoldsOneMore,
      KERNEL_RULES.cookiesAlways,
    ],
    older:
      'The document is right up to 4.3. From 4.4 the queue was full at the limit, not above it: listen(0) then refused every connection without cookies. The fix is in 5.4.290, 6.1.125, 6.6.72 and 6.12.10 too.',
    whatToDo:
      'Size the SYN queue by backlog and somaxconn. Without SYN cookies raise tcp_max_syn_backlog as well, to a third above what is to fit. Repeated tests from one address mislead: from 4.14 a peer with a known round-trip time is exempt from the second bound.',
    seeAlso: ['001-g', '002-b', '002-c'],
  },
  {
    claim: '002-b',
    documentSays:
      'An example: backlog 128 and tcp_max_syn_backlog 64 make a SYN queue of roundup_pow_of_two(64 + 1) = 128.',
    kernelDoes:
      'Without SYN cookies 49 requests are admitted: three quarters of 64, plus one. With cookies it is 129, the accept-queue limit plus one, and tcp_max_syn_backlog plays no part.',
    rules: [
      KERNEL_RULES.synQueueIsPowerOfTwoTable,
      KERNEL_RULES.synQueueIsBoundedByBacklog,
      KERNEL_RULES.synQueueHoldsOneMore,
    ],
    older:
      'Up to 4.3 the table had 128 entries, but without cookies the three-quarter bound stopped it at 49 even then. From 4.4 until the last change it was 128 with cookies.',
    whatToDo:
      'Do not carry the figure over to a newer kernel. Count the requests: ss -tan state syn-recv, or the rows with state 03 of /proc/net/tcp.',
    seeAlso: ['002-a', '001-g'],
  },
  {
    claim: '002-c',
    documentSays:
      'When the SYN queue is full, a SYN is dropped if SYN cookies are off, and not dropped if they are on.',
    kernelDoes:
      'A full SYN queue is the first test of tcp_conn_request. With cookies off TCPReqQFullDrop and ListenDrops grow by one and the SYN is gone. With cookies on TCPReqQFullDoCookies grows, a SYN-ACK with a cookie leaves (SyncookiesSent), and the server keeps no state. The kernel logs possible SYN flooding once per listener.',
    rules: [KERNEL_RULES.cookiesAlways, KERNEL_RULES.cookiesNoLongerDrops],
    older:
      'From 3.8 to 4.6 each cookie sent also counted as one ListenDrops, which looks like a lost SYN and is none.',
    whatToDo:
      'Keep tcp_syncookies at 1. A growing TCPReqQFullDoCookies says that the SYN queue is too short for the load, or that it is a flood. Cookies do not get past a full accept queue.',
    seeAlso: ['001-j', '002-a', '002-g'],
  },
  {
    claim: '002-d',
    documentSays:
      'A SYN dropped because the accept queue is full adds one to both counters, the overflows of the accept queue and those of the SYN queue.',
    kernelDoes:
      'Each refused SYN adds one to ListenOverflows and one to ListenDrops. They count segments, not clients: a client that repeats its SYN twice counts three times. A final ACK that is dropped adds one to both as well.',
    rules: [KERNEL_RULES.refusedSynCounted],
    older: '2.6.32 and 3.1 counted a refused SYN nowhere, only a dropped final ACK.',
    whatToDo:
      'Read the counters as a rate of refused segments. For clients, divide by the number of SYNs that a client sends before it gives up, or count in a capture.',
    seeAlso: ['003-f', '002-g'],
  },
  {
    claim: '002-e',
    documentSays: 'The accept queue is as long as the smaller of backlog and somaxconn.',
    kernelDoes:
      'listen(2) lowers the backlog to somaxconn without an error and stores the result. A negative backlog is taken as unsigned, so it becomes somaxconn. The queue then holds one connection more than this limit.',
    rules: [KERNEL_RULES.acceptQueueHoldsOneMore, KERNEL_RULES.acceptQueueLimitIs32Bit],
    older:
      'Before 4.1 the result was cut to 16 bits, so a very large limit could become a very small one.',
    whatToDo:
      'Set both, then check Send-Q of ss -ltn. A second listen(2) on the socket changes the limit at once and keeps the queue.',
    seeAlso: ['001-a', '001-h', '003-b', '003-c'],
  },
  {
    claim: '002-f',
    documentSays:
      'A Node server that gives no backlog gets 511: an accept queue of 511 and a SYN queue of 512, although the system is set to 4096.',
    kernelDoes:
      'The 511 is Node, not the kernel: Node puts it in place of a missing backlog, and in place of 0. Where somaxconn is 511 or more, the limit is 511 and the accept queue holds 512. The SYN queue holds 512 as well, no longer as a power of two but as limit + 1.',
    rules: [
      KERNEL_RULES.acceptQueueHoldsOneMore,
      KERNEL_RULES.synQueueHoldsOneMore,
      KERNEL_RULES.somaxconnDefault4096,
    ],
    older:
      'Before 5.4 somaxconn was 128 unless set, so that Node got 128. From 4.4 until the last change the SYN queue held 511.',
    whatToDo:
      'Pass the backlog: server.listen({ port, backlog: 4096 }). Raising somaxconn alone changes nothing above 511.',
    seeAlso: ['002-e', '002-i'],
  },
  {
    claim: '002-g',
    documentSays:
      'In netstat -s, "times the listen queue of a socket overflowed" counts the accept queue and "SYNs to LISTEN sockets dropped" counts the SYN queue. Both come from /proc/net/netstat.',
    kernelDoes:
      'The first is ListenOverflows and does count the accept queue alone: refused SYNs and dropped final ACKs. The second is ListenDrops and counts whatever a listener drops, so every overflow of the accept queue too, and not only SYNs. Overflows and drops that grow alike mean the accept queue; drops with TCPReqQFullDrop mean the SYN queue; drops alone mean the three-quarter bound of tcp_max_syn_backlog, or a rare failure.',
    rules: [KERNEL_RULES.refusedSynCounted, KERNEL_RULES.cookiesNoLongerDrops],
    older:
      '2.6.32 did not count refused SYNs in either. From 3.8 to 4.6 cookies sent were counted as drops. Old versions of netstat write ignored in place of dropped.',
    whatToDo:
      'Read differences, not totals, and always ListenDrops together with ListenOverflows and TCPReqQFullDrop. For a single listener see the d field of ss -tlm.',
    seeAlso: ['002-d', '003-f', '002-c'],
  },
  {
    claim: '002-h',
    documentSays: 'When the application is slow to call accept(), the accept queue overflows.',
    kernelDoes:
      'Only accept() and close() free a place; a client that times out, closes or resets does not. While connections complete faster than they are accepted the queue grows, and at limit + 1 the next SYN is refused. A blocked event loop accepts nothing, so arrival rate times the length of the block is what must fit.',
    rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue],
    older:
      'Under the old rule a slow server fooled some of the late clients instead of refusing all of them.',
    whatToDo:
      'Keep the event loop free, or make the backlog at least arrival rate times the longest pause. After an outage expect to accept connections first whose clients have long gone.',
    seeAlso: ['001-d', '002-f', '002-i'],
  },
  {
    claim: '002-i',
    documentSays:
      'A WebSocket service on Node fails its health check now and then, while many clients connect at once and upgrades take long. A backlog of 4096 ends it.',
    kernelDoes:
      "This is the incident that the document sets out to explain. Upgrades keep Node's event loop busy, so that it accepts too slowly (002-h). Its default backlog of 511 fills (002-f). The SYN of the health check is then refused like any other (002-d), and its connect times out.",
    rules: [],
    whatToDo:
      'Pass a backlog that holds the storm, with somaxconn as large. A health check that connects measures the accept queue: let it say so.',
    seeAlso: ['002-d', '002-f', '002-h'],
  },
];
