import type { StepId } from '../step.ts';
import type { StepText } from './texts.ts';

export const CHINESE_FIRST_STEPS: Readonly<
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
    title: '两个队列',
    introduction: ({ places, limit }) => [
      '客户端调用 connect()，它的内核发出 SYN；服务器的内核回复 SYN-ACK；客户端的内核再发出 ACK。至此两端都已建立连接。整个握手由两端的内核完成，应用程序并不参与。',
      '在 ACK 到达之前，这个连接只是 SYN 队列（半连接队列）中的一个请求。ACK 到达之后，它进入 accept 队列（全连接队列），等待应用程序调用 accept()。',
      `在前几步中，服务器程序只监听，从不调用 accept()。在客户端看来，卡死或过载的服务器就是这个样子。它的 accept 队列有 ${places} 个位置（${limit} + 1，原因见第 2 步）。`,
    ],
    question: ({ backlog, clients }) =>
      `backlog 为 ${backlog}，${clients} 个客户端发起连接，没有人调用 accept()。它们的 connect() 结果如何？`,
    choices: ({ clients, places }) => [
      '成功，连接已建立',
      clients > places ? '一部分成功，其余的一直等待，最终超时' : '一直等待，最终超时',
      '失败，连接被拒绝或被重置',
    ],
    explanation: [
      '握手由内核自行完成，完成的连接放入 accept 队列。所以这些客户端已经连上了一个从未理会过它们的程序。connect() 成功并不能说明服务器是健康的。',
    ],
  },
  'one-more-than-backlog': {
    title: '比 backlog 多一个',
    introduction: () => [
      'listen() 的第二个参数就是 backlog，它决定 accept 队列可以有多长。队列的上限取 backlog 与 net.core.somaxconn 中较小的一个；后者是内核参数，限制所有的 backlog（Linux 5.4 起默认为 4096）。',
      '现在同时到来的客户端多于队列所能容纳的数量，而且仍然没有人调用 accept()。',
    ],
    question: ({ backlog, clients }) =>
      `backlog 为 ${backlog}，来了 ${clients} 个客户端。其中有多少个能建立连接？`,
    choices: ({ backlog, clients }) => [`${backlog} 个`, `${backlog + 1} 个`, `全部 ${clients} 个`],
    explanation: [
      '只有当队列长度大于上限时，内核才认为队列已满：比较用的是“大于”，而不是“大于等于”。所以 backlog 为 B 时，可以有 B + 1 个连接在队列中等待。',
    ],
  },
  'refused-syn': {
    title: '被拒绝的 SYN',
    introduction: ({ places }) => [
      `accept 队列有 ${places} 个位置。位置已经占满，这时又来了一个 SYN。`,
      '接下来会发生什么，各份文档说法不一。其中一份说：握手照样完成，随后服务器丢弃最后那个 ACK。',
    ],
    question: ({ clients, places }) =>
      clients > places
        ? `来了 ${clients} 个客户端，其中 ${places} 个占满了位置。其余的客户端会看到什么？`
        : `来了 ${clients} 个客户端。没有位置的客户端会看到什么？`,
    choices: ({ clients, places }) => [
      clients > places ? '已连接，connect() 成功' : '没有这样的客户端，全部都已连接',
      '超时，始终没有任何回应',
      '连接被拒绝或被重置',
    ],
    explanation: [
      'accept 队列已满时，服务器对 SYN 的回答是沉默。没有任何报文返回，客户端无法区分这是队列已满还是网线被拔掉。它的内核会重传 SYN，每一次重传都遇到满的队列，直到客户端自己的定时器到期。',
      '“connection refused”（连接被拒绝）来自没有程序监听的端口，绝不会来自已满的队列。',
    ],
  },
  'one-second-connect': {
    title: '重传，以及耗时一秒的 connect',
    introduction: () => [
      'SYN 被拒绝的客户端还没有失败：它的内核会重传 SYN，第一次重传在 1 秒之后（Linux 3.1 之前是 3 秒）。',
      '这一次服务器恢复了。后来的客户端刚被拒绝，它就取走了所有等待的连接，并且继续 accept。从这时起队列中就有空位了。',
    ],
    question: ({ clients, places }) =>
      `来了 ${clients} 个客户端，队列容纳 ${places} 个。被拒绝的客户端何时能连上？`,
    choices: ({ clients, places }) => [
      clients > places ? '一有空位就立刻连上' : '没有客户端被拒绝，全部立刻连上',
      '大约一秒之后',
      '永远连不上，connect() 超时',
    ],
    explanation: [
      '没有人通知被拒绝的客户端队列已有空位。只有在它自己重传 SYN 时才会发现，也就是第一个 SYN 之后一秒。所以几毫秒的队列溢出，在延迟分布图上会表现为 1 秒处的第二个峰。',
      '连接超时短于一秒的客户端没有第二次机会。',
    ],
  },
  'fooled-client': {
    title: '被骗的客户端',
    introduction: ({ limit }) => [
      `还有另一种失败的方式。${limit} 个客户端已经进入队列。后面几个客户端的 SYN 到达时还有空位，因此得到了 SYN-ACK，但它们的 ACK 迟到了。`,
      '第一个到达的 ACK 占据了最后一个位置，其余的 ACK 遇到满的队列，被服务器丢弃。（为了让这种情况必然发生，链路上有一道闸门暂时拦住 ACK。）',
    ],
    question: () => 'ACK 被丢弃的客户端以为自己处于什么状态？',
    choices: () => [
      '已连接，服务器也认可这个连接',
      '已连接，但服务器没有这个连接',
      '未连接，connect() 失败',
    ],
    explanation: [
      '对客户端来说，发出 ACK 之后握手就完成了。服务器把 SYN-ACK 重传若干次（tcp_synack_retries），客户端每次都回复 ACK，每个 ACK 都被丢弃，最后服务器不声不响地忘掉这个请求。',
      '客户端被骗了：自己这一端是 ESTABLISHED，另一端什么也没有。直到等不到应答，或者开始发送数据时，它才会发现。',
    ],
  },
};
