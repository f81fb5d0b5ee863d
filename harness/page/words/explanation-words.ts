import type { OverflowExplanation, Span } from '../../report/page/overflow-explanation.ts';

/** Why some clients timed out: each function makes a paragraph of what the evidence has. */
export interface ExplanationWords {
  readonly title: (overflow: OverflowExplanation) => string;
  readonly queue: string;
  readonly places: (overflow: OverflowExplanation) => string;
  readonly refusal: (overflow: OverflowExplanation) => string;
  readonly end: (overflow: OverflowExplanation) => string;
  /** Beside the drawing of the queue. */
  readonly drawing: (overflow: OverflowExplanation) => string;
  readonly client: (number: number) => string;
  readonly noPlace: string;
  /** Of a refused SYN in a ladder. */
  readonly ignored: (places: number) => string;
}

/** At most so many repetitions are told one by one. */
const MOST_TIMES = 6;

const seconds = (ms: number): string => `${Number((ms / 1_000).toFixed(2))}`;

function spanText([least, most]: Span, to: string): string {
  const [from, until] = [seconds(least), seconds(most)];
  return from === until ? from : `${from}${to}${until}`;
}

const timesOf = ({ repeatedAfterMs }: OverflowExplanation, to: string): readonly string[] =>
  repeatedAfterMs.length > MOST_TIMES ? [] : repeatedAfterMs.map((span) => spanText(span, to));

const who = ({ count, numbers }: OverflowExplanation['refused']): string =>
  `${count === 1 ? 'client' : 'clients'} ${numbers}`;

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

const listed = (texts: readonly string[], and: string, comma: string): string =>
  texts.length < 2
    ? texts.join('')
    : `${texts.slice(0, -1).join(comma)}${and}${texts[texts.length - 1]}`;

function placesInEnglish({ backlog, somaxconn, limit, places }: OverflowExplanation): string {
  const why = `because the kernel calls the queue full only when more than ${limit} wait in it.`;
  return backlog > somaxconn
    ? `The program asked for a backlog of ${backlog}, but somaxconn, a kernel setting that caps every backlog, is ${somaxconn}. This limit makes ${places} places, one more, ${why}`
    : `The program asked for a backlog of ${backlog}. That makes ${places} places, one more, ${why} (somaxconn, a kernel setting that caps every backlog, is ${somaxconn} and does not matter here.)`;
}

function repetitionInEnglish(overflow: OverflowExplanation): string {
  const [least, most] = overflow.syns;
  const one = overflow.refused.count === 1;
  if (most < 2) return `No second SYN was due before ${one ? 'it' : 'they'} gave up.`;
  const times = timesOf(overflow, ' to ');
  const when =
    times.length === 0
      ? `${least === most ? least : `${least} to ${most}`} times in all`
      : `after ${listed(times, ' and ', ', ')} s`;
  return one
    ? `With no answer, the client's kernel sent the SYN again ${when}; still nothing was free.`
    : `With no answer, each client's kernel sent its SYN again ${when}; still nothing was free.`;
}

export const EXPLANATION_EN: ExplanationWords = {
  title: ({ refused, waiting }) => `Why ${who(refused)} timed out, and ${who(waiting)} did not`,
  queue:
    "The server's kernel completes handshakes by itself, without asking the program. It keeps the finished connections in the accept queue until the program takes them out with accept(). This program never does: from outside, a server that is too busy looks just like it.",
  places: placesInEnglish,
  refusal: ({ waiting, refused, places, arrivedAs, clients }) => {
    const [came, late, it] =
      refused.count === 1
        ? [
            `The SYN of client ${refused.numbers} arrived as number ${arrivedAs} of ${clients}`,
            'It lost by coming late: had its SYN come earlier, another client would be left over.',
            'it',
          ]
        : [
            `The SYNs of clients ${refused.numbers} arrived as numbers ${arrivedAs} of ${clients}`,
            'They lost by coming late: had their SYNs come earlier, others would be left over.',
            'them',
          ];
    return `${capital(who(waiting))} took the ${places} places. ${came}, when every place was taken, and the kernel refused ${it}. Refused means here: dropped in silence. No SYN-ACK comes back and no error (RST) either, as if the network had swallowed the SYN. ${late}`;
  },
  end: (overflow) => {
    const { refused, gaveUpBy, gaveUpAfterMs, overflows } = overflow;
    const after = spanText(gaveUpAfterMs, ' to ');
    const [program, its] = refused.count === 1 ? ['program', 'its'] : ['programs', 'their'];
    const gaveUp =
      gaveUpBy === 'kernel'
        ? `After ${after} s the kernel gave up (ETIMEDOUT).`
        : `After ${after} s the client ${program} gave up: that was ${its} own connect timeout.`;
    const counted =
      overflows === 1
        ? "The server's kernel counted the refused SYN: ListenOverflows rose by 1."
        : `The server's kernel counted every refused SYN: ListenOverflows rose by ${overflows}.`;
    return `${repetitionInEnglish(overflow)} ${gaveUp} ${counted}`;
  },
  drawing: ({ places }) => `accept queue, ${places} places:`,
  client: (number) => `client ${number}`,
  noPlace: 'no place:',
  ignored: (places) => `refused: the accept queue is full (${places} of ${places})`,
};

