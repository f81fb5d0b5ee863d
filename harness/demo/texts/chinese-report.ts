/** In Chinese: what timelines and tables of counters say. */
import type { Host } from '../../domain/tcp.ts';
import type { TimelineWords } from '../../report/timeline-text.ts';

export const CHINESE_TIMELINE: TimelineWords = {
  synQueue: 'SYN 队列',
  atMost: (length) => `最多 ${length}`,
  refusedSyns: (syns) => `${syns} 个 SYN 被拒绝`,
  fullAt: (capacities) => `满：${capacities.join('，之后 ')}`,
};

const COUNTERS: Readonly<Record<string, string | Readonly<Record<Host, string>>>> = {
  ListenOverflows: '遇到 accept 队列已满的报文（SYN 或最后的 ACK）',
  ListenDrops: '监听套接字因任何原因丢弃的报文',
  TCPReqQFullDrop: '因 SYN 队列已满而丢弃的 SYN',
  TCPReqQFullDoCookies: '决定用 cookie 应答的 SYN；实际发出的数量见 SyncookiesSent',
  SyncookiesSent: '带 cookie 的 SYN-ACK，服务器不为其保存状态',
  PassiveOpens: '在 accept 队列中得到位置的连接',
  ActiveOpens: '发出了 SYN 的 connect(2) 调用',
  TCPSynRetrans: {
    server: '因没有有效 ACK 而重传的 SYN-ACK',
    client: '因没有 SYN-ACK 而重传的 SYN',
  },
  TCPTimeouts: '到期的 SYN-ACK 定时器；最后一次之后请求被忘掉',
  EmbryonicRsts: '被 RST 终止的半连接',
  OutRsts: '发出的 RST',
};

export function chineseCounter(host: Host, counter: string): string | undefined {
  const meaning = COUNTERS[counter];
  return typeof meaning === 'string' ? meaning : meaning?.[host];
}
