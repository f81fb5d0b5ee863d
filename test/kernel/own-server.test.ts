/** Servers that are not ours: small ones written here, and real ones where they are installed. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { type CommandOptions, type Ended, useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { findings, jsonOf, type RunJson } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;
const PORT = 3_000;

const installation = useInstallation();

const CONFIRMED = {
  'own-server (places)': 'confirmed',
  'own-server (overflow)': 'confirmed',
  'own-server (refusals)': 'confirmed',
  prediction: 'confirmed',
};

/** A Node server in one line, which takes whatever listen(2) is to be given. */
const nodeServer = (listen: string): string =>
  `'${process.execPath}' -e 'require("net").createServer((s) => s.on("error", () => {})).listen(${listen})'`;

interface OwnServerJson {
  readonly ownServer: {
    readonly executable: string;
    readonly processes: number;
    readonly address: string;
    readonly limit: number;
    readonly places: number;
    readonly acceptsOne: boolean;
    readonly burst: Readonly<Record<'clients' | 'atOnce' | 'late' | 'timedOut', number>>;
    readonly frozen: Readonly<Record<'before' | 'connected' | 'refused', number>>;
    readonly thawed: { readonly left: number };
    readonly whatToChange: readonly string[];
  };
}

/** Runs a storm that must balance and confirm, and returns what it showed of the server. */
async function storm(
  command: string,
  options: readonly string[] = [],
  how: CommandOptions = {},
  found: Readonly<Record<string, string>> = CONFIRMED,
): Promise<OwnServerJson['ownServer']> {
  const ended = await installation.run(
    [
      ...['--json', '--runs-dir', installation.newFolder(), '--clients', '40'],
      ...['--server-command', command, '--port', `${PORT}`, ...options],
    ],
    how,
  );
  const json = jsonOf<RunJson & OwnServerJson>(ended, 0);
  expect(json.ledger.balanced, JSON.stringify(json.ledger.identities)).toBe(true);
  expect(findings(json)).toEqual(found);
  return json.ownServer;
}

const fails = (command: string, ...options: readonly string[]): Promise<Ended> =>
  installation.run([
    ...['--server-command', command, '--port', `${PORT}`, '--ready-within', '1500ms'],
    ...['--runs-dir', installation.newFolder(), ...options],
  ]);

/** Whoever waited while it was frozen was accepted afterwards. */
const SERVED = { acceptsOne: true, thawed: { left: 0 } };

describe.concurrent.each(USERS)('$name', { timeout: TIMEOUT_MS }, (user) => {
  kernelTest(
    'a Node server has one place more than its backlog, and is told to ask for more',
    async () => {
      const own = await storm(nodeServer(`${PORT}, "0.0.0.0", 5`), [], { user });
      expect(own).toMatchObject({ ...SERVED, executable: 'node', limit: 5, places: 6 });
      expect(own.frozen).toMatchObject({ before: 0, connected: 6, refused: 4 });
      const { atOnce, late, timedOut } = own.burst;
      expect(atOnce + late + timedOut).toBe(40);
    },
  );
});

describe.concurrent('a server', { timeout: TIMEOUT_MS }, () => {
  kernelTest(
    'that listens on an IPv6 socket for both families is measured over either',
    async () => {
      for (const options of [[], ['--ipv6']]) {
        const own = await storm(nodeServer(`{ port: ${PORT}, backlog: 9 }`), options);
        expect(own).toMatchObject({ ...SERVED, address: '*', limit: 9, places: 10 });
      }
    },
  );

  kernelTest('that asks for more than somaxconn is cut to it, and told so', async () => {
    const own = await storm(nodeServer(`${PORT}, "0.0.0.0", 511`), ['--somaxconn', '16']);
    expect(own).toMatchObject({ ...SERVED, limit: 16, places: 17 });
    expect(own.whatToChange.join()).toContain('net.core.somaxconn');
  });

  kernelTest('whose clients speak is measured all the same', async () => {
    const { 'own-server (overflow)': _untested, ...tested } = CONFIRMED;
    const own = await storm(nodeServer(`${PORT}, "0.0.0.0", 5`), ['--send', '20'], {}, tested);
    expect(own).toMatchObject({ limit: 5, places: 6 });
  });

  kernelTest('that is a child of another process is frozen with it', async () => {
    const own = await storm(`sleep 0.1; ${nodeServer(`${PORT}, "0.0.0.0", 7`)} | cat`);
    expect(own).toMatchObject({ ...SERVED, limit: 7, places: 8 });
  });

  kernelTest(
    'that is busy with its first client leaves the others waiting, which is told',
    async () => {
      const script =
        'const s = require("net").createServer(() => { for (;;); });' +
        `s.listen(${PORT}, "0.0.0.0", 3)`;
      const own = await storm(`'${process.execPath}' -e '${script}'`);
      expect(own).toMatchObject({ limit: 3, places: 4, thawed: { left: 4 } });
      expect(own.whatToChange[0]).toContain('several at a time');
    },
  );

  kernelTest('runs where its user stands, in its user’s environment', async () => {
    const cwd = installation.newFolder();
    fs.writeFileSync(
      path.join(cwd, 'server.cjs'),
      `const asked = Number(process.env.MY_BACKLOG) + Number(process.env.NODE_OPTIONS.length > 0);
       require('net').createServer((s) => s.on('error', () => {})).listen(${PORT}, '0.0.0.0', asked);`,
    );
    const env = { MY_BACKLOG: '11', NODE_OPTIONS: '--no-deprecation' };
    const own = await storm(`'${process.execPath}' server.cjs`, [], { cwd, env });
    expect(own.limit).toBe(12);
  });
});

