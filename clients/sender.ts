import type { Socket } from 'node:net';

/** A sender's connections, by relay; undefined: there is none now. */
export interface Sender {
  readonly connections: (Socket | undefined)[];
  /** The relay whose turn it is. */
  turn: number;
}

/** Each sender starts at another relay. */
export const createSender = (sender: number, relays: number): Sender => ({
  connections: Array.from({ length: relays }, () => undefined),
  turn: sender % relays,
});

/**
 * The next relay in turn among those that the sender is connected to now, and moves the turn
 * behind it. Undefined: it is connected to none.
 */
export const nextRelay = (sender: Sender): number | undefined => {
  const relays = sender.connections.length;
  for (let tried = 0; tried < relays; tried += 1) {
    const relay = sender.turn;
    sender.turn = (relay + 1) % relays;
    if (sender.connections[relay] !== undefined) return relay;
  }
  return undefined;
};
