/** What each scenario or incident rebuilds, in Chinese. */
export const CHINESE_STORIES: Readonly<Record<string, string>> = {
  'accept-queue-overflow':
    '服务器以很小的 backlog 监听，从不 accept。到来的客户端比 accept 队列容得下的多。容得下的都连上了，尽管服务器从未看过它们；其余的等待一个永远不来的 SYN-ACK。',
  'fooled-client':
    '最后一个客户端的 SYN 在还有位置时被接纳，但它的 ACK 到达时 accept 队列已满。服务器丢弃这个 ACK，重传几次 SYN-ACK，然后忘掉请求。客户端一直以为已连接，白白等待应答。',
  'half-open-connections':
    '一千个客户端连接一个忙不过来的服务器，accept 队列容得下 999 个连接。还有一个 SYN 在队列满之前已得到应答，所以它的客户端也连上了；但服务器丢弃了它的 ACK。ss 在一台机器上数出 1000 个连接，在另一台上数出 999 个，两端都不报错。',
  'keepalive-believes':
    '两个客户端被骗：它们已连接，而服务器只有它们的请求，还在重传 SYN-ACK。一个在此期间发 keepalive 探测，服务器照样确认，好像一切正常。另一个在请求被忘掉之后才探测，服务器以 RST 应答；前一个的下一次探测也得到 RST。',
  'fooled-client-sends':
    '客户端已连接，但因为 accept 队列已满，服务器丢弃了它的 ACK。它写入 50 字节：其内核一再重传，无人应答。直到服务器忘掉请求之后，下一次重传才引来 RST，客户端读到 ECONNRESET。',
  'backlog-beyond-16-bits':
    'somaxconn 和 backlog 都调到 262144，文档中这样做没有用。旧内核以 16 位存放上限，剩下的全是零，一个连接就填满队列。三个客户端表明如今有多少位置。',
  'somaxconn-caps-the-backlog':
    '应用要求 backlog 为 8192，但 net.core.somaxconn 是 128。内核悄悄截短：无论代码怎么写，只容得下 129 个连接。',
  'somaxconn-needs-a-new-listen':
    '服务器在 somaxconn 为 128 时以 backlog 8192 监听，之后 somaxconn 被调大。监听套接字没有任何变化：来了 200 个客户端，只容得下 129 个。它在同一个套接字上再次 listen，被拒绝的客户端在一秒后重传 SYN 时进来。',
  'kernel-probe':
    'accept 队列已满时记录内核自己的跟踪事件：先有最后的 ACK 被丢弃，然后有一个 SYN 被拒绝。kfree_skb 上的探针（dropwatch、perf、bpftrace；文档中是 systemtap）看到每个被丢弃的 ACK 及其原因。被拒绝的 SYN 是如今最常见的丢弃，它却什么也看不到：只有 ListenOverflows 和 ListenDrops 计数。',
  'syn-queue':
    '客户端连接，但没有 SYN-ACK 能到达它们，所以没有握手完成，每个被接纳的 SYN 都留在 SYN 队列里。队列容不下的被丢弃，或以 SYN cookie 应答，服务器不为后者保存任何东西。这样就能数出 SYN 队列的长度。',
  'node-default-backlog':
    'Node 服务器调用 listen() 时不指定 backlog，大多数都是这样。无论 somaxconn 允许多少，Node 都传入 511，所以 512 个连接等待，再来的被拒绝。backlog 为 0 也会悄悄换成 511。',
  'queue-capacities':
    '到来的客户端比 accept 队列容得下的多。服务器 accept 所有等待的连接，又来了比 SYN 队列容得下的更多的客户端；它们看不到 SYN-ACK，所以每个请求都停在数得到的地方。扫描对许多设置重复这个过程。',
  'connection-cap':
    '服务器框架保持 128 个连接，不再多。130 个客户端连接，对内核来说一切正常：没有队列溢出，每次握手都完成。其中两个在几毫秒内被关闭，一再重连；上限大一些，就不会如此。',
  'relay-traffic':
    '十二个发送方连接两个中继，在各自所有的连接上发送。一个中继保持八个连接，一再关闭其余的：它承担的流量是另一个的三分之二，而它的日志中没有原因。上限容得下全部十二个时，流量均匀。',
  'short-connections-and-somaxconn':
    '客户端连上就关闭，每秒 300 个，而服务器每秒只看一次 accept 队列。somaxconn 为 128 时队列太短，客户端超时。同样的请求走保持连接的连接池，就从不碰到队列；somaxconn 为 8192 时，短连接全都容得下。',
  'abort-on-overflow':
    'tcp_abort_on_overflow 为 1，accept 队列已满。两个 SYN 先前已被接纳的客户端发来 ACK：得到 RST。又来一个 SYN：沉默。一个带 SYN cookie 的客户端发来 ACK：还是沉默，尽管它自以为已连接。',
  'connect-timeouts-in-a-burst':
    '十个客户端同时向一个 backlog 为 1、正忙着的服务器发请求。两个找到位置，等待并得到应答。其余的 SYN 被默默拒绝，还没等到重传 SYN，连接就超时了：在它们看来，服务器像是死了。',
  'young-requests':
    '文档引用的内核代码说：accept 队列已满时，只有“年轻”的请求多于一个，SYN 才被丢弃。于是先有一个客户端单独敲门，再有四个同时来：按那段代码，第一个得到应答，四个中有一个得到应答。如今一个也没有。',
  'cookies-do-not-help':
    'accept 队列已满。先在 tcp_syncookies 为 1 时来四个客户端，再在为 2 时来四个；为 2 时，只要还有位置，每个 SYN 都以 cookie 应答。没有一个得到应答：cookie 只能救 SYN 队列，accept 队列照样要检查。',
  'established-without-limit':
    '二十个客户端对一个有三个位置的队列敲了十秒钟的门。在旧内核上，每秒约有两个被告知已连接。',
  'drained-queue':
    'accept 队列已满，又有三个客户端被拒绝。随后服务器立刻开始 accept，但没有人告诉客户端：每个都要等到一秒后重传 SYN 时才进来。对它们来说，溢出只是一次延迟。',
  'kernel-gives-up':
    '一波短连接填满了一个不 accept 的服务器的 accept 队列。被拒绝的在半秒后因自身定时器而放弃。还有一个客户端交给内核：内核重传 SYN，几秒后以 ETIMEDOUT（错误 110）结束 connect(2)。',
  'refused-needs-a-closed-port':
    'accept 队列溢出，容不下的客户端在沉默中等待：没有 SYN-ACK，没有 RST。然后服务器关闭其监听套接字。内核重置无人 accept 的连接，下一个客户端立刻被拒绝。所以日志中的“Connection refused”说的是停掉的服务器，而不是慢的服务器。',
  'short-and-long-timeouts':
    'accept 队列已满时，来了连接超时为 300 毫秒的客户端和 3 秒的客户端。急的放弃了；之后服务器终于 accept。耐心的在第一个 SYN 一秒后重传，找到位置，连上了。',
  'slow-accept':
    '服务器在 accept，但其事件循环每 2.2 秒中有 2 秒在忙，像是长时间的计算或垃圾回收。每秒来二十个客户端。服务器没看的时候队列填满，此时到来的 SYN 都被拒绝；等它再看时，队列一下子清空。',
  'syn-retransmissions':
    'accept 队列已满，也没有人 accept，所以后来的客户端的 SYN 始终没有应答。客户端自己的定时器很长：由其内核把每个 SYN 重传几次，然后以 ETIMEDOUT 结束 connect(2)。时刻从报文读出，与新旧内核的时刻表对照。',
  'own-server':
    '在沙箱中启动你的程序。先来一个客户端，再同时来许多：有没有遇到 accept 队列已满的？然后程序被冻结，像是事件循环被阻塞或长时间的垃圾回收，直到队列溢出，再继续运行。',
  'rpc-restart-storm':
    '提供方打开端口，还要 6.5 秒才开始 accept。它的消费方在 2 秒一次的检查时同时重连；其中一些的最后一个 ACK 来得晚。backlog 为 998 时有 999 个位置：第一千个消费方已连接，提供方却对它一无所知。它的调用以提供方从未见过的序列号超时，直到一个 RST 结束该连接。backlog 为 1024 时，提供方启动期间调用也会超时，但每个调用它都得到了。',
  'tomcat-accept-count':
    '两个工作线程都在等慢的后端，所以没有人 accept。acceptCount 为 1 时队列有两个位置：容不下的客户端被拒绝，连接超时；一个 ACK 来得晚的客户端被骗，读超时。服务器自己什么也没察觉。acceptCount 为 100 时，十个都得到服务。',
  'websocket-storm':
    '每次升级都使服务器的事件循环忙 4 毫秒，所以有好几秒没有人 accept。不指定 backlog 时，Node 以 511 监听：队列已满，客户端等待下一次重传 SYN，或者被骗；健康检查超时，尽管什么也没坏。backlog 为 4096 时，所有客户端立刻有位置，每次检查都健康。最后一次升级几乎没有提前：队列变大，升级并不更便宜。',
  'short-connections':
    '服务器要求 backlog 为 8192，内核把它截到 128。它的事件循环有六次各停 600 毫秒，每次有 300 个客户端连接：129 个找到位置，其余的 SYN 都被丢弃，这些客户端在 300 或 500 毫秒后报告连接超时，即文档中的错误 110。somaxconn 为 8192 时，大家都在队列里等到停顿结束。用两个连接池共 120 个连接时，128 的队列不会溢出；没有空闲连接的就排队，而排队有自己的时限：若用连接的时限，有些会在那里放弃，而没有计数器说明。',
  'relay-connection-cap':
    '两百个发送方把消息分散到二十个中继。其中五个中继的框架上限为 128：在那里有 72 个发送方被 accept 后立刻关闭，一再如此，它们的消息转到别的中继。握手都成功，所以没有队列溢出，也没有触及系统的任何限制。上限为 256 时，人人都有位置，流量均匀。',
};
