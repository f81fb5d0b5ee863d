import { chineseStepName } from './chinese-step-names.ts';
import type { LiveClient } from './live-clients.ts';

export const LIVE_LANGUAGES = ['en', 'zh'] as const;
export type LiveLanguage = (typeof LIVE_LANGUAGES)[number];

/** Every word of the live view. */
export interface LiveTexts {
  readonly elapsed: (seconds: string) => string;
  readonly step: (number: number, of: number) => string;
  /** What the inside part calls a step, in this language. */
  readonly stepName: (name: string) => string;
  readonly starting: string;
  readonly acceptQueue: string;
  readonly synQueue: string;
  readonly of: (length: number, capacity: number) => string;
  readonly full: string;
  /** A capacity that nobody has measured. */
  readonly predicted: string;
  readonly notSeen: string;
  readonly clients: (number: number) => string;
  readonly states: Readonly<Record<LiveClient, string>>;
  readonly oneDot: (clients: number) => string;
  readonly counters: string;
  readonly accepted: string;
  readonly packets: (number: number) => string;
  readonly packetsSeen: string;
  readonly noPackets: string;
  /** Where evidence leaves the sandbox only when the run is over. */
  readonly atTheEnd: string;
  readonly stop: string;
}

const ENGLISH: LiveTexts = {
  elapsed: (seconds) => `${seconds} s`,
  step: (number, of) => `step ${number} of ${of}:`,
  stepName: (name) => name,
  starting: 'starting',
  acceptQueue: 'accept queue',
  synQueue: 'SYN queue',
  of: (length, capacity) => `${length} of ${capacity}`,
  full: 'full',
  predicted: 'predicted',
  notSeen: 'not seen yet',
  clients: (number) => `${number} ${number === 1 ? 'client' : 'clients'}`,
  states: {
    unknown: 'to come',
    waiting: 'waiting',
    connected: 'connected',
    closed: 'closed',
    'timed-out': 'timed out',
    refused: 'refused',
    reset: 'reset',
    failed: 'failed',
  },
  oneDot: (clients) => `one dot: ${clients} clients, in the state of most of them`,
  counters: 'server',
  accepted: 'accepted',
  packets: (number) =>
    `${number} ${number === 1 ? 'packet' : 'packets'}, the last below (seconds since the first)`,
  packetsSeen: 'packets',
  noPackets: 'no packets yet',
  atTheEnd:
    'This sandbox hands its evidence over when the run is over: until then only its steps show.',
  stop: 'Ctrl-C stops',
};

const CHINESE: LiveTexts = {
  elapsed: (seconds) => `${seconds} 秒`,
  step: (number, of) => `第 ${number}/${of} 步：`,
  stepName: chineseStepName,
  starting: '正在启动',
  acceptQueue: 'accept 队列',
  synQueue: 'SYN 队列',
  of: (length, capacity) => `${length} / ${capacity}`,
  full: '已满',
  predicted: '预测值',
  notSeen: '尚无数据',
  clients: (number) => `${number} 个客户端`,
  states: {
    unknown: '未开始',
    waiting: '等待中',
    connected: '已连接',
    closed: '已关闭',
    'timed-out': '超时',
    refused: '被拒绝',
    reset: '被重置',
    failed: '本机失败',
  },
  oneDot: (clients) => `每个点代表 ${clients} 个客户端，显示其中多数的状态`,
  counters: '服务器',
  accepted: '已 accept',
  packets: (number) => `共 ${number} 个报文，最近的如下（时间为距首个报文的秒数）`,
  packetsSeen: '报文',
  noPackets: '尚未抓到报文',
  atTheEnd: '这种沙箱在运行结束后才交出证据，此前只能显示步骤。',
  stop: 'Ctrl-C 停止',
};

export const LIVE_TEXTS: Readonly<Record<LiveLanguage, LiveTexts>> = { en: ENGLISH, zh: CHINESE };
