/** What the owner of a server may change after a storm, in sentences. */
import type { OwnServerSeen } from '../domain/observations.ts';
import type { StormFigures } from '../verdict/own-server-figures.ts';
import { count } from './words.ts';

/** Where servers take their backlog from, by the names of their processes. */
const BACKLOG_SETTINGS: readonly (readonly [process: RegExp, how: string])[] = [
  [/^nginx/, 'nginx: `listen 80 backlog=N;` (511 unless given)'],
  [/^(redis|valkey)/, 'Redis: `tcp-backlog N` (511 unless given)'],
  [/^(httpd|apache2)/, 'Apache httpd: `ListenBacklog N` (511 unless given)'],
  [/^haproxy/, 'HAProxy: `backlog N` (maxconn unless given)'],
  [/^node/, 'Node: `server.listen(port, host, N)` (511 unless given)'],
  [
    /^(python|gunicorn|uvicorn)/,
    'Python: `request_queue_size = N` of a socketserver class (5 unless given), `socket.listen(N)`, or `--backlog N` of gunicorn and uvicorn',
  ],
  [
    /^java/,
    'Java: `new ServerSocket(port, N)` (50 unless given), Tomcat `acceptCount` (100 unless given), Netty `SO_BACKLOG`',
  ],
  [/^(ruby|puma)/, "Ruby: `listen(N)`, or Puma `bind 'tcp://0.0.0.0:80?backlog=N'`"],
  [/^php/, 'PHP: `listen.backlog = N` of php-fpm, or the option `backlog` of a stream context'],
  [/^perl/, 'Perl: `IO::Socket::INET->new(Listen => N)`'],
];

const ANY_SERVER =
  'the second argument of listen(2), whatever your server calls it (Go takes somaxconn by itself)';

export function backlogSetting(server: OwnServerSeen | undefined): string {
  const names = [server?.executable, server?.program];
  const known = BACKLOG_SETTINGS.find(([process]) =>
    names.some((name) => name !== undefined && process.test(name)),
  );
  return known?.[1] ?? ANY_SERVER;
}

/** The first is the most important; there is always one. */
export function adviceAfter(
  figures: StormFigures,
  server: OwnServerSeen | undefined,
): readonly string[] {
  if (figures.acceptsOne === false) return [NEVER_ACCEPTS];
  return [
    ...blockedAdvice(figures),
    ...(figures.burst.refusedSyns > 0 ? overflowAdvice(figures, server) : roomAdvice(figures)),
    ...fooledAdvice(figures),
    ...rejectedAdvice(figures),
  ];
}

const fooledAdvice = ({ burst: { fooled } }: StormFigures): readonly string[] =>
  fooled === 0
    ? []
    : [
        'who is fooled gets in when it repeats what it has sent, if there is room then; a client that waits for your server to speak first waits until its own timeout, so give it one',
      ];

const NEVER_ACCEPTS =
  'your server did not accept even a client that came alone: look into server.log. No backlog helps a server that does not accept';

function blockedAdvice({ thawed }: StormFigures): readonly string[] {
  const { left = 0 } = thawed;
  return left === 0
    ? []
    : [
        `${count(left, 'connection')} waited on although your server could run: it is busy with clients that say nothing. Let it serve several at a time, or give them a read timeout; a larger backlog only makes the wait longer`,
      ];
}

function overflowAdvice(
  { limit = 0, somaxconn = Infinity, burst }: StormFigures,
  server: OwnServerSeen | undefined,
): readonly string[] {
  const enough = powerOfTwoFrom(burst.clients);
  const raise = `raise net.core.somaxconn to ${enough} or more, and start your server again: a listener keeps its limit until it calls listen(2) again`;
  const ask = `ask for a backlog of ${enough} or more. ${backlogSetting(server)}`;
  if (limit >= somaxconn) return [raise, ask];
  return enough > somaxconn ? [ask, raise] : [ask];
}

const powerOfTwoFrom = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, least)));

function roomAdvice({ limit = 0, somaxconn = Infinity, burst }: StormFigures): readonly string[] {
  const enough = `nothing for ${count(burst.clients, 'client')} at once: none was refused`;
  if (limit < somaxconn) return [enough];
  return [
    `${enough}. Its backlog is as large as somaxconn (${somaxconn}) lets it be; for more, raise net.core.somaxconn and start it again`,
  ];
}

const rejectedAdvice = ({ burst: { rejected } }: StormFigures): readonly string[] =>
  rejected === 0
    ? []
    : [
        `your server itself closed ${count(rejected, 'connection')} of the burst: that is a limit of its own (such as maxclients or worker_connections) or a time limit, and no matter of the queue`,
      ];
