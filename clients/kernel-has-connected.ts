import type { Socket } from 'node:net';

/** The part of Node's internal TCP handle that is used here: 0, or a negative errno. */
type WithHandle = Socket & {
  readonly _handle?: { readonly getpeername?: (peer: object) => number } | null;
};

/**
 * Whether the handshake is complete although the loop has not heard of it yet: then a timer that fires
 * now is late. getpeername(2) fails with ENOTCONN in SYN-SENT; Node's own `remoteAddress` asks nobody.
 */
export const kernelHasConnected = (socket: Socket): boolean =>
  (socket as WithHandle)._handle?.getpeername?.({}) === 0;
