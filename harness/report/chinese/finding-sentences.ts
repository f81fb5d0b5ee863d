/** What documents say and what was measured: the values in which claims are decided. */
import type { SentencePattern } from './translated.ts';

export const FINDING_SENTENCES: readonly SentencePattern[] = [
  [/^backlog (\d+) holds (\d+) \+ 1 connections$/, 'backlog $1 可容纳 $2 + 1 个连接'],
  [
    /^client (\d+): its handshake completes, the SYN-ACK is repeated$/,
    '客户端 $1 完成握手，SYN-ACK 重传',
  ],
  [
    /^min\(backlog (\d+), somaxconn\) is the limit, so (\d+) connections wait$/,
    '上限为 min(backlog $1, somaxconn)，因此 $2 个连接等待',
  ],
  [
    /^min\((\d+), somaxconn\) = (\d+) is the limit, so (\d+) connections wait$/,
    '上限为 min($1, somaxconn) = $2，因此 $3 个连接等待',
  ],
  [
    /^ListenOverflows and ListenDrops each grow by one for each of (\d+) refused SYNs$/,
    '$1 个被拒绝的 SYN，每个使 ListenOverflows 和 ListenDrops 各加一',
  ],
  [
    /^an overflow of the accept queue counts in ListenOverflows alone$/,
    'accept 队列溢出只计入 ListenOverflows',
  ],
  [
    /^an overflow of the accept queue counts in ListenDrops, too$/,
    'accept 队列溢出也计入 ListenDrops',
  ],
  [/^(\d+) figures predicted for kernel (.+)$/, '为内核 $2 预测了 $1 个数值'],
  [/^all (\d+) measured as predicted$/, '$1 个数值的实测都与预测一致'],
  [/^its SYN is refused$/, '其 SYN 被拒绝'],
  [/^(\d+) per refused SYN$/, '每个被拒绝的 SYN 计 $1 次'],
  [
    /^a limit of (\d+) becomes (\d+): places for (\d+) of (\d+) clients$/,
    '上限 $1 变成 $2：$4 个客户端中 $3 个有位置',
  ],
  [/^places for (\d+) of (\d+) clients$/, '$2 个客户端中 $1 个有位置'],
  [
    /^(\d+) clients come to a full queue: all get in, those that were refused when their SYN is repeated$/,
    '$1 个客户端遇到已满的队列：全部进来，被拒绝的在重传 SYN 时进来',
  ],
  [
    /^all get in, those that were refused when their SYN is repeated$/,
    '全部进来，被拒绝的在重传 SYN 时进来',
  ],
  [
    /^clients that are refused fail with a timeout \(ETIMEDOUT, 110\)$/,
    '被拒绝的客户端以超时告终（ETIMEDOUT，110）',
  ],
  [
    /^refused clients time out, by their own timer or, left to it, by the kernel$/,
    '被拒绝的客户端超时：由自身定时器，或者交给内核时由内核',
  ],
  [
    /^an accept queue of (\d+) places overflows although the server accepts, only too slowly$/,
    '有 $1 个位置的 accept 队列溢出：服务器在 accept，只是太慢',
  ],
  [/^overflows although the server accepts$/, '服务器在 accept，队列仍溢出'],
  [
    /^some clients time out connecting, and nobody answers their SYN$/,
    '有的客户端连接超时，其 SYN 无人应答',
  ],
  [
    /^a limit of (\d+) \(Send-Q of its listener\) makes (\d+) places$/,
    '上限 $1（其监听套接字的 Send-Q）即 $2 个位置',
  ],
  [
    /^of (\d+) clients (\d+) find no place and are not answered$/,
    '$1 个客户端中 $2 个没有位置，得不到应答',
  ],
  [/^the first SYN of (\d+) clients was not answered$/, '$1 个客户端的第一个 SYN 没有得到应答'],
  [
    /^(\d+) ms are too short for a second SYN, (\d+) ms are not$/,
    '$1 毫秒等不到第二个 SYN，$2 毫秒等得到',
  ],
  [
    /^short ones fail, long ones connect when their SYN is repeated$/,
    '超时短的失败，超时长的在重传 SYN 时连上',
  ],
  [/^cap (\d+): (\d+) stay, (\d+) are closed$/, '上限 $1：$2 个留下，$3 个被关闭'],
  [/^(\d+) stay, (\d+) are closed$/, '$1 个留下，$2 个被关闭'],
  [/^cap (\d+): (\d+) stay, the others are closed at once$/, '上限 $1：$2 个留下，其余立刻被关闭'],
  [/^(\d+) stay, the others are closed at once$/, '$1 个留下，其余立刻被关闭'],
  [
    /^limit (\d+); still (\d+) after somaxconn is raised to (\d+); (\d+) after listening again$/,
    '上限 $1；somaxconn 调到 $3 后仍为 $2；再次 listen 后为 $4',
  ],
  [/^the raised limit counts after listening again$/, '再次 listen 后，调大的上限才生效'],
  [/^tcp_abort_on_overflow ([01])$/, 'tcp_abort_on_overflow 为 $1'],
  [/^RST: connection reset by peer$/, 'RST，客户端看到 connection reset by peer'],
  [/^answered with RST$/, '得到的应答是 RST'],
  [/^answered with ACK$/, '得到的应答是 ACK'],
  [/^silence$/, '沉默'],
  [/^silence: times out reading$/, '沉默，读超时'],
  [/^the ACK of a request that finds no place$/, '没有位置的请求，其 ACK'],
  [/^a SYN that finds no place$/, '没有位置的 SYN'],
  [/^an ACK with a SYN cookie that finds no place$/, '没有位置的、带 SYN cookie 的 ACK'],
  [
    /^(\d+) senders to each relay, one of them capped at (\d+)$/,
    '每个中继有 $1 个发送方，其中一个中继的上限为 $2',
  ],
  [/^(\d+) senders to each relay, the cap is (\d+)$/, '每个中继有 $1 个发送方，上限为 $2'],
  [/^the capped relay gets less traffic$/, '有上限的中继得到的流量较少'],
  [/^both relays get the same traffic$/, '两个中继的流量相同'],
  [
    /^one SYN alone is answered, and one of the burst; then two requests are young and SYNs are dropped$/,
    '单独的一个 SYN 得到应答，突发中的一个也得到应答；此后有两个“年轻”请求，SYN 被丢弃',
  ],
  [
    /^SYNs answered: (\d+) alone, (\d+) in the burst$/,
    '得到应答的 SYN：单独的 $1 个，突发中的 $2 个',
  ],
  [
    /^an unanswered SYN is repeated after (.+) s and again after (.+) s$/,
    '没有应答的 SYN 在 $1 秒后重传，再过 $2 秒又重传',
  ],
  [/^repeated after (.+) \.\.\. s$/, '在 $1 …… 秒后重传'],
  [
    /^repeated unanswered, then RST \(which the document takes for the client’s\)$/,
    '重传无人应答，然后是 RST（文档以为是客户端发的）',
  ],
  [/^repeated unanswered, then RST from the server$/, '重传无人应答，然后服务器发 RST'],
  [
    /^(\d+) clients beyond the cap: at least (\d+) times closed, and (\d+) connections$/,
    '超出上限的客户端 $1 个：至少被关闭 $2 次，共 $3 个连接',
  ],
  [/^at least (\d+) times closed, and (\d+) connections$/, '至少被关闭 $1 次，共 $2 个连接'],
  [
    /^(\d+) fooled, SYN-ACK repeated (\d+) times on schedule$/,
    '$1 个被骗，SYN-ACK 按时刻表重传 $2 次',
  ],
  [/^forgotten without RST, the client still believes$/, '请求被忘掉，没有 RST，客户端仍然相信'],
  [/^(roundup_pow_of_two\(.+\)|max\(.+\)) = (\d+) SYNs are held$/, '$1 = $2，即可容纳 $2 个 SYN'],
  [/^a backlog of (\d+) holds (\d+) SYNs$/, 'backlog 为 $1 时可容纳 $2 个 SYN'],
  [
    /^backlog (\d+) and tcp_max_syn_backlog (\d+) hold (\d+) SYNs$/,
    'backlog $1、tcp_max_syn_backlog $2 可容纳 $3 个 SYN',
  ],
  [
    /^tcp_syncookies ([012]): every SYN beyond the SYN queue is dropped$/,
    'tcp_syncookies 为 $1：SYN 队列放不下的 SYN 都被丢弃',
  ],
  [/^every SYN beyond the SYN queue is dropped$/, 'SYN 队列放不下的 SYN 都被丢弃'],
  [
    /^tcp_syncookies ([012]): every SYN beyond the SYN queue is answered with a SYN cookie$/,
    'tcp_syncookies 为 $1：SYN 队列放不下的 SYN 都以 SYN cookie 应答',
  ],
  [
    /^every SYN beyond the SYN queue is answered with a SYN cookie$/,
    'SYN 队列放不下的 SYN 都以 SYN cookie 应答',
  ],
  [
    /^tcp_syncookies ([012]): some SYNs are refused in spite of SYN cookies$/,
    'tcp_syncookies 为 $1：尽管有 SYN cookie，仍有 SYN 被拒绝',
  ],
  [/^some SYNs are refused in spite of SYN cookies$/, '尽管有 SYN cookie，仍有 SYN 被拒绝'],
  [
    /^of (\d+) SYNs for a full SYN queue each counts in ListenDrops, none in ListenOverflows$/,
    'SYN 队列已满时的 $1 个 SYN，每个计入 ListenDrops，没有一个计入 ListenOverflows',
  ],
  [
    /^each counts in ListenDrops, none in ListenOverflows$/,
    '每个计入 ListenDrops，没有一个计入 ListenOverflows',
  ],
  [
    /^the probe sees each of the (\d+) dropped final ACKs$/,
    '探针看到 $1 个被丢弃的最后 ACK 中的每一个',
  ],
  [/^the probe sees each of the (\d+) refused SYNs$/, '探针看到 $1 个被拒绝的 SYN 中的每一个'],
  [/^(\d+) of (\d+) seen$/, '$2 个中看到 $1 个'],
  [/^clients are refused during the overflow$/, '溢出期间客户端被拒绝（RST）'],
  [
    /^nobody is refused during the overflow, but at the closed port$/,
    '溢出期间没有客户端被拒绝（RST），端口关闭后才有',
  ],
  [/^somaxconn (\d+): errors; (\d+): no error$/, 'somaxconn $1：有错误；$2：没有错误'],
  [/^short connections: errors; pool: no error$/, '短连接：有错误；连接池：没有错误'],
  [/^SYNs are dropped because the SYN queue is full$/, 'SYN 因 SYN 队列已满而被丢弃'],
  [/^SYNs are dropped while the SYN queue has room$/, 'SYN 队列还有位置，SYN 就被丢弃'],
  [
    /^with (\d+) places, more clients than places are connected$/,
    '有 $1 个位置，连上的客户端比位置多',
  ],
  [/^no more clients than places are connected$/, '连上的客户端不比位置多'],
  [/^more clients than places are connected$/, '连上的客户端比位置多'],
  [/^(\d+)(?: connections)? at the client, (\d+) at the server$/, '客户端 $1 个连接，服务器 $2 个'],
  [/^with the fault: it shows$/, '有故障：出现症状'],
  [/^repaired: it does not show$/, '修复后：不出现症状'],
];
