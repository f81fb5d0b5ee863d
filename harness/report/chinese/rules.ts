/** The kernel rules' statements in Chinese, by rule id. What is not here is shown in English. */
export const CHINESE_RULES: Readonly<Record<string, string>> = {
  'accept-queue-limit-is-32-bit': 'accept 队列的上限以 32 位存放，因此较大的 backlog 不会被截断。',
  'accept-queue-holds-one-more': 'accept 队列超过上限才算满，因此可容纳“上限 + 1”个连接。',
  'syn-refused-on-full-accept-queue': 'accept 队列已满时，SYN 一律被拒绝。',
  'overflow-is-no-refusal':
    '队列已满时，对 SYN 沉默不答，或以 RST 应答最后的 ACK；只有没有人监听的端口才会拒绝连接。',
  'refused-syn-counted':
    '因 accept 队列已满而被拒绝的一个 SYN，使 ListenOverflows 和 ListenDrops 各加一。',
  'abort-is-for-requests':
    'tcp_abort_on_overflow 只对半连接请求起作用：带 SYN cookie 的 ACK 没有位置时，被静默丢弃。',
  'drop-reason-listen-overflow':
    '因 accept 队列已满而丢弃的最后一个 ACK，其丢弃原因是 TCP_LISTEN_OVERFLOW。',
  'refused-syn-is-no-drop-event':
    '被拒绝的 SYN 是被“消费”而不是被丢弃：它不触发 kfree_skb 事件，只有计数器能看到。',
  'syn-queue-is-power-of-two-table':
    'SYN 队列是一张表，大小为 roundup_pow_of_two(max(8, min(上限, tcp_max_syn_backlog)) + 1)。',
  'syn-queue-is-bounded-by-backlog':
    'SYN 队列受 accept 队列上限约束；tcp_max_syn_backlog 只在没有 SYN cookie 时起作用。',
  'syn-queue-holds-one-more': 'SYN 队列超过 accept 队列上限才算满：可容纳“上限 + 1”个。',
  'syn-refused-at-three-quarters':
    '没有 SYN cookie 时，tcp_max_syn_backlog 的剩余不足四分之一就拒绝 SYN。',
  'every-dropped-syn-counted': '监听套接字无论因何丢弃一个 SYN，ListenDrops 都加一。',
  'overflow-is-also-drop': '使 ListenOverflows 加一的，也使 ListenDrops 加一。',
  'cookies-no-longer-drops': '以 SYN cookie 应答的 SYN 不再计入 ListenDrops。',
  'cookies-always': 'tcp_syncookies 为 2 时，每个 SYN 都以 cookie 应答，因此 SYN 队列始终为空。',
  'initial-rto-one-second': '没有应答的 SYN 或 SYN-ACK，第一次重传在 1 秒之后，而不是 3 秒。',
  'linear-syn-timeouts': 'SYN 的前 tcp_syn_linear_timeouts 次重传间隔相等。',
  'connect-give-up-follows-initial-rto':
    'connect(2) 放弃的时间按真实的首次超时计算，而不是按 200 毫秒。',
  'connect-give-up-follows-initial-rto-again': 'connect(2) 不再像 5.1 到 5.3 那样提前放弃。',
  'rto-max-configurable': 'tcp_rto_max_ms 限制重传间隔的上限（默认 120 秒）。',
  'somaxconn-default-4096': 'net.core.somaxconn 默认为 4096。',
  'somaxconn-visible-in-user-namespaces': '在 user namespace 中可以读写 net.core.somaxconn。',
};
