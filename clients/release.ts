import type { Socket } from 'node:net';

/** Destroys what is open, and resolves when every socket has told its end. */
export const release = async (sockets: Iterable<Socket>): Promise<void> => {
  const open = [...sockets].filter(({ closed }) => !closed);
  const ends = open.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  for (const socket of open) socket.destroy();
  await Promise.all(ends);
};
