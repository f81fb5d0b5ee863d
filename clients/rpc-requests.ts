import type { ClientApplicationEvent, RequestOutcome } from '../harness/domain/application.ts';
import type { ProgramLog, Telling } from '../servers/kit/program-log.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import type { UnderWay } from './under-way.ts';

/** The requests that were written to one channel and have no outcome yet: each gets exactly one. */
export interface WrittenRequests {
  readonly add: (request: number) => void;
  /** What was answered too late has its outcome already and keeps it. */
  readonly answered: (request: number) => void;
  /** The connection has ended, with Node's code if there is one. */
  readonly lost: (code: string | undefined) => void;
}

export const trackRequests = (
  { client, requestTimeoutMs }: { readonly client: number; readonly requestTimeoutMs: number },
  log: ProgramLog,
  underWay: UnderWay,
): WrittenRequests => {
  const deadlines = new Map<number, Deadline>();
  let serves = false;
  const tellServing = (): void => {
    if (!serves) log.tell({ event: 'channel-serves', client });
    serves = true;
  };
  const end = (request: number, outcome: RequestOutcome, code?: string): void => {
    const deadline = deadlines.get(request);
    if (deadline === undefined) return;
    deadline.cancel();
    deadlines.delete(request);
    const tell = outcome === 'answered' ? log.tell : log.warn;
    tell({
      event: 'request-ended',
      request,
      outcome,
      client,
      ...(code === undefined ? {} : { code }),
    } satisfies Telling<ClientApplicationEvent>);
    underWay.end();
  };
  return {
    add: (request) => {
      underWay.begin();
      deadlines.set(
        request,
        startDeadline(requestTimeoutMs, () => end(request, 'read-timed-out')),
      );
    },
    answered: (request) => {
      if (deadlines.has(request)) tellServing();
      end(request, 'answered');
    },
    lost: (code) => {
      for (const request of [...deadlines.keys()]) end(request, 'connection-lost', code);
    },
  };
};
