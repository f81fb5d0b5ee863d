/** Web servers, proxies and data stores that are programs of their own. */
import type { RealServer } from './real-server.ts';

const unless = (backlog: number | null, words: (backlog: number) => string): string =>
  backlog === null ? '' : words(backlog);

/** Whatever nginx may want to write lies in its own folder. */
const NGINX_FOLDERS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
  (what) => `  ${what}_temp_path ${what};`,
);

const nginx: RealServer = {
  name: 'nginx',
  title: 'nginx',
  program: 'nginx',
  version: { words: ['-v'], pattern: /nginx\/(\S+)/ },
  aptPackage: 'nginx-light',
  byDefault: { backlog: 511, words: 'default' },
  setting: 'listen 80 backlog=N;',
  start: (port, backlog) => ({
    command: 'nginx -p "$PWD" -c nginx.conf',
    files: {
      'nginx.conf': [
        'daemon off; pid nginx.pid; error_log stderr;',
        'events { worker_connections 8192; }',
        'http {',
        '  access_log off;',
        ...NGINX_FOLDERS,
        `  server { listen ${port}${unless(backlog, (given) => ` backlog=${given}`)}; return 200; }`,
        '}',
      ].join('\n'),
    },
  }),
};

/** Without its accept filter, which keeps clients that say nothing out of the accept queue. */
const apache: RealServer = {
  name: 'apache',
  title: 'Apache httpd',
  program: 'apache2',
  version: { words: ['-v'], pattern: /Apache\/(\S+)/ },
  aptPackage: 'apache2-bin',
  byDefault: { backlog: 511, words: 'default' },
  setting: 'ListenBacklog N',
  start: (port, backlog) => ({
    command: 'apache2 -d "$PWD" -f httpd.conf -D FOREGROUND',
    files: {
      'httpd.conf': [
        'LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so',
        'ServerName localhost',
        'DefaultRuntimeDir .',
        'PidFile httpd.pid',
        'ErrorLog error.log',
        'User "#65534"',
        'Group "#65534"',
        'Mutex posixsem',
        'AcceptFilter http none',
        `Listen 0.0.0.0:${port}`,
        unless(backlog, (given) => `ListenBacklog ${given}`),
        '',
      ].join('\n'),
    },
  }),
};

const lighttpd: RealServer = {
  name: 'lighttpd',
  title: 'lighttpd',
  program: 'lighttpd',
  version: { words: ['-v'], pattern: /lighttpd\/(\S+)/ },
  aptPackage: 'lighttpd',
  byDefault: { backlog: 1_024, words: 'default' },
  setting: 'server.listen-backlog = N',
  start: (port, backlog) => ({
    command: 'lighttpd -D -f lighttpd.conf',
    files: {
      'lighttpd.conf': [
        'server.document-root = "/"',
        `server.port = ${port}`,
        unless(backlog, (given) => `server.listen-backlog = ${given}`),
        '',
      ].join('\n'),
    },
  }),
};

const HAPROXY_MAXCONN = 1_500;

const haproxy: RealServer = {
  name: 'haproxy',
  title: 'HAProxy',
  program: 'haproxy',
  version: { words: ['-v'], pattern: /version (\S+)/ },
  aptPackage: 'haproxy',
  byDefault: { backlog: HAPROXY_MAXCONN, words: `default: maxconn, here ${HAPROXY_MAXCONN}` },
  setting: 'backlog N',
  start: (port, backlog) => ({
    command: 'haproxy -db -f haproxy.cfg',
    files: {
      'haproxy.cfg': [
        'frontend all',
        '  mode http',
        `  bind 0.0.0.0:${port}`,
        `  maxconn ${HAPROXY_MAXCONN}`,
        unless(backlog, (given) => `  backlog ${given}`),
        '  timeout client 60s',
        '  http-request return status 200',
        '',
      ].join('\n'),
    },
  }),
};

/** It keeps state in its user's home, which is none of a measurement's business. */
const caddy: RealServer = {
  name: 'caddy',
  title: 'Caddy (Go)',
  program: 'caddy',
  version: { words: ['version'], pattern: /v?(\d\S*)/ },
  aptPackage: 'caddy',
  byDefault: { backlog: 'somaxconn', words: 'somaxconn: Go asks for it' },
  setting: null,
  start: (port) => ({
    command: `env HOME="$PWD" XDG_CONFIG_HOME="$PWD" XDG_DATA_HOME="$PWD" caddy respond --listen :${port} hello`,
  }),
};

const redis: RealServer = {
  name: 'redis',
  title: 'Redis',
  program: 'redis-server',
  version: { words: ['--version'], pattern: /v=(\S+)/ },
  aptPackage: 'redis-server',
  byDefault: { backlog: 511, words: 'default' },
  setting: 'tcp-backlog N',
  start: (port, backlog) => ({
    command: `redis-server --port ${port} --bind 0.0.0.0 --protected-mode no --save ''${unless(backlog, (given) => ` --tcp-backlog ${given}`)}`,
  }),
};

/** It keeps fewer clients than its queue holds unless it is told to; root must name a user. */
const memcached: RealServer = {
  name: 'memcached',
  title: 'memcached',
  program: 'memcached',
  version: { words: ['-V'], pattern: /memcached (\S+)/ },
  aptPackage: 'memcached',
  byDefault: { backlog: 1_024, words: 'default' },
  setting: '-b N',
  start: (port, backlog) => ({
    command: `memcached -u nobody -c 8192 -l 0.0.0.0 -p ${port}${unless(backlog, (given) => ` -b ${given}`)}`,
  }),
};

export const REAL_WEB_SERVERS: readonly RealServer[] = [
  nginx,
  apache,
  lighttpd,
  haproxy,
  caddy,
  redis,
  memcached,
];
