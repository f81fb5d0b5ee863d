import { CHINESE_CLAIMS } from '../../report/chinese/claims.ts';
import { CHINESE_LADDER } from '../../report/chinese/ladder.ts';
import { CHINESE_RULES } from '../../report/chinese/rules.ts';
import { CHINESE_FIRST_STEPS } from './chinese-first-steps.ts';
import { CHINESE_LATER_STEPS } from './chinese-later-steps.ts';
import { CHINESE_TIMELINE, chineseCounter } from './chinese-report.ts';
import type { DemoTexts, EndWords, KeyWords, PageWords, PlainWords, ResultWords } from './texts.ts';

const page: PageWords = {
  demo: 'backlog-lab 演示',
  stepOf: (step, steps, title) => `第 ${step} 步（共 ${steps} 步）：${title}`,
  screenOf: (screen, screens) => `第 ${screen}/${screens} 屏`,
  heading: (title, place) => (place === undefined ? `${title}。` : `${title}，${place}。`),
  resultTitle: '实际结果',
  more: '下一屏继续',
  pictureOf: { beginning: '实验开始时的情形', later: '问题所指那一刻的情形' },
  question: '问题',
  chooseNow: '按 1、2 或 3 回答，或者按 n 直接看结果。',
  running: (scenario, kernel) => `正在本机内核 ${kernel} 上运行 ${scenario}。`,
  elapsed: (seconds) => `已用 ${seconds} 秒；需要多久由内核的定时器决定。`,
  cancelHint: '按 p 结束运行并返回。',
  stopping: '正在结束运行，不会留下任何东西。',
};

const result: ResultWords = {
  youSaid: (choice) => `你的回答：${choice}。`,
  right: '正是如此。',
  wrong: '实际并非如此。',
  kernelDid: (kernel, choice) => `Linux ${kernel} 的实际行为：${choice}。`,
  soSay: (witnesses) => `证据来源：${witnesses.join('、')}。`,
  witness: {
    clients: '客户端',
    packets: '报文',
    counters: '计数器',
    sockets: '套接字表',
    server: '服务器程序',
    trace: '内核跟踪',
  },
  undecided: '证据无法回答这个问题，因为各方证据不一致：',
  saysChoice: (witness, choice) => `${witness}：${choice}`,
  somethingElse: '以上都不是',
  noStatement: '无法判断',
  otherwise: (expected) =>
    `本页原本预期的是：${expected}。以这个内核的实际行为为准；原因见本步末尾文档一栏所列的规则。`,
  expectedBecause: '本页如此预期的理由：',
  inconclusive: (reason) => `注意，这次运行不能证明任何结论：${reason}`,
  tally: ({ connected, timedOut, refused, reset, fooled, closedByServer }) => {
    const parts: readonly (readonly [number, string])[] = [
      [connected, `${connected} 次成功`],
      [fooled, `其中 ${fooled} 次被骗（服务器没有该连接）`],
      [reset, `其中 ${reset} 次随后被重置`],
      [closedByServer, `其中 ${closedByServer} 次被服务器关闭`],
      [timedOut, `${timedOut} 次超时`],
      [refused, `${refused} 次被拒绝`],
    ];
    const said = parts.filter(([number]) => number > 0).map(([, words]) => words);
    return `连接尝试：${said.join('，')}。`;
  },
  ladderTitle: (client) => `客户端 ${client} 的报文（单位：秒；左为客户端，右为服务器）`,
  timelineTitle: 'accept 队列长度随时间的变化（从第一个客户端开始，单位：秒）',
  queuesTitle: '运行结束时的两个队列',
  countersTitle: '内核计数器及其增量',
  counterMissing: '未知',
  counterMeaning: (host, counter) => chineseCounter(host, counter) ?? '',
  documentsTitle: '文档的说法与判定',
  verdict: {
    confirmed: '证实 CONFIRMED',
    outdated: '过时 OUTDATED',
    contradicted: '不符 CONTRADICTED',
    inconclusive: '无法判定 INCONCLUSIVE',
  },
  documentSays: '文档说法',
  measured: '实测',
  rule: (statement, since, commit) =>
    `${statement}（Linux ${since} 起${commit === null ? '' : `，提交 ${commit}`}）`,
  notTested: (claims) => `以这些参数未检验的说法：${claims.join('、')}`,
  besides: (claims) => `同时检验了：${claims.join('、')}`,
  beside: (id, verdict, step) =>
    `${id} ${verdict}${step === undefined ? '' : `（见第 ${step} 步）`}`,
  quotesFindings: false,
  ofThisStep: (verdict) => `本步所涉说法的判定：${verdict}`,
  otherNumbers: (backlog, clients) =>
    `换成你选的参数，结果有所不同。下面讲的是 backlog 为 ${backlog}、客户端为 ${clients} 个时的情形：`,
  again: '单独重做这次运行：',
  failed: (message) => `没有结果。${message}`,
  remedy: (remedy) => `解决办法：${remedy}。按 e 换一组参数，按 r 重试。`,
};