function placesInChinese({ backlog, somaxconn, limit, places }: OverflowExplanation): string {
  const why = `位置却有 ${places} 个，多一个：队列里多于 ${limit} 个时，内核才算它已满。`;
  return backlog > somaxconn
    ? `程序要求的 backlog 是 ${backlog}，但 somaxconn（内核设置，封顶每一个 backlog）是 ${somaxconn}，这才是上限。${why}`
    : `程序要求的 backlog 是 ${backlog}。${why}（somaxconn 是封顶每一个 backlog 的内核设置，这里是 ${somaxconn}，不起作用。）`;
}

function repetitionInChinese(overflow: OverflowExplanation): string {
  const [least, most] = overflow.syns;
  if (most < 2) return '放弃之前还没到重传 SYN 的时刻。';
  const times = timesOf(overflow, ' 至 ');
  const when =
    times.length === 0
      ? `（每个客户端共 ${least === most ? least : `${least} 至 ${most}`} 个 SYN）`
      : `，在 ${listed(times, ' 和 ', '、')} 秒后`;
  return `没有应答，客户端的内核就重传 SYN${when}；仍然没有空位。`;
}

export const EXPLANATION_ZH: ExplanationWords = {
  title: ({ refused, waiting }) =>
    `为什么客户端 ${refused.numbers} 超时，而客户端 ${waiting.numbers} 没有`,
  queue:
    '握手由服务器的内核自己完成，不问程序。完成的连接放在 accept 队列（全连接队列）里，等程序用 accept() 取走。这个程序从不去取；从外面看，一个忙不过来的服务器正是这样。',
  places: placesInChinese,
  refusal: ({ waiting, refused, places, arrivedAs, clients }) => {
    const it = refused.count === 1 ? '它' : '它们';
    return `客户端 ${waiting.numbers} 占了这 ${places} 个位置。客户端 ${refused.numbers} 的 SYN 第 ${arrivedAs} 个到达（共 ${clients} 个），那时已没有空位，内核拒绝了${it}。“拒绝”在这里的意思是不声不响地丢弃：既没有 SYN-ACK，也没有报错（RST），就像 SYN 在网络上丢了一样。${it}输在到得晚：要是早到一些，落选的就是别的客户端。`;
  },
  end: (overflow) => {
    const { gaveUpBy, gaveUpAfterMs, overflows } = overflow;
    const after = spanText(gaveUpAfterMs, ' 至 ');
    const gaveUp =
      gaveUpBy === 'kernel'
        ? `${after} 秒后内核放弃（ETIMEDOUT）。`
        : `${after} 秒后客户端程序放弃：这是它自己的连接超时。`;
    return `${repetitionInChinese(overflow)}${gaveUp}服务器的内核为每个被拒绝的 SYN 计数：ListenOverflows 增加 ${overflows}。`;
  },
  drawing: ({ places }) => `accept 队列，${places} 个位置：`,
  client: (number) => `客户端 ${number}`,
  noPlace: '没有位置：',
  ignored: (places) => `被拒绝：accept 队列已满（${places}/${places}）`,
};
