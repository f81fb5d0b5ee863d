/** Half-open connections: an RPC provider restarts, and half of a connection exists. */
import type { Explanation } from '../../domain/explanation.ts';
import { KERNEL_RULES } from '../../kernel/rules.ts';

export const DOCUMENT_000: readonly Explanation[] = [
  {
    claim: '000-a',
    documentSays:
      'Of 1000 connections opened at once, ss counts 1000 on the client and 999 on the server. One connection exists at one end only.',
    kernelDoes:
      'A client is ESTABLISHED as soon as it has the SYN-ACK. The server turns its request into a connection only when the final ACK finds room in the accept queue: tcp_v4_syn_recv_sock asks sk_acceptq_is_full. With a backlog of 998 there is room for 999. The ACK of one more client is dropped, and its request stays in SYN-RECV, which ss -t does not list. This needs SYNs that were admitted before the queue filled; one that comes later is refused, and its client stays in SYN-SENT.',
    rules: [KERNEL_RULES.acceptQueueHoldsOneMore, KERNEL_RULES.synRefusedOnFullAcceptQueue],
    older:
      'While the old SYN rule held, a client could also be fooled by a SYN that met a queue already full.',
    whatToDo:
      'Count at both ends, and ask the server for half-open requests with ss -tan state syn-recv. In ss -ltn a Recv-Q above Send-Q is a full accept queue. Raise the backlog and somaxconn together.',
    seeAlso: ['000-b', '000-c', '001-a', '001-b'],
  },
  {
    claim: '000-b',
    documentSays:
      'The server sends its SYN-ACK again after 1.2 s and 3.2 s, as often as tcp_synack_retries says, and the client answers each one. Then the server forgets without a word.',
    kernelDoes:
      'Dropping the final ACK does not stop the timer of the request (reqsk_timer_handler), and the timer does not look at the accept queue. It starts at 1 s and doubles: with tcp_synack_retries 2 a SYN-ACK leaves at 0, 1 and 3 s, and the request is gone at 7 s. Each answer of the client is another try. If there is room by then, the connection completes; if not, ListenOverflows and ListenDrops grow by one. At the end no RST is sent; of all counters only TCPTimeouts tells.',
    rules: [KERNEL_RULES.initialRtoOneSecond],
    older:
      'Before 3.1 the timer started at 3 s: with 5 retries a SYN-ACK left at 0, 3, 9, 21, 45 and 93 s, and the request was gone at 189 s. Before 4.1 one timer per listener visited the requests every 200 ms, so each step could come late, by up to half a second on 3.x.',
    whatToDo:
      'A smaller tcp_synack_retries ends the half-open state sooner: 2 means 7 s, 5 means 63 s. TCP_SYNCNT on the listener overrides it. Neither makes room: the cure is a longer accept queue or a faster accept().',
    seeAlso: ['000-a', '000-c', '001-b'],
  },
  {
    claim: '000-c',
    documentSays:
      'A minute after the handshake the client sends a keepalive probe, and the server answers with a RST.',
    kernelDoes:
      'Once the request is forgotten, a segment of the client belongs to no connection. The server answers it with a RST and OutRsts grows by one; data and FIN fare the same. While the request is still in SYN-RECV, a probe is answered with an ACK instead, and nothing is counted. Keepalive then believes in a connection that does not exist. A client that only reads notices nothing until its own timeout.',
    rules: [],
    whatToDo:
      'Do not leave fooled connections to TCP keepalive: it cannot see them before the server has forgotten them, 63 s by default. Let the two applications exchange heartbeats, and give every request a timeout.',
    seeAlso: ['000-b', '001-e'],
  },
  {
    claim: '000-d',
    documentSays:
      'somaxconn and the backlog are 262144, yet the probe prints a limit of 0: the kernel keeps it in an unsigned short.',
    kernelDoes:
      'sk_max_ack_backlog has 32 bits, so 262144 stays 262144. ss -ltn shows it as Send-Q of the listener.',
    rules: [KERNEL_RULES.acceptQueueLimitIs32Bit],
    older:
      'Before 4.1 the field had 16 bits. Where somaxconn was unbounded, a backlog of 65536 became 0, a queue for a single connection, and 65537 became 1. Late updates of those kernels (2.6.32.69, 3.10.108, el7) refuse to set somaxconn above 65535.',
    whatToDo:
      'Read the limit in force from Send-Q of ss -ltn; /proc/net/tcp does not have it. Before 4.1 keep backlog or somaxconn at 65535 or less.',
    seeAlso: ['000-a', '003-b'],
  },
  {
    claim: '000-e',
    documentSays:
      'The code that loses the connection is the one that drops a SYN when the accept queue is full and more than one request is young.',
    kernelDoes:
      'tcp_conn_request no longer asks how many requests are young: while the accept queue is full it refuses every SYN. Nor did that code ever decide about a final ACK, which is what the document saw being lost. The final ACK is tested in tcp_v4_syn_recv_sock, in old kernels and new.',
    rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue],
    older:
      'A request is young until its SYN-ACK timer fires for the first time. With a full accept queue and nobody accepting, two SYNs were admitted and the third was dropped, until the timer made room for two more.',
    whatToDo:
      'Know which rule your kernel follows: it decides whether an overflow shows as a connect timeout or as a fooled client. The new rule was backported to 3.16.81, 4.4.178 and a later 4.9 update than 4.9.130, but not to el7, so look at the patch level.',
    seeAlso: ['001-f', '001-k', '000-a'],
  },
  {
    claim: '000-f',
    documentSays:
      'A systemtap probe in tcp_v4_syn_recv_sock catches the final ACK of the lost connection and prints the length of the accept queue and its limit.',
    kernelDoes:
      'Tracepoints tell it today. skb:kfree_skb reports a dropped final ACK with the reason TCP_LISTEN_OVERFLOW; tcp:tcp_retransmit_synack and tcp:tcp_send_reset report what the server sends; sock:inet_sock_set_state reports changes of state, but not those of requests.',
    rules: [KERNEL_RULES.dropReasonListenOverflow],
    older: 'From 5.17 to 6.14 the reason of such a drop reads NOT_SPECIFIED; before, it has none.',
    whatToDo:
      'Trace skb:kfree_skb as root and filter by reason. Before 6.15 take ListenOverflows and a capture instead.',
    seeAlso: ['000-a', '000-e'],
  },
  {
    claim: '000-f (refused SYN)',
    documentSays:
      'The same kernel probe should show a SYN being dropped by the line that the document holds responsible.',
    kernelDoes:
      'Here tracing has a blind spot. tcp_conn_request refuses the SYN, but its packet counts as consumed, not as dropped, so that no kfree_skb event fires. Only the counters and the drops of the listener tell of it.',
    rules: [KERNEL_RULES.refusedSynIsNoDropEvent],
    older:
      'Up to 4.3 every SYN, taken or refused, ended in a kfree_skb event, so there the event alone proved nothing.',
    whatToDo:
      'Look for refused SYNs where they show: in ListenOverflows, in the drops of each listener (the d field of ss -tlm, from 4.7), or in a capture. No drop event does not mean no drop.',
    seeAlso: ['002-d', '002-g'],
  },
  {
    claim: '000-g',
    documentSays:
      'An RPC provider restarts while its consumers are connected. Requests time out whose sequence numbers the provider never saw, and the log tells of old channels closed on new ones.',
    kernelDoes:
      'This is the incident that the document sets out to explain. All consumers reconnect at once and fill the accept queue (000-a). A consumer whose final ACK is dropped takes itself for connected and sends requests to a server that does not know it (000-b), until a RST tells it (000-c).',
    rules: [],
    whatToDo:
      'Listen with a backlog that holds all consumers at once, with somaxconn as large, so that nobody is fooled.',
    seeAlso: ['000-a', '000-b', '000-c', '000-e'],
  },
];
