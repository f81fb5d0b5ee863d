/** The claims' sentences in Chinese, by claim id. What is not here is shown in English. */
export const CHINESE_CLAIMS: Readonly<Record<string, string>> = {
  '000-a': '两端看到的不一致：客户端有 1000 个连接，服务器只有其中 999 个。',
  '000-b': '服务器重传 SYN-ACK，客户端每次都应答，之后服务器不声不响地忘掉这个请求。',
  '000-c (SYN-RECV)':
    '服务器还在等最后一个 ACK 时，keepalive 探测会得到 ACK：keepalive 相信了一个并不存在的连接。',
  '000-c': '服务器忘掉请求之后，客户端的下一个报文段（keepalive 探测）得到的是 RST。',
  '000-d': 'somaxconn 和 backlog 都是 262144，但上限存放在 unsigned short 里，变成了 0。',
  '000-e':
    '丢弃它的是内核中的那一行代码：它判断 accept 队列是否已满，且“年轻”（SYN-ACK 尚未重传）的请求是否多于一个。',
  '000-f (refused SYN)': '内核探针能看到内核内部如何丢弃一个遇到 accept 队列已满的 SYN。',
  '000-f': '内核探针能看到内核内部如何丢弃握手的最后一个 ACK。',
  '000-g (RST)': '提供方从未有过的那个连接，在消费方下一次写数据时被 RST 终结。',
  '000-g (lost requests)': '每次提供方重启，都有调用超时，而提供方从未见过它们的序列号。',
  '000-g (the two ends)': '两端数出的连接数不同：消费方 1000 个，提供方 999 个。',
  '001-a': 'backlog 为 2 时，accept 队列里可以等待 2 + 1 = 3 个连接。',
  '001-b (i)': '队列放满之后的下一个客户端仍能完成握手；服务器丢弃它的 ACK，并重传 SYN-ACK。',
  '001-b (ii)':
    '队列放满之后的下一个客户端仍能完成握手；服务器丢弃它的 ACK，并重传 SYN-ACK，共 tcp_synack_retries 次。',
  '001-c (ACK stage)':
    'tcp_abort_on_overflow 为 1 时，遇到 accept 队列已满的 ACK 会得到 RST；客户端看到 connection reset by peer。',
  '001-c (SYN cookie)':
    'tcp_abort_on_overflow 为 1 时，带 SYN cookie 的 ACK 遇到 accept 队列已满，同样会得到 RST。',
  '001-c (SYN stage)':
    'tcp_abort_on_overflow 只管 ACK：SYN 遇到 accept 队列已满时，即使设为 1 也只是被忽略。',
  '001-c (incident)': '另一个客户端连上了，却读超时：它被骗了，服务器丢弃了它的 ACK。',
  '001-c':
    '由 tcp_abort_on_overflow 决定：为 0 时丢弃 ACK，客户端读超时；为 1 时发 RST，客户端看到 connection reset by peer。',
  '001-d (incident)':
    'acceptCount 为 1、十个客户端同时到来时，有些会连接超时：它们的 SYN 始终没有应答。',
  '001-d':
    '十个客户端同时连接一个 accept 很慢、backlog 为 1 的服务器：有些会连接超时，因为它们的 SYN 始终没有应答。',
  '001-e':
    '被骗的客户端继续发送；数据重传数次都没有应答，最后由一个 RST（文档中由客户端自己发出）结束连接。',
  '001-f': '如果 accept 队列已满，并且“年轻”的请求多于一个，SYN 就会被丢弃。',
  '001-g': 'SYN 队列的长度由 tcp_max_syn_backlog 决定，但至少为 64。',
  '001-h':
    'accept 队列的长度是 backlog 与 somaxconn 中较小的一个；能建立的连接比它多一个，例如 somaxconn 为 128 时是 129 个。',
  '001-i': '没有应答的 SYN 在 3 秒后重传，9 秒后再次重传。',
  '001-j (always)': 'accept 队列已满时，即使对每个 SYN 都用 SYN cookie（设为 2），也不能保证连上。',
  '001-j': 'accept 队列已满时，SYN cookie（设为 1）不能保证连上。',
  '001-k (drains)': '只要服务器还在 accept，建立的连接就会越来越多；客户端只感到延迟。',
  '001-k': '虽然 accept 队列已满，客户端仍不断地连上。',
  '002-a':
    'SYN 队列的长度：取 backlog 与 tcp_max_syn_backlog 中较小者，至少为 8，加 1 后向上取 2 的幂。',
  '002-b': 'backlog 为 128、tcp_max_syn_backlog 为 64 时，SYN 队列可容纳 128 个。',
  '002-c': 'SYN 队列已满时，没有 SYN cookie 就丢弃 SYN，有 SYN cookie 就不丢弃。',
  '002-d': '因 accept 队列已满而丢弃一个 SYN 时，ListenOverflows 和 ListenDrops 两个计数器各加一。',
  '002-e': 'accept 队列的长度是 min(backlog, somaxconn)。',
  '002-f (SYN queue)': '不指定 backlog 的 Node 服务器，其 SYN 队列可容纳 512 个。',
  '002-f': '不指定 backlog 的 Node 服务器，其 accept 队列的上限是 511。',
  '002-g (3/4 rule)': '“SYNs to LISTEN sockets dropped” 统计的是 SYN 队列的溢出。',
  '002-g (SYN queue)':
    '“SYNs to LISTEN sockets dropped” 统计 SYN 队列的溢出，而 “times the listen queue of a socket overflowed” 不统计。',
  '002-g (accept queue)':
    '“times the listen queue of a socket overflowed” 统计 accept 队列的溢出，“SYNs to LISTEN sockets dropped” 统计 SYN 队列的溢出。',
  '002-h': '调用 accept() 太慢的服务器会使自己的 accept 队列溢出。',
  '002-i (counters)':
    'netstat -s 显示 “SYNs to LISTEN sockets dropped” 和 “times the listen queue of a socket overflowed”；backlog 调大之后，两者都不再增长。',
  '002-i (health checks)': '每当大量客户端同时连接，服务的 TCP 健康检查就超时。',
  '002-i (late upgrades)': '与此同时，许多 upgrade 耗时很长，因为它们的连接很晚才被接纳。',
  '003-a': '大量短连接使 accept 队列溢出，客户端以错误 110（connection timed out）失败。',
  '003-b': '较小的 somaxconn 会截短 backlog：例如 128 把 8192 截成 128。',
  '003-c': '调大 somaxconn 不会改变已在监听的套接字；必须重新 listen。',
  '003-d': '300 毫秒的连接超时只够发一个 SYN；3 秒则够重传一次，而重传可能成功。',
  '003-e (incident)':
    'somaxconn 为 128 时：客户端反复报告连接超时，两个计数器都增长；为 8192 时：没有错误，计数器不动。',
  '003-e':
    'somaxconn 为 128 时，短连接客户端失败，两个计数器都增长；为 8192 时没有错误，计数器不动。',
  '003-f (incident)': '两个计数器的增量相同。',
  '003-f': '溢出期间，ListenOverflows 与 ListenDrops 的增量相同。',
  '003-g (incident)':
    '客户端使用连接池就能消除这个问题：somaxconn 为 128 时也没有错误，计数器不动。',
  '003-g': '客户端使用连接池就能消除这个问题，somaxconn 保持原样即可。',
  '003-h': 'accept 队列溢出期间，客户端的日志里出现 “Connection refused”。',
  '004-a (incident)': 'tcpdump 显示：中继作为服务器，在连接刚建立后就主动把它关闭。',
  '004-a (silence)': '这个上限是框架的，不是系统的：没有队列满，也没有任何请求被拒绝。',
  '004-a':
    '连接数上限为 128 的服务器框架会接受更多的连接，然后立即关闭；无论进程限制还是监听队列的计数器都看不出来。',
  '004-b (incident)': '发送方一遍又一遍地与其中一些中继新建连接。',
  '004-b': '被关闭的客户端一遍又一遍地重新连接。',
  '004-c (incident)': '虽然发送方轮流使用各个中继，消息却没有均匀地到达所有中继。',
  '004-c': '当一个中继关闭超出上限的发送方时，各中继之间的流量不均匀。',
  '004-d (incident)':
    '上限为 128 时，并非每个发送方都与每个中继保持连接；上限改为 256 后问题消失。',
  '004-d (traffic)': '上限足以容纳所有发送方时，各中继之间的流量恢复均匀。',
  '004-d': '上限从 128 提高到 256 之后，不再有连接被关闭。',
  'own-server (places)': '你的服务器不 accept 时，它的 accept 队列可容纳“上限 + 1”个连接。',
  'own-server (overflow)': '所有位置都占满之后，后来的每个客户端的 SYN 都被忽略。',
  'own-server (refusals)': '被拒绝的客户端只能从自己的时钟看出来：要么晚一秒才连上，要么超时。',
  prediction: '内核的行为与其规则一致。',
};
