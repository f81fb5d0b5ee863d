import type { RequestBook } from './request-book.ts';
import {
  type ConnectionSettings,
  endWithout,
  openRequestConnection,
  type RequestConnection,
} from './request-connection.ts';

/** Makes a connection for one request and closes it with the answer; `onOver` once it is closed. */
export const askOnce = (
  settings: ConnectionSettings,
  book: RequestBook,
  onOver: () => void,
): void => {
  const close = (): void => connection.close();
  const connection: RequestConnection = openRequestConnection(settings, {
    onConnected: () => connection.ask(open, close),
    onEnd: (ending) => {
      if (ending.stage === 'connecting') open.end(endWithout(ending, connection.client));
      onOver();
    },
  });
  const open = book.begin(connection.client);
};
