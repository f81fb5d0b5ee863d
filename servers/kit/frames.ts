/**
 * What an RPC consumer and its provider say to each other: frames of a length (4 bytes, big-endian)
 * and so many bytes of JSON, in either direction, in any number on one connection.
 */
import type { Socket } from 'node:net';

export type Frame =
  | { readonly kind: 'request'; readonly request: number }
  | { readonly kind: 'response'; readonly request: number }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'heartbeat-answer' }
  /** From the provider: it will end; finish what you have begun and close this connection. */
  | { readonly kind: 'goaway' };

const LENGTH_BYTES = 4;

/** Of the JSON. Every frame is far shorter: a larger length is no frame, and no reason to wait for it. */
export const LONGEST_FRAME_BYTES = 1_024;

/** The code of the error with which a connection is destroyed that carries anything else. */
export const BAD_FRAME = 'BAD_FRAME';

const badFrame = (what: string): Error =>
  Object.assign(new Error(`Not a frame of this protocol: ${what}.`), { code: BAD_FRAME });

export const encodeFrame = (frame: Frame): Buffer => {
  const payload = Buffer.from(JSON.stringify(frame));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
};

const parsePayload = (payload: Buffer): unknown => {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
};

const fieldsOf = (value: unknown): { readonly kind?: unknown; readonly request?: unknown } =>
  typeof value === 'object' && value !== null ? value : {};

const decodePayload = (payload: Buffer): Frame => {
  const { kind, request } = fieldsOf(parsePayload(payload));
  if (kind === 'heartbeat' || kind === 'heartbeat-answer' || kind === 'goaway') return { kind };
  const isNumbered = typeof request === 'number' && Number.isSafeInteger(request);
  if (isNumbered && (kind === 'request' || kind === 'response')) return { kind, request };
  throw badFrame(payload.toString('utf8', 0, 100));
};

/**
 * Takes the bytes of one direction in chunks of any size, and passes on each frame as soon as it is
 * whole. Throws an Error with the code BAD_FRAME for what is none; from then on it is useless.
 */
export const createFrameReader = (onFrame: (frame: Frame) => void): ((chunk: Buffer) => void) => {
  let unread: Buffer = Buffer.alloc(0);
  return (chunk) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    while (unread.length >= LENGTH_BYTES) {
      const length = unread.readUInt32BE(0);
      if (length > LONGEST_FRAME_BYTES) throw badFrame(`a length of ${length} bytes`);
      const end = LENGTH_BYTES + length;
      if (unread.length < end) return;
      const payload = unread.subarray(LENGTH_BYTES, end);
      unread = unread.subarray(end);
      onFrame(decodePayload(payload));
    }
  };
};

/** Reads a connection to its end; what is no frame destroys it with an error. */
export const readFrames = (socket: Socket, onFrame: (frame: Frame) => void): void => {
  const read = createFrameReader(onFrame);
  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : undefined);
    }
  });
};
