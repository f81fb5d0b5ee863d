import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Recv-Q and Send-Q of the listener on this port of 127.0.0.1. */
export const listenerRow = (port: number) => {
  const row = execFileSync('ss', ['-Hltn', `sport = :${port}`], { encoding: 'utf8' }).trim();
  const [state, length, limit] = row.split(/\s+/);
  return { state, acceptQueueLength: Number(length), acceptQueueLimit: Number(limit) };
};

const LISTEN = '0A';
const ESTABLISHED = '01';

const portIn = (column = ''): number => Number.parseInt(column.split(':')[1] ?? '', 16);

/** The IPv4 sockets with this local port; inode 0: nobody has accepted the connection. */
const socketsOf = (localPort: number) =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local]) => portIn(local) === localPort)
    .map(([, , remote, state, , , , , , inode = '']) => ({
      remotePort: portIn(remote),
      state,
      inode,
    }));

const inodesOf = (port: number, state: string): string[] =>
  socketsOf(port)
    .filter((socket) => socket.state === state)
    .map(({ inode }) => inode);

/**
 * State of a connection as /proc/net/tcp has it: 01 is ESTABLISHED, 08 CLOSE-WAIT; undefined: there
 * is no such socket. Both ports are needed: a local port may also linger in TIME-WAIT elsewhere.
 */
export const stateOf = (localPort: number | undefined, remotePort: number) =>
  socketsOf(localPort ?? 0).find((socket) => socket.remotePort === remotePort)?.state;

const socketInodesOfProcess = (pid: number): Set<string> => {
  const inodes = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`)) ?? [];
    if (inode !== undefined) {
      inodes.add(inode);
    }
  }
  return inodes;
};

/** A descriptor may be closed between listing and reading. */
const linkOf = (file: string): string => {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
};

/** What a server process holds of its port, as the kernel sees it. */
export const holdings = (pid: number, port: number) => {
  const own = socketInodesOfProcess(pid);
  const established = inodesOf(port, ESTABLISHED);
  return {
    listeners: inodesOf(port, LISTEN).filter((inode) => own.has(inode)).length,
    established: established.length,
    withDescriptor: established.filter((inode) => own.has(inode)).length,
    withoutInode: established.filter((inode) => inode === '0').length,
  };
};
