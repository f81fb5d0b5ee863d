import type { StepId } from '../step.ts';
import type { StepText } from './texts.ts';

export const CHINESE_LATER_STEPS: Readonly<
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
      'net.ipv4.tcp_abort_on_overflow 决定服务器如何处理找不到位置的 ACK。默认值 0：悄悄丢弃，也就是上一步的情形。现在它的值是 1。',
      '若干客户端的 SYN 在还有空位时被接纳。随后 accept 队列被占满，它们的 ACK 这时才到达。另有一个客户端向已满的队列发出它的第一个 SYN。',
    ],
    question: () => '已被接纳、但 ACK 遇到满队列的客户端会得到什么？',
    choices: () => [
      '沉默，它继续以为自己已连接',
      'RST，即 connection reset by peer',
      '仍然得到一个位置',
    ],
    explanation: [
      '值为 1 时，内核对这样的 ACK 回复 RST，客户端立刻就知道了。但也仅此而已：遇到满队列的 SYN 照旧被忽略；使用 SYN cookie 的客户端的 ACK 也同样被忽略，尽管有文档不是这么说的。',
      '它更适合用来定位故障，而不是解决问题：有的客户端本来一秒之后就能等到位置，现在却被彻底拒之门外。',
    ],
  },
  'syn-queue-and-cookies': {
    title: 'SYN 队列与 SYN cookie',
    introduction: () => [
      'SYN 队列里放的是请求：已经回复了 SYN-ACK、但还没有收到 ACK 的 SYN。它也有上限；在当前的内核上，这个上限由 accept 队列的上限决定。',
      '在这次运行中，任何 SYN-ACK 都到不了客户端，因此没有一次握手能完成，每个请求都留在 SYN 队列里，可以计数。SYN cookie 已启用（net.ipv4.tcp_syncookies 为默认值 1）。',
    ],
    question: ({ clients, backlog }) =>
      `backlog 为 ${backlog}，来了 ${clients} 个 SYN。SYN 队列容纳不下的那些会怎样？`,
    choices: () => ['被丢弃', '得到带 SYN cookie 的 SYN-ACK', '没有这样的 SYN，队列全部容纳'],
    explanation: [
      'SYN cookie 把服务器需要记住的内容编码到 SYN-ACK 的序列号里。服务器什么都不保存，也就不需要位置。如果没有 cookie（tcp_syncookies 为 0），这些 SYN 会被丢弃。',
      'cookie 只对 SYN 队列已满的情况有用。accept 队列已满时，不管有没有 cookie，SYN 都会被拒绝。',
    ],
  },
  somaxconn: {
    title: 'somaxconn 与重新 listen',
    introduction: ({ backlog, limit }) => [
      `accept 队列的上限取 backlog 与 net.core.somaxconn 中较小的一个。这个服务器要求 ${backlog}，${limit < backlog ? `但当时 somaxconn 较小，只得到 ${limit}` : `当时 somaxconn 不小于它，得到 ${limit}`}。`,
      `运维人员把 somaxconn 改为 ${backlog}，服务器继续运行。客户端到来。之后程序在同一个套接字上再次调用 listen()。`,
    ],
    question: ({ clients }) => `来了 ${clients} 个客户端。在程序重新 listen 之前，有多少个能连上？`,
    choices: ({ places, clients }) => [
      `${places} 个，和以前一样`,
      clients > places ? `全部 ${clients} 个，新值立即生效` : `全部 ${clients} 个，因为位置足够`,
      '一个也没有',
    ],
    explanation: [
      'listen() 把上限保存在套接字里，之后再改 somaxconn 不会影响它：程序必须重新调用 listen()，实际上就是重启服务。被拒绝的客户端随后通过重传的 SYN 连了进来。',
      '“ss -ltn”中监听套接字的 Send-Q 就是实际生效的上限，Recv-Q 是队列的当前长度。',
    ],
  },
  counters: {
    title: '用计数器诊断',
    introduction: () => [
      '生产环境的服务器上没有抓包，但有计数器：“nstat -az TcpExtListenOverflows TcpExtListenDrops”，或者“netstat -s”。ListenOverflows 统计遇到 accept 队列已满的报文，ListenDrops 统计监听套接字因任何原因丢弃的报文。',
      '找不到位置的客户端会一直重传 SYN，直到 2.5 秒后自己的定时器到期。',
    ],
    question: ({ clients, backlog }) =>
      `backlog 为 ${backlog}，来了 ${clients} 个客户端。ListenOverflows 会增加多少？`,
    choices: ({ clients, places }) => [
      '每个被拒绝的客户端加 1',
      '每个被拒绝的 SYN 加 1，包括重传的 SYN',
      clients > places ? '不增加，它统计的是另一个队列' : '不增加，没有 SYN 被拒绝',
    ],
    explanation: [
      '计数器统计的是报文，不是客户端：一个有耐心的客户端会使它增加好几次。accept 队列已满时，两个计数器同步增长。如果只有 ListenDrops 增长，应当检查 SYN 队列。',
      '要比较两次读数：只有增量才有意义。另外，每个网络命名空间都有自己的计数器，所以要到容器里面去看。',
    ],
  },
  'connection-cap': {
    title: '看起来一样的应用连接数上限',
    introduction: ({ cap }) => [
      '被挡在门外的客户端不一定遇到了满的队列。许多程序有自己的上限：maxConnections、worker_connections、max_connections。',
      `这个程序正常地 accept，但只保留 ${Number.isFinite(cap) ? `${cap} 个` : '全部'}连接。失去连接的客户端稍后会再次连接。`,
    ],
    question: ({ clients, cap }) =>
      `上限为 ${cap}，来了 ${clients} 个客户端。超出上限的客户端会看到什么？`,
    choices: () => ['connect() 超时', '已连接，随即被关闭', '没有超出的，所有连接都保持'],
    explanation: [
      '程序先 accept，随即关闭。在内核看来一切正常：每次握手都完成，没有队列溢出，两个计数器都不动。而在用户看来，故障和之前一模一样。',
      '所以，如果客户端连接丢失而 ListenOverflows 没有变化，就要去找程序自身的上限。',
    ],
  },
};
