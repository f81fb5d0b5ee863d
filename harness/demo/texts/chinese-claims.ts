/** The documented claims of the workshop's scenarios, and the rules of the kernel, in Chinese. */
import type { KERNEL_RULES } from '../../kernel/rules.ts';

type RuleId = (typeof KERNEL_RULES)[keyof typeof KERNEL_RULES]['id'];

export const CHINESE_CLAIMS: Readonly<Record<string, string>> = {
  '000-b': '服务器重传 SYN-ACK，客户端每次都回复，然后服务器不声不响地忘掉这个请求。',
  '001-a': 'backlog 为 2 时，accept 队列中可以有 2 + 1 = 3 个连接等待。',
  '001-b (i)': '队列刚满之后到来的那个客户端仍能完成握手；服务器丢弃它的 ACK，并重传 SYN-ACK。',
  '001-b (ii)':
    '队列刚满之后到来的那个客户端仍能完成握手；服务器丢弃它的 ACK，并把 SYN-ACK 重传 tcp_synack_retries 次。',
  '001-c':
    '由 tcp_abort_on_overflow 决定：为 0 时丢弃 ACK，客户端读超时；为 1 时发送 RST，客户端看到 connection reset by peer。',
  '001-c (ACK stage)':
    'tcp_abort_on_overflow 为 1 时，遇到 accept 队列已满的 ACK 会得到 RST，客户端看到 connection reset by peer。',
  '001-c (SYN stage)':
    'tcp_abort_on_overflow 只涉及 ACK：即使为 1，遇到 accept 队列已满的 SYN 也只是被忽略。',
  '001-c (SYN cookie)':
    'tcp_abort_on_overflow 为 1 时，带 SYN cookie 的 ACK 遇到 accept 队列已满，同样会得到 RST。',
  '001-g': 'SYN 队列的长度就是 tcp_max_syn_backlog，但至少为 64。',
  '001-h': 'accept 队列的长度取 backlog 与 somaxconn 中较小的一个，可建立的连接比它多一个。',
  '001-k (drains)': '只要服务器持续 accept，建立的连接就会越来越多，客户端感觉到的只是延迟。',
  '002-a':
    'SYN 队列的长度：取 backlog 与 tcp_max_syn_backlog 中较小的一个，至少为 8，加 1 后向上取 2 的幂。',
  '002-b': 'backlog 为 128、tcp_max_syn_backlog 为 64 时，SYN 队列容纳 128 个请求。',
  '002-c': 'SYN 队列已满时，没有 SYN cookie 就丢弃 SYN，有 SYN cookie 则不丢弃。',
  '002-d': '因 accept 队列已满而丢弃的 SYN，在两个队列的溢出计数中都会计入。',
  '002-f (SYN queue)': '不指定 backlog 的 Node 服务器，其 SYN 队列容纳 512 个请求。',
  '002-g (accept queue)':
    '“times the listen queue of a socket overflowed”统计 accept 队列的溢出，“SYNs to LISTEN sockets dropped”统计 SYN 队列的溢出。',
  '002-g (SYN queue)':
    '“SYNs to LISTEN sockets dropped”统计 SYN 队列的溢出，“times the listen queue of a socket overflowed”则不统计。',
  '002-g (3/4 rule)': '“SYNs to LISTEN sockets dropped”统计 SYN 队列的溢出。',
  '003-c': '提高 somaxconn 不会改变已经在监听的套接字，它必须重新 listen。',
  '003-f': '溢出期间 ListenOverflows 与 ListenDrops 的增量相同。',
  '004-a':
    '连接数上限为 128 的服务器框架会接受更多的连接并立即关闭；进程的任何限制和监听队列的任何计数器都看不出来。',
  '004-b': '被关闭的客户端会一次又一次地重新连接。',
  '004-d': '上限从 128 提高到 256 之后，不再有客户端被关闭。',
  prediction: '内核的行为与其源代码的规则一致。',
};

export const CHINESE_RULES: Readonly<Record<RuleId, string>> = {
  'accept-queue-limit-is-32-bit': 'accept 队列的上限以 32 位保存，较大的 backlog 不会被截断。',
  'accept-queue-holds-one-more': 'accept 队列长度大于上限时才算满，所以容纳上限 + 1 个连接。',
  'syn-refused-on-full-accept-queue': '只要 accept 队列已满，SYN 一律被拒绝。',
  'overflow-is-no-refusal':
    '队列已满时，对 SYN 保持沉默，或对最后的 ACK 回复 RST；只有没有程序监听的端口才会拒绝连接。',
  'refused-syn-counted':
    '因 accept 队列已满而被拒绝的 SYN，使 ListenOverflows 和 ListenDrops 各加 1。',
  'abort-is-for-requests':
    'tcp_abort_on_overflow 只对请求起作用：带 SYN cookie 的 ACK 找不到位置时，被悄悄丢弃。',
  'drop-reason-listen-overflow':
    '因 accept 队列已满而丢弃最后的 ACK，其丢弃原因为 TCP_LISTEN_OVERFLOW。',
  'refused-syn-is-no-drop-event':
    '被拒绝的 SYN 属于正常释放而非丢弃：不触发 kfree_skb 事件，只有计数器能反映。',
  'syn-queue-is-power-of-two-table':
    'SYN 队列是一张表，大小为 roundup_pow_of_two(max(8, min(limit, tcp_max_syn_backlog)) + 1)。',
  'syn-queue-is-bounded-by-backlog':
    'SYN 队列以 accept 队列的上限为界；tcp_max_syn_backlog 只在没有 SYN cookie 时起作用。',
  'syn-queue-holds-one-more': 'SYN 队列长度大于 accept 队列的上限时才算满：容纳上限 + 1 个请求。',
  'syn-refused-at-three-quarters':
    '没有 SYN cookie 时，如果 tcp_max_syn_backlog 的空余不到四分之一，SYN 就被拒绝。',
  'every-dropped-syn-counted': '监听套接字无论因何丢弃 SYN，ListenDrops 都加 1。',
  'overflow-is-also-drop': '使 ListenOverflows 加 1 的，也使 ListenDrops 加 1。',
  'cookies-no-longer-drops': '以 SYN cookie 回复的 SYN 不再计入 ListenDrops。',
  'cookies-always': 'tcp_syncookies 为 2 时，每个 SYN 都以 cookie 回复，SYN 队列保持为空。',
  'initial-rto-one-second': '无人应答的 SYN 或 SYN-ACK 在 1 秒（而不是 3 秒）后第一次重传。',
  'linear-syn-timeouts': 'SYN 的前 tcp_syn_linear_timeouts 次重传间隔相等。',
  'connect-give-up-follows-initial-rto':
    'connect(2) 放弃的时间由真实的初始超时算出，而不是由 200 ms 算出。',
  'connect-give-up-follows-initial-rto-again': 'connect(2) 不再像 5.1 到 5.3 那样提前放弃。',
  'rto-max-configurable': 'tcp_rto_max_ms 限制重传间隔的最大值（未设置时为 120 秒）。',
  'somaxconn-default-4096': '未设置时 net.core.somaxconn 为 4096。',
  'somaxconn-visible-in-user-namespaces': '在用户命名空间中可以读写 net.core.somaxconn。',
};
