/** Incidents: their figures, the load, and the chain from an error to its cause. */
import type { SentencePattern } from './translated.ts';

export const INCIDENT_SENTENCES: readonly SentencePattern[] = [
  [
    /^the fault shows what the document describes, and the remedy ends it under the same load$/,
    '有故障时出现文档描述的症状，同样负载下修复后症状消失',
  ],
  [/^([a-z-]+) \(clients (\d+), (.+)\)$/, '$1（$2 个客户端，{3}）'],
  [
    /^clients (\d+), path ([^ ]+), connect timeout ([^ ]+), read timeout ([^ ]+)$/,
    '$1 个客户端，路径 $2，连接超时 $3，读超时 $4',
  ],
  [
    /^path ([^ ]+), connect timeout ([^ ]+), read timeout ([^ ]+)$/,
    '路径 $1，连接超时 $2，读超时 $3',
  ],
  [/^requests answered$/, '得到应答的请求'],
  [/^connect timeouts$/, '连接超时'],
  [/^read timeouts$/, '读超时'],
  [/^places$/, '位置'],
  [/^answered$/, '得到应答'],
  [/^requests that ended with a connect timeout$/, '以连接超时告终的请求'],
  [/^requests that ended with a read timeout$/, '以读超时告终的请求'],
  [/^of these, requests that the server had not got by then$/, '其中服务器当时还没有得到的请求'],
  [
    /^handshakes whose final ACK was dropped by a full queue$/,
    '最后的 ACK 因队列已满而被丢弃的握手',
  ],
  [
    /^How large acceptCount must be for ten clients and two workers$/,
    '十个客户端、两个工作线程时，acceptCount 需要多大',
  ],
  [/^request (\d+) \((.+?)\): a connect timeout after (.+)$/, '请求 $1（批次 $2）：$3 后连接超时'],
  [/^request (\d+) \((.+?)\): a read timeout after (.+)$/, '请求 $1（批次 $2）：$3 后读超时'],
  [
    /^connection (\d+) \((.+?)\) from ([^ ]+) port (\d+): (.+)$/,
    '连接 $1（批次 $2），来自 $3 端口 $4：{5}',
  ],
  [/^given up after (.+) by the client’s own timer$/, '$1 后因客户端自身定时器而放弃'],
  [/^given up after (.+) by the kernel$/, '$1 后被内核放弃'],
  [/^connected after (.+?), closed by client after (.+)$/, '$1 后连上，$2 后由客户端关闭'],
  [/^connected after (.+?), closed by server after (.+)$/, '$1 后连上，$2 后由服务器关闭'],
  [/^no outcome$/, '没有结果'],
  [/^no packet of it is in the capture$/, '抓包文件中没有它的报文'],
  [/^SYN, never answered$/, 'SYN，始终没有应答'],
  [/^SYN, never answered, again at (.+) s$/, 'SYN，始终没有应答，在 $1 秒重传'],
  [/^(SYN|SYN-ACK), again at (.+) s$/, '$1，在 $2 秒重传'],
  [/^payload of the (client|server)$/, '{1}的载荷'],
  [/^payload of the (client|server), again at (.+) s$/, '{1}的载荷，在 $2 秒重传'],
  [/^(RST|FIN) of the (client|server)$/, '{2}的 $1'],
  [/^client$/, '客户端'],
  [
    /^the server program never had this connection, and never saw request (\d+)$/,
    '服务器程序从未有过这个连接，也从未见过请求 $1',
  ],
  [/^the server program never had this connection$/, '服务器程序从未有过这个连接'],
  [
    /^the server program accepted it, and never saw request (\d+)$/,
    '服务器程序 accept 了它，但从未见过请求 $1',
  ],
  [
    /^the server program accepted it, and saw request (\d+) (.+) after it was begun$/,
    '服务器程序 accept 了它，在请求 $1 开始 $2 后见到',
  ],
  [
    /^(when its .+): places taken in the accept queue of (\d+): (.+)$/,
    '{1}，accept 队列 $2 个位置中已占用：{3}',
  ],
  [
    /^(when its .+): ListenOverflows rose by (\d+) within (.+)$/,
    '{1}，ListenOverflows 在 $3 内增加 $2',
  ],
  [/^when its SYN was refused$/, '其 SYN 被拒绝时'],
  [/^when its SYN-ACK had to be repeated$/, '不得不重传其 SYN-ACK 时'],
  [/^(\d+) \(([\d.]+ m?s) before\), (\d+) \(([\d.]+ m?s) after\)$/, '$1（$2 之前），$3（$4 之后）'],
  [/^(\d+) \(([\d.]+ m?s) before\)$/, '$1（$2 之前）'],
  [/^(\d+) \(([\d.]+ m?s) after\)$/, '$1（$2 之后）'],
  [
    /^in the whole run ListenOverflows rose by (\d+) and ListenDrops by (\d+)$/,
    '整次运行中 ListenOverflows 增加 $1，ListenDrops 增加 $2',
  ],
];
