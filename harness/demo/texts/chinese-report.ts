/** In Chinese: what ladders, timelines and tables of counters say. */
import type { Host } from '../../domain/tcp.ts';
import type { LadderWords } from '../../report/ladder-text.ts';
import type { TimelineWords } from '../../report/timeline-text.ts';

/** What report/ladder.ts notes, as patterns; $1 is what the note says of this run. */
const NOTES: readonly (readonly [note: RegExp, chinese: string])[] = [
  [/^forgets it, says nothing$/, '忘掉该请求，不发报文'],
  [/^connected; the gate holds its ACK back$/, '已连接；ACK 被闸门拦住'],
  [/^connected$/, '已连接'],
  [/^the kernel gives up: ETIMEDOUT$/, '内核放弃：ETIMEDOUT'],
  [/^gives up after (.+): its own timer$/, '$1 后放弃：自己的定时器到期'],
  [/^connection refused$/, '连接被拒绝'],
  [/^connection reset$/, '连接被重置'],
  [/^failed: (.+)$/, '失败：$1'],
  [/^no byte came: its read timed out$/, '没有收到任何数据：读超时'],
  [/^connection reset by peer$/, '连接被对端重置'],
  [/^closed by the server$/, '被服务器关闭'],
  [/^closes$/, '关闭连接'],
];

/** Undefined for a note that is not known here. */
export function chineseNote(says: string): string | undefined {
  const found = NOTES.find(([note]) => note.test(says));
  return found === undefined ? undefined : says.replace(found[0], found[1]);
}

const WHAT: Readonly<Record<Parameters<LadderWords['what']>[0], string>> = {
  SYN: 'SYN',
  'SYN-ACK': 'SYN-ACK',
  ACK: 'ACK',
  'keepalive probe': 'keepalive 探测',
  data: '数据',
  FIN: 'FIN',
  RST: 'RST',
};

export const CHINESE_LADDER: LadderWords = {
  what: (what) => WHAT[what],
  bytes: (bytes) => `${bytes} 字节`,
  again: (label) => `重传 ${label}`,
  refused: '被拒绝：没有任何回应',
  dropped: '被丢弃：队列已满',
  more: (rows) => `省略 ${rows} 行`,
  note: (says) => chineseNote(says) ?? says,
};

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