describe.concurrent('a clear error', { timeout: TIMEOUT_MS }, () => {
  kernelTest.each([
    ['exits', 'echo good-bye >&2; exit 3', /ended with exit code 3 .*good-bye/],
    ['cannot be found', 'no-such-server', /exit code 127/],
    [
      'goes into the background',
      `${nodeServer(`${PORT}`)} & sleep 0.2`,
      /exit code 0[\s\S]*foreground/,
    ],
    [
      'listens on loopback only',
      nodeServer(`${PORT}, "127.0.0.1"`),
      /127\.0\.0\.1:3000 only[\s\S]*0\.0\.0\.0/,
    ],
    ['listens elsewhere', nodeServer('8080'), /\*:8080[\s\S]*--port 8080/],
    [
      'never listens',
      'echo starting; exec sleep 60',
      /listens nowhere.*starting[\s\S]*--ready-within/,
    ],
    [
      'takes no IPv4',
      nodeServer(`{ port: ${PORT}, host: "::", ipv6Only: true }`),
      /takes no IPv4[\s\S]*--ipv6/,
    ],
  ])('of a server that %s', async (_, command, message) => {
    const { exitCode, stderr } = await fails(command);
    expect(stderr).toMatch(/^SERVER_FAILED {2}/);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(4);
  });
});

/** Installed on few machines: REQUIRE_KERNEL asks for the kernel, not for these. */
function findServer(command: string, ...version: readonly string[]): boolean {
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  if (spawnSync(command, version, { env, stdio: 'ignore' }).status === 0) return true;
  process.stderr.write(`Not tested under a storm, because it is not installed: ${command}.\n`);
  return false;
}

const JAVA = `
import java.net.*;
public class Server {
  public static void main(String[] words) throws Exception {
    ServerSocket listener = new ServerSocket(${PORT}, 13);
    java.util.List<Socket> all = new java.util.ArrayList<>();
    while (true) all.add(listener.accept());
  }
}
`;

const NGINX = (folder: string): string => `
daemon off; master_process on; worker_processes 2; pid ${folder}/nginx.pid; error_log stderr;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen ${PORT} backlog=20; return 200; }
}
`;

const PERL = `perl -MIO::Socket::INET -e '
  my $listener = IO::Socket::INET->new(LocalPort => ${PORT}, Listen => 6, ReuseAddr => 1) or die;
  my @all; while (my $client = $listener->accept) { push @all, $client }'`;

describe('real servers', { timeout: TIMEOUT_MS }, () => {
  const when = (there: boolean) => (there ? kernelTest : kernelTest.skip);

  when(findServer('python3', '--version'))('python3 -m http.server', async () => {
    const own = await storm(`python3 -m http.server ${PORT}`, ['--ready-within', '30s']);
    expect(own).toMatchObject({ ...SERVED, limit: 5, places: 6 });
  });

  when(findServer('perl', '-v'))('a perl server', async () => {
    expect(await storm(PERL)).toMatchObject({ ...SERVED, executable: 'perl', places: 7 });
  });

  when(findServer('nginx', '-v'))('nginx with backlog=20 and two workers', async () => {
    const cwd = installation.newFolder();
    fs.writeFileSync(path.join(cwd, 'nginx.conf'), NGINX(cwd));
    const own = await storm(`nginx -p '${cwd}' -c nginx.conf`, [], { cwd });
    expect(own).toMatchObject({ ...SERVED, executable: 'nginx', processes: 3, places: 21 });
  });

  when(findServer('redis-server', '--version'))('redis with tcp-backlog 30', async () => {
    const cwd = installation.newFolder();
    const own = await storm(
      `redis-server --port ${PORT} --bind 0.0.0.0 --tcp-backlog 30 --protected-mode no --save ''`,
      [],
      { cwd },
    );
    expect(own).toMatchObject({ ...SERVED, limit: 30, places: 31 });
  });

  when(findServer('javac', '--version'))('a Java server', async () => {
    const cwd = installation.newFolder();
    fs.writeFileSync(path.join(cwd, 'Server.java'), JAVA);
    const own = await storm('exec java Server.java', ['--ready-within', '60s'], { cwd });
    expect(own).toMatchObject({ ...SERVED, executable: 'java', address: '*', places: 14 });
  });
});
