/** The clients of databases: each connects, and asks what its documentation asks first. */
import { type LoadLibrary, timeoutOptions } from './library-call.ts';
import { loadPackage } from './load-package.ts';

/** What is used of `pg`, which brings no types. */
interface Pg {
  readonly Client: new (
    options: Readonly<Record<string, string | number>>,
  ) => {
    connect(): Promise<void>;
    on(event: 'error', listener: (error: unknown) => void): void;
  };
}

export const loadPg: LoadLibrary = async (target) => {
  const pg = await loadPackage<Pg>(target);
  return async (say) => {
    const { host, port, timeoutMs } = target;
    const client = new pg.Client({
      ...{ host, port, user: 'user', password: 'password', database: 'database' },
      ...timeoutOptions(timeoutMs, 'connectionTimeoutMillis'),
    });
    client.on('error', (error) => say('error', error));
    await client.connect();
    return 'answered';
  };
};

export const loadMysql2: LoadLibrary = async (target) => {
  const mysql = await loadPackage<typeof import('mysql2')>(target);
  const { host, port, timeoutMs } = target;
  return (say) =>
    new Promise((resolve, reject) => {
      const connection = mysql.createConnection({
        ...{ host, port, user: 'user', password: 'password' },
        ...timeoutOptions(timeoutMs, 'connectTimeout'),
      });
      connection.on('error', (error: unknown) => say('error', error));
      connection.connect((error: unknown) => {
        if (error === null || error === undefined) resolve('answered');
        else reject(error);
      });
    });
};

export const loadIoredis: LoadLibrary = async (target) => {
  const Redis = await loadPackage<typeof import('ioredis')['default']>(target);
  const { host, port, timeoutMs } = target;
  return async (say) => {
    const redis = new Redis({ host, port, ...timeoutOptions(timeoutMs, 'connectTimeout') });
    redis.on('error', (error) => say('error', error));
    redis.on('reconnecting', () => say('reconnecting'));
    await redis.ping();
    return 'answered';
  };
};
