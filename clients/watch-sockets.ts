import net from 'node:net';

/**
 * Calls back with the local port of every TCP socket that this process opens. The diagnostics
 * channel `net.client.socket` tells nothing of `new Socket().connect()`, which `pg` uses, so the
 * method that all of them come to is watched.
 */
export function watchSockets(onPort: (localPort: number) => void): void {
  const connect = net.Socket.prototype.connect;
  const watched = function (this: net.Socket, ...given: Parameters<typeof connect>): net.Socket {
    let told = false;
    const tell = (): void => {
      if (told || this.localPort === undefined) return;
      told = true;
      onPort(this.localPort);
    };
    // Node calls connect(2) in the next tick. Who is connected at once may have failed by then, and
    // who is never connected has no such event.
    this.once('connect', tell);
    setImmediate(tell);
    return connect.apply(this, given);
  };
  net.Socket.prototype.connect = watched as typeof connect;
}
