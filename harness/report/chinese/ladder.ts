/** The ladder in Chinese. */
import type { DrawingWords, LadderSegment } from '../ladder-words.ts';
import { type SentencePattern, translated } from './translated.ts';

/** What report/ladder.ts notes. */
export const NOTE_SENTENCES: readonly SentencePattern[] = [
  [/^connected$/, '已连接'],
  [/^connected; the gate holds its ACK back$/, '已连接；闸门扣下了它的 ACK'],
  [
    /^its program gives up after (.+): its own connect timeout$/,
    '客户端程序在 $1 后放弃：自身的连接超时',
  ],
  [/^the kernel gives up: ETIMEDOUT$/, '内核放弃：ETIMEDOUT'],
  [/^connection refused$/, '连接被拒绝'],
  [/^connection reset$/, '连接被重置'],
  [/^connection reset by peer$/, '连接被对端重置'],
  [/^closed by the server$/, '被服务器关闭'],
  [/^closes$/, '主动关闭'],
  [/^no byte came: its read timed out$/, '没有收到任何字节：读超时'],
  [/^forgets it, says nothing$/, '忘掉该请求，什么也不发'],
  [/^failed: (.+)$/, '失败：$1'],
];

const WHAT: Readonly<Record<LadderSegment['what'], string>> = {
  SYN: 'SYN',
  'SYN-ACK': 'SYN-ACK',
  ACK: 'ACK',
  'keepalive probe': 'keepalive 探测',
  data: '数据',
  FIN: 'FIN',
  RST: 'RST',
};

const HOSTS: Readonly<Record<LadderSegment['from'], string>> = {
  client: '客户端',
  server: '服务器',
};

export const CHINESE_LADDER: DrawingWords = {
  what: (what) => WHAT[what],
  bytes: (bytes) => `${bytes} 字节`,
  again: (label) => `重传 ${label}`,
  refused: '被拒绝：没有任何应答',
  dropped: '被丢弃：队列已满',
  more: (rows) => `省略 ${rows} 行`,
  note: (says) => translated(says, NOTE_SENTENCES) ?? says,
  refusedByFullQueue: '被拒绝：accept 队列已满',
  refusalMeans: '被拒绝：没有应答，也没有错误；客户端的内核会重传 SYN',
  language: 'zh-CN',
  title: (client) => `客户端 ${client} 的报文`,
  titleOfText: (client) =>
    `客户端 ${client} 的报文（距其第一个 SYN 的秒数；左为客户端，右为服务器）`,
  seconds: '距其第一个 SYN 的秒数',
  describes: '时间为距其第一个 SYN 的秒数；叉号表示服务器没有接受该报文段',
  client: (client) => `客户端 ${client}`,
  server: '服务器',
  port: (address, port) => `${address} 端口 ${port}`,
  pass: (time) => `过了 ${time}`,
  tellMore: (rows) => `省略 ${rows} 行。`,
  tellNote: (at, who, says) => `${at} 秒，${HOSTS[who]}：${says}。`,
  tellSegment: (at, who, label, fate) =>
    `${at} 秒，${HOSTS[who]}：${label}${fate === undefined ? '' : `，${fate}`}。`,
};
