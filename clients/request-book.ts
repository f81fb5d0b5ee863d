import type { RequestOutcome } from '../harness/domain/application.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';

/** What became of a request, and over which connection, if there was one. */
export interface RequestEnd {
  readonly outcome: RequestOutcome;
  readonly client?: number;
  readonly code?: string;
}

export interface OpenRequest {
  readonly request: number;
  readonly end: (end: RequestEnd) => void;
}

/** Tells each request's beginning and its one end, and knows how many are under way. */
export interface RequestBook {
  readonly begin: (client?: number) => OpenRequest;
  readonly underWay: () => number;
}

export const openRequestBook = (
  nextRequest: () => number,
  wave: string,
  log: ProgramLog,
): RequestBook => {
  let underWay = 0;
  return {
    begin: (client) => {
      const request = nextRequest();
      underWay += 1;
      log.tell({ event: 'request', request, wave, ...(client === undefined ? {} : { client }) });
      return {
        request,
        end: (end) => {
          underWay -= 1;
          const tell = end.outcome === 'answered' ? log.tell : log.warn;
          tell({ event: 'request-ended', request, ...end });
        },
      };
    },
    underWay: () => underWay,
  };
};
