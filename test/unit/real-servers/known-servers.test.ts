import { describe, expect, test } from 'vitest';
import { serversSettings } from '../../../harness/commands/servers-options.ts';
import { casesOf, REAL_SERVERS } from '../../../harness/domain/real-servers.ts';

const cases = casesOf(REAL_SERVERS, 9_999);

describe('the servers that are known', () => {
  test('each is measured with its default and, where it has a setting, with that', () => {
    for (const server of REAL_SERVERS) {
      const own = cases.filter((each) => each.server === server);
      expect(own.map(({ backlog }) => backlog)).toEqual(
        server.setting === null ? [null] : [null, 16],
      );
    }
  });

  test('every run has a folder and a port of its own', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    expect(new Set(cases.map(({ port }) => port)).size).toBe(cases.length);
    for (const { id } of cases) expect(id).toMatch(/^[a-z0-9-]+$/);
  });

  test.each(cases.map((each) => [each.id, each] as const))('%s is told its port', (_, each) => {
    const { command, files = {} } = each.server.start(each.port, each.backlog);
    const told = [command, ...Object.values(files)].join('\n');
    expect(told).toContain(String(each.port));
    if (each.backlog !== null) expect(told).toMatch(new RegExp(`\\b${each.backlog}\\b`));
    // The folder is wherever temporary files are, and the shell's own.
    for (const file of Object.keys(files)) expect(file).toMatch(/^[\w.]+$/);
  });

  test('a setting has one place for its number', () => {
    for (const { setting } of REAL_SERVERS) {
      if (setting !== null) expect(setting.match(/\bN\b/g)).toHaveLength(1);
    }
  });

  test.each([
    ['nginx', 'nginx version: nginx/1.22.1', '1.22.1'],
    ['apache', 'Server version: Apache/2.4.71 (Debian)\nServer built: 2026', '2.4.71'],
    ['lighttpd', 'lighttpd/1.4.69 (ssl) - a light and fast webserver', '1.4.69'],
    ['haproxy', 'HAProxy version 2.6.12-1 2026/10/17 - https://haproxy.org/', '2.6.12-1'],
    ['caddy', 'v2.6.4 h1:2hwYqiRwk1tf3VruhMpLcYTg+11fCdr8S3jhNAdnPy8=', '2.6.4'],
    ['redis', 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0', '7.0.15'],
    ['gunicorn', 'gunicorn (version 20.1.0)', '20.1.0'],
    ['uvicorn', 'Running uvicorn 0.17.6 with CPython 3.11.2 on Linux', '0.17.6'],
    ['java', 'javac 17.0.15', '17.0.15'],
  ])('%s says its version', (name, words, version) => {
    const server = REAL_SERVERS.find((each) => each.name === name);
    expect(server?.version.pattern.exec(words)?.[1]).toBe(version);
  });
});

describe('the options of servers', () => {
  test('every server, unless some are named', () => {
    expect(serversSettings({})).toEqual({
      servers: REAL_SERVERS,
      reporters: [{ name: 'terminal', file: null }],
      runsDir: 'runs',
    });
    const { servers } = serversSettings({ server: ['redis, node', 'nginx'] });
    expect(servers.map(({ name }) => name)).toEqual(['nginx', 'redis', 'node']);
  });

  test.each([
    [{ server: ['ngnix'] }, "There is no server 'ngnix'."],
    [{ reporter: ['csv'] }, "There is no reporter 'csv'."],
  ])('%o is wrong usage', (given, message) => {
    expect(() => serversSettings(given)).toThrow(message);
  });
});
