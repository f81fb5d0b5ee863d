import { expect, test } from 'vitest';
import { readRequestHead } from '../../servers/request-head.ts';

const head = (line: string, ...headers: string[]): string =>
  [line, 'Host: 127.0.0.1:8080', ...headers, '', ''].join('\r\n');

test('reads the number of the request and the work that it asks for', () => {
  expect(readRequestHead(head('GET /?work=4s HTTP/1.1', 'x-request: 12', 'a: b'))).toEqual({
    request: 12,
    workMs: 4_000,
  });
  expect(readRequestHead(head('GET /a?b=c&work=300ms HTTP/1.1', 'X-Request:7'))).toEqual({
    request: 7,
    workMs: 300,
  });
});

test.each([
  [head('GET / HTTP/1.1')],
  [head('GET /work=4s?w=1 HTTP/1.0', 'x-request: seven')],
  [head('POST / HTTP/1.1', 'ax-request: 7')],
])('without a number it is 0, without work undefined: %j', (text) => {
  expect(readRequestHead(text)).toEqual({ request: 0, workMs: undefined });
});

test.each([
  [head('GET http://127.0.0.1/ HTTP/1.1'), /no HTTP\/1.1 request with a path/],
  [head('GET / HTTP/2.0'), /no HTTP\/1.1 request with a path/],
  ['\u0016\u0003\u0001', /no HTTP\/1.1 request with a path/],
  [head('GET /?work=soon HTTP/1.1'), /--work "soon" is not a time/],
])('says what is wrong with %j', (text, message) => {
  expect(() => readRequestHead(text)).toThrow(message);
});
