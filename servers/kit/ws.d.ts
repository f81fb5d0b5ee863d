/** What the programs use of the package `ws`, which brings no types. */
declare module 'ws' {
  import type { IncomingMessage } from 'node:http';
  import type { Socket } from 'node:net';
  import type { Duplex } from 'node:stream';

  export interface ClientOptions {
    readonly perMessageDeflate: boolean;
    readonly headers: Readonly<Record<string, string>>;
    /** Handed on to http.request(), which uses no agent then. */
    readonly createConnection: () => Socket;
  }

  export class WebSocket {
    constructor(url: string, options: ClientOptions);
    on(event: 'open', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): this;
    send(data: Buffer | string, options?: { readonly binary: boolean }): void;
    /** Destroys the connection, before the handshake too. */
    terminate(): void;
  }

  export class WebSocketServer {
    constructor(options: { readonly noServer: true; readonly perMessageDeflate: boolean });
    handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      onUpgraded: (websocket: WebSocket) => void,
    ): void;
  }
}
