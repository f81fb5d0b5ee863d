/** What harness/collect/ calls its steps, as patterns; $1 and so on are what a name says of its run. */
const STEPS: readonly (readonly [name: RegExp, chinese: string])[] = [
  [/^start the machine$/, '启动虚拟机'],
  [/^start the machine once more, for it did not come up$/, '虚拟机没有启动成功，再启动一次'],
  [/^opening$/, '开始时的快照'],
  [/^closing$/, '结束时的快照'],
  [/^listen without a backlog$/, '监听，不指定 backlog'],
  [/^listen with backlog (\d+)$/, '监听，backlog 为 $1'],
  [/^start your server$/, '启动你的服务器'],
  [/^server: (.+)$/, '服务器：$1'],
  [/^freeze the server$/, '冻结服务器'],
  [/^let the server go on$/, '让服务器继续运行'],
  [/^close the gate$/, '关闭闸门'],
  [/^open the gate$/, '打开闸门'],
  [/^(?:places \+ )?(\d+) clients connect .*$/, '$1 个客户端发起连接'],
  [/^start (\S+) \((.+)\)$/, '启动 $1（$2）'],
  [/^client: (\S+=\S+)$/, '客户端：$1'],
  [/^(\S+): rest$/, '“$1”组不再发起请求'],
  [/^wave '(.+)' sends (\d+) bytes$/, '“$1”组发送 $2 字节'],
  [/^clients stop reconnecting$/, '客户端不再重新连接'],
  [/^load (\d+) client libraries$/, '加载 $1 个客户端库'],
  [/^client libraries connect$/, '各客户端库发起连接'],
  [/^clients let go$/, '客户端关闭连接'],
  [/^wait for every attempt of wave '(.+)' to have an outcome$/, '等待“$1”组的每次连接都有结果'],
  [/^wait for every client of wave '(.+)' to stop waiting$/, '等待“$1”组的客户端全部结束等待'],
  [/^wait for (\d+) clients of wave '(.+)' to be connected$/, '等待“$2”组有 $1 个客户端连上'],
  [
    /^wait for (\d+) SYNs of wave '(.+)' to be answered or dropped$/,
    '等待“$2”组的 $1 个 SYN 得到应答或被丢弃',
  ],
  [/^wait for (\d+) attempts of wave '(.+)'$/, '等待“$2”组发起 $1 次连接'],
  [/^wait for (\d+) clients of wave '(.+)' to be left$/, '等待“$2”组只剩 $1 个客户端'],
  [/^wait for wave '(.+)' to receive (\d+) bytes$/, '等待“$1”组收到 $2 字节'],
  [/^wait for the server to accept (\d+) connections$/, '等待服务器 accept $1 个连接'],
  [/^wait for the server to receive (\d+) bytes$/, '等待服务器收到 $1 字节'],
  [/^wait for every client library to end$/, '等待各客户端库结束'],
  [/^wait for clients '(.+)' to say '(.+)' (\d+) times$/, '等待“$1”组报告 $3 次 $2'],
  [/^wait for the server to say '(.+)' (\d+) times$/, '等待服务器报告 $2 次 $1'],
  [/^wait for the accept queue to hold (\d+)$/, '等待 accept 队列长度变为 $1'],
  [/^wait for the SYN queue to hold (\d+)$/, '等待 SYN 队列长度变为 $1'],
  [
    /^wait for the SYN-ACK of every half-open handshake to be repeated$/,
    '等待每个半开握手的 SYN-ACK 重传',
  ],
  [/^wait for both queues to be empty or at rest$/, '等待两个队列清空或不再变化'],
  [/^wait for (\S+) to grow by (\d+) since '(.+)'$/, '等待 $1 自快照“$3”以来增加 $2'],
];

/** A name that is not known here, such as that of a snapshot, stays as it is. */
export function chineseStepName(name: string): string {
  const found = STEPS.find(([pattern]) => pattern.test(name));
  return found === undefined ? name : name.replace(found[0], found[1]);
}
