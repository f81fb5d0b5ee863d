import { expect, test } from 'vitest';
import {
  readRequest,
  readResponse,
  requestLine,
  responseLine,
} from '../../../servers/kit/request-lines.ts';

test('what is written is read back', () => {
  expect(readRequest(requestLine(1_000_007).trimEnd())).toBe(1_000_007);
  expect(readResponse(responseLine(3).trimEnd())).toBe(3);
});

test.each(['', 'request', 'request ', 'request -1', 'request 1.5', 'request 1 ', 'response 1'])(
  '%j is no request',
  (line) => {
    expect(readRequest(line)).toBeUndefined();
  },
);

test('a number that JavaScript cannot hold is none', () => {
  expect(readRequest(`request ${'9'.repeat(16)}`)).toBeUndefined();
});
