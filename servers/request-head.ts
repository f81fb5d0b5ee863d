import { duration } from './kit/options.ts';

/** The blank line behind the head of a request (RFC 9112, section 2.1). */
export const END_OF_HEAD = '\r\n\r\n';

/** What a worker wants to know of a request. */
export interface RequestHead {
  /** The client's number for it, from the header `x-request`; 0: it has none. */
  readonly request: number;
  /** `?work=4s` in its target: how long its answer takes; undefined: it does not say. */
  readonly workMs: number | undefined;
}

const REQUEST_LINE = /^[A-Z]+ (\/\S*) HTTP\/1\.[01]\r\n/;
const REQUEST_NUMBER = /\r\nx-request:[ \t]*(\d{1,15})[ \t]*\r\n/i;

/** Throws an Error whose message says what is wrong with the request. */
export const readRequestHead = (text: string): RequestHead => {
  const [, target] = REQUEST_LINE.exec(text) ?? [];
  if (target === undefined) throw new Error('This is no HTTP/1.1 request with a path.');
  const work = new URLSearchParams(target.split('?')[1]).get('work');
  return {
    request: Number(REQUEST_NUMBER.exec(text)?.[1] ?? 0),
    workMs: work === null ? undefined : duration(0).read('work', work),
  };
};
