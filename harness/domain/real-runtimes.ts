/** Servers that come with a language, and those that carry its applications. */
import type { RealServer } from './real-server.ts';

const option = (name: string, backlog: number | null): string =>
  backlog === null ? '' : ` ${name} ${backlog}`;

const argument = (backlog: number | null): string => (backlog === null ? '' : `, ${backlog}`);

const node: RealServer = {
  name: 'node',
  title: 'Node http',
  program: 'node',
  version: { words: ['--version'], pattern: /v(\S+)/ },
  aptPackage: 'nodejs',
  byDefault: { backlog: 511, words: 'default' },
  setting: 'server.listen(port, host, N)',
  start: (port, backlog) => ({
    command: 'node server.cjs',
    files: {
      'server.cjs': `require('http').createServer().listen(${port}, '0.0.0.0'${argument(backlog)});\n`,
    },
  }),
};

const PYTHON_SERVER = (port: number, backlog: number): string => `
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

class Server(ThreadingHTTPServer):
    request_queue_size = ${backlog}

Server(('0.0.0.0', ${port}), SimpleHTTPRequestHandler).serve_forever()
`;

const WSGI_APP = `
def app(environ, start_response):
    start_response('204 No Content', [])
    return []
`;

const ASGI_APP = `
async def app(scope, receive, send):
    await send({'type': 'http.response.start', 'status': 204})
    await send({'type': 'http.response.body'})
`;

const python: RealServer = {
  name: 'python',
  title: 'Python http.server',
  program: 'python3',
  version: { words: ['--version'], pattern: /Python (\S+)/ },
  aptPackage: 'python3',
  byDefault: { backlog: 5, words: 'default' },
  setting: 'request_queue_size = N',
  start: (port, backlog) =>
    backlog === null
      ? { command: `python3 -m http.server ${port}` }
      : {
          command: 'python3 server.py',
          files: { 'server.py': PYTHON_SERVER(port, backlog) },
        },
};

/** With threads, because its plain workers serve one client at a time. */
const gunicorn: RealServer = {
  name: 'gunicorn',
  title: 'gunicorn',
  program: 'gunicorn',
  version: { words: ['--version'], pattern: /version (\d[^\s)]*)/ },
  aptPackage: 'gunicorn',
  byDefault: { backlog: 2_048, words: 'default' },
  setting: '--backlog N',
  start: (port, backlog) => ({
    command: `gunicorn --bind 0.0.0.0:${port} --worker-class gthread --threads 4${option('--backlog', backlog)} app:app`,
    files: { 'app.py': WSGI_APP },
  }),
};

const uvicorn: RealServer = {
  name: 'uvicorn',
  title: 'uvicorn',
  program: 'uvicorn',
  version: { words: ['--version'], pattern: /uvicorn (\S+)/ },
  aptPackage: 'uvicorn',
  byDefault: { backlog: 2_048, words: 'default' },
  setting: '--backlog N',
  start: (port, backlog) => ({
    command: `uvicorn --host 0.0.0.0 --port ${port} --lifespan off${option('--backlog', backlog)} app:app`,
    files: { 'app.py': ASGI_APP },
  }),
};

/** A program in one source file, which `java` compiles by itself where there is a JDK. */
const javaProgram = (body: string): string => `
public class Server {
  public static void main(String[] words) throws Exception {
    ${body}
  }
}
`;

const JDK: Pick<RealServer, 'program' | 'version' | 'aptPackage'> = {
  program: 'javac',
  version: { words: ['--version'], pattern: /javac (\S+)/ },
  aptPackage: 'default-jdk-headless',
};

const java: RealServer = {
  ...JDK,
  name: 'java',
  title: 'Java ServerSocket',
  byDefault: { backlog: 50, words: 'default' },
  setting: 'new ServerSocket(port, N)',
  start: (port, backlog) => ({
    command: 'java Server.java',
    files: {
      'Server.java': javaProgram(
        [
          `var listener = new java.net.ServerSocket(${port}${argument(backlog)});`,
          'var all = new java.util.ArrayList<java.net.Socket>();',
          'while (true) all.add(listener.accept());',
        ].join('\n    '),
      ),
    },
  }),
};

/** Its second argument has no default; 0 means that of the system library. */
const javaHttpServer: RealServer = {
  ...JDK,
  name: 'java-httpserver',
  title: 'Java HttpServer',
  byDefault: { backlog: 50, words: 'given 0' },
  setting: 'HttpServer.create(address, N)',
  start: (port, backlog) => ({
    command: 'java Server.java',
    files: {
      'Server.java': javaProgram(
        [
          `var address = new java.net.InetSocketAddress(${port});`,
          `com.sun.net.httpserver.HttpServer.create(address, ${backlog ?? 0}).start();`,
        ].join('\n    '),
      ),
    },
  }),
};

export const REAL_RUNTIMES: readonly RealServer[] = [
  node,
  python,
  gunicorn,
  uvicorn,
  java,
  javaHttpServer,
];
