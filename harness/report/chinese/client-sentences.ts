/** What became of clients: the sentences of in-short.ts, client-tales.ts and refusal-words.ts. */
import type { SentencePattern } from './translated.ts';

export const CLIENT_SENTENCES: readonly SentencePattern[] = [
  [/^once$/, '一次'],
  [/^twice$/, '两次'],
  [/^(\d+) times$/, ' $1 次'],
  [/^ in (\d+) attempts$/, '（共 $1 次尝试）'],
  [
    /^Clients? (.+) (?:is|are) connected and in the accept queue, waiting to be accepted\.$/,
    '客户端 $1 已连接，在 accept 队列中等待被 accept。',
  ],
  [
    /^Clients? (.+) (?:was|were) connected and accepted by the server\.$/,
    '客户端 $1 已连接，并已被服务器 accept。',
  ],
  [/^Clients? (.+) got in only by repeating the SYN\.$/, '客户端 $1 靠重传 SYN 才进来。'],
  [
    /^Clients? (.+) (?:is|are) fooled: connected, but the server has no such connection\.$/,
    '客户端 $1 被骗：自以为已连接，但服务器没有这个连接。',
  ],
  [
    /^Clients? (.+) (?:was|were) connected until the server answered the ACK with RST\.$/,
    '客户端 $1 已连接，直到服务器以 RST 应答其 ACK。',
  ],
  [
    /^Clients? (.+) (?:was|were) closed by the server as soon as connected( in \d+ attempts)?\.$/,
    '客户端 $1 刚连上就被服务器关闭{2}。',
  ],
  [
    /^Clients? (.+) timed out: the server answered, but its SYN-ACK was held back on the way\.$/,
    '客户端 $1 超时：服务器已应答，但其 SYN-ACK 在途中被扣下。',
  ],
  [
    /^Clients? (.+) timed out: the server answered none of (?:its|their) (.+?) SYNs?(?: each)?, ((?:because|and) .+)\.$/,
    '客户端 $1 超时：服务器对其 $2 个 SYN 一个也没有应答，{3}。',
  ],
  [
    /^Clients? (.+) timed out: the server did not answer (?:its|their) SYNs?, ((?:because|and) .+)\.$/,
    '客户端 $1 超时：服务器没有应答其 SYN，{2}。',
  ],
  [
    /^Clients? (.+) (?:was|were) given up by the kernel with ETIMEDOUT: the server answered none of (?:its|their) (.+?) SYNs?(?: each)?, ((?:because|and) .+)\.$/,
    '内核以 ETIMEDOUT 放弃了客户端 $1：服务器对其 $2 个 SYN 一个也没有应答，{3}。',
  ],
  [
    /^Clients? (.+) (?:was|were) in the accept queue and reset when the listener was closed\.$/,
    '客户端 $1 在 accept 队列中，监听套接字关闭时被重置。',
  ],
  [
    /^Clients? (.+) (?:was|were) refused: nobody listened any more\.$/,
    '客户端 $1 被拒绝：已没有人监听。',
  ],
  [/^because the accept queue was full \((\d+) of (\d+)\)$/, '因为 accept 队列已满（$1/$2）'],
  [/^because the accept queue was full$/, '因为 accept 队列已满'],
  [/^because the SYN queue was full$/, '因为 SYN 队列已满'],
  [
    /^because less than a quarter of tcp_max_syn_backlog was free \(the SYN queue itself had room\)$/,
    '因为 tcp_max_syn_backlog 的剩余不足四分之一（SYN 队列本身还有位置）',
  ],
  [
    /^because a queue was full \(the accept queue (.+) in all, the SYN queue (.+)\)$/,
    '因为有队列已满（accept 队列共{1}，SYN 队列{2}）',
  ],
  [/^and no counter says why$/, '没有计数器说明原因'],
  [/^the capture has no SYN of it$/, '抓包文件中没有它的 SYN'],
  [/^connected after ([^,]+)$/, '$1 后连上'],
  [/^timed out after (.+)$/, '$1 后超时'],
  [/^refused after (.+)$/, '$1 后被拒绝'],
  [/^reset after (.+)$/, '$1 后被重置'],
  [/^client (\d+) {2}(:\d+)$/, '客户端 $1  $2'],
  [/^client (\d+), attempt (\d+)( {2}:\d+)?$/, '客户端 $1，第 $2 次尝试$3'],
  [/^clients? (.+) in (\d+) attempts$/, '客户端 $1（共 $2 次尝试）'],
  [/^clients? (.+) \((\d+)\)$/, '客户端 $1（共 $2 个）'],
  [
    /^waits? in the accept queue, places? (.+) of (\d+)$/,
    '在 accept 队列中等待，位置 $1（共 $2 个）',
  ],
  [/^waits? in the accept queue, places? ([^ ]+)$/, '在 accept 队列中等待，位置 $1'],
  [/^but the server has no such connection$/, '但服务器没有这个连接'],
  [
    /^but no place was left: the server answered the ACK with RST at (.+) s \(tcp_abort_on_overflow is 1\)$/,
    '但已没有位置：$1 秒时服务器以 RST 应答其 ACK（tcp_abort_on_overflow 为 1）',
  ],
  [
    /^it had answered with a SYN cookie and kept nothing$/,
    '它以 SYN cookie 应答，没有保存任何状态',
  ],
  [
    /^the ACK was dropped (once|twice|\d+ times), the SYN-ACK repeated at (.+) s$/,
    'ACK 被丢弃{1}，SYN-ACK 在 $2 秒重传',
  ],
  [/^the ACK was dropped (once|twice|\d+ times)$/, 'ACK 被丢弃{1}'],
  [
    /^ACK and data were dropped (once|twice|\d+ times), the SYN-ACK repeated at (.+) s$/,
    'ACK 和数据被丢弃{1}，SYN-ACK 在 $2 秒重传',
  ],
  [/^ACK and data were dropped (once|twice|\d+ times)$/, 'ACK 和数据被丢弃{1}'],
  [
    /^keepalive was acknowledged all the same at (.+) s$/,
    '尽管如此，$1 秒时的 keepalive 仍得到确认',
  ],
  [/^forgotten by (.+) s, without a word$/, '到 $1 秒时已被忘掉，没有任何通知'],
  [/^no byte came: read timed out at (.+) s$/, '没有收到任何字节：$1 秒时读超时'],
  [
    /^the ACK was taken only at (.+) s, after a repeated SYN-ACK$/,
    '重传 SYN-ACK 之后，ACK 到 $1 秒才被接受',
  ],
  [/^the server reset it at (.+) s$/, '$1 秒时被服务器重置'],
  [/^the server closed it at (.+) s$/, '$1 秒时被服务器关闭'],
  [/^closed it itself at (.+) s$/, '$1 秒时自行关闭'],
  [/^given up by the kernel at (.+) s$/, '$1 秒时被内核放弃'],
  [/^by its own connect timeout$/, '自身的连接超时'],
  [/^its SYN was the (\d+)(?:st|nd|rd|th) to arrive$/, '其 SYN 第 $1 个到达'],
  [/^given up by the kernel$/, '内核放弃'],
  [
    /^SYN refused (once|twice|\d+ times) \((.+?) s\), ((?:because|and) .+)$/,
    'SYN 被拒绝{1}（$2 秒），{3}',
  ],
  [/^the SYN at (.+) s was answered$/, '$1 秒时的 SYN 得到了应答'],
  [
    /^the server answered, but its SYN-ACK was held back on the way$/,
    '服务器已应答，但其 SYN-ACK 在途中被扣下',
  ],
  [
    /^the server answered its SYN with RST: nobody listens there$/,
    '服务器以 RST 应答其 SYN：没有人监听',
  ],
];