const end: EndWords = {
  title: '演示结束',
  introduction: '这个内核在每一步的行为，以及对文档说法的判定：',
  notRun: '未运行',
  line: (title, did, verdict) => `${title}：${did}。${verdict}`,
  left: (step, steps, runs) =>
    `已退出演示：停在第 ${step} 步（共 ${steps} 步），完成了 ${runs} 次运行，没有留下任何东西。`,
  goOn: (command) => `从这里继续：${command}`,
  next: [
    '检验你自己的服务器：npm run repro -- --server-command COMMAND --port PORT',
    '检验全部文档说法：npm run repro -- verify',
    '练习：WORKSHOP.zh.md',
  ],
};

const keys: KeyWords = {
  helpTitle: '按键',
  help: [
    ['n、右方向键、回车', '下一屏；开始运行本步的实验'],
    ['p、左方向键', '返回；结束正在进行的运行'],
    ['1、2、3（或 a、b、c）', '回答问题并开始运行'],
    ['r', '重做本步的运行'],
    ['e', '换一组 backlog 和客户端数量再运行'],
    ['g', '跳到另一步'],
    ['l', '切换语言（English）'],
    ['?', '本页'],
    ['q、Ctrl-C', '随时退出，不留下任何东西'],
  ],
  introduction: 'n 下一屏  p 返回  1-3 回答  e 换参数  g 跳转  l English  ? 帮助  q 退出',
  running: 'p 结束运行  l English  ? 帮助  q 退出',
  result: 'n 下一屏  p 返回  r 重做  e 换参数  g 跳转  l English  ? 帮助  q 退出',
  end: 'p 返回  g 跳转  l English  ? 帮助  q 退出',
  helpPage: '按任意键返回  q 退出',
  ask: '回车确认  Esc 返回  q 退出',
};

const HOSTS = { server: '服务器', client: '客户端' } as const;

const plain: PlainWords = {
  segment: ({ from, what, bytes, retransmission, fate }, seconds) => {
    const other = from === 'client' ? 'server' : 'client';
    const thing = bytes === undefined ? CHINESE_LADDER.what(what) : CHINESE_LADDER.bytes(bytes);
    const ends = {
      taken: '',
      refused: '它被拒绝：没有任何回应。',
      dropped: '它被丢弃：队列已满。',
    };
    const verb = retransmission ? '重传' : '发送';
    return `${seconds} 秒：${HOSTS[from]}向${HOSTS[other]}${verb} ${thing}。${ends[fate]}`;
  },
  note: (atServer, says, seconds) =>
    `${seconds} 秒，${HOSTS[atServer ? 'server' : 'client']}：${CHINESE_LADDER.note(says)}。`,
  level: (length, seconds) =>
    seconds === null
      ? `第一个客户端到来之前，accept 队列中有 ${length} 个连接。`
      : `从 ${seconds} 秒起，accept 队列中有 ${length} 个连接。`,
  refusals: ({ syns, clients, each }, firstSeconds, lastSeconds) => {
    const when =
      firstSeconds === lastSeconds
        ? `在 ${firstSeconds} 秒处`
        : `从 ${firstSeconds} 秒到 ${lastSeconds} 秒`;
    const whose = each === undefined || clients === 1 ? '' : `，每个客户端 ${each} 个`;
    return `${when}，${clients} 个客户端共有 ${syns} 个 SYN 被拒绝${whose}。`;
  },
  counter: (host, counter, by, meaning) =>
    `${meaning}：${by === '0' ? '没有增加' : `增加了 ${by}`}（${HOSTS[host]}的 ${counter}）。`,
};

export const CHINESE: DemoTexts = {
  steps: { ...CHINESE_FIRST_STEPS, ...CHINESE_LATER_STEPS },
  page,
  queues: {
    client: '客户端',
    program: '程序',
    synQueue: 'SYN 队列',
    acceptQueue: 'accept 队列',
    requests: '已回复，尚无 ACK',
    connections: '握手已完成',
    held: (length) => `${length ?? '?'} 个等待`,
    heldOf: (length, places = Infinity) => {
      if (places === Infinity) return `${length}/?`;
      return length >= places ? `${length}/${places}，已满` : `${length}/${places}`;
    },
    sentence: (synQueue, acceptQueue, places) =>
      `SYN 队列中有 ${synQueue ?? '未知数量的'} 个请求，accept 队列中有 ${acceptQueue} 个连接，${places === undefined ? '最多能容纳多少个正是要问的' : `最多容纳 ${places} 个`}。`,
  },
  result,
  end,
  ask: {
    title: '换一组参数运行本步的实验',
    backlog: (now, most) => `backlog，1 到 ${most}（现在是 ${now}）`,
    clients: (now, most) => `客户端数量，1 到 ${most}（现在是 ${now}）`,
    outOfRange: (most) => `必须是 1 到 ${most} 之间的整数。`,
    hint: '输入数字后按回车；直接按回车则保持不变。',
    jumpTitle: '跳到哪一步？',
    jump: '步骤',
    jumpOutOfRange: (steps) => `步骤的范围是 1 到 ${steps}。`,
  },
  keys,
  plain,
  ladder: CHINESE_LADDER,
  timeline: CHINESE_TIMELINE,
  claim: (id, statement) => CHINESE_CLAIMS[id] ?? statement,
  kernelRule: (id, statement) => CHINESE_RULES[id] ?? statement,
};
