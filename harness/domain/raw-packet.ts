import type { Host } from './tcp.ts';

/** One captured segment between a client and the server, with its bytes as the capture has them. */
export interface RawPacket {
  /** On the run's time axis. */
  readonly atMs: number;
  readonly from: Host;
  readonly clientAddress: string;
  readonly clientPort: number;
  /** By the registry of link types (LINKTYPE_ETHERNET is 1). */
  readonly linkType: number;
  /** Bytes on the wire; the capture may hold fewer. */
  readonly originalLength: number;
  readonly bytes: Uint8Array;
}
