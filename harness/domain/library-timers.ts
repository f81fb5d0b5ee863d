/** Which timers the client libraries have, by the names in their documentation. */
import type { ClientLibrary, FiredTimer, ReportedError } from './usual-clients.ts';

interface LibraryTimer {
  /** As the documentation calls it. */
  readonly option: string;
  /** Milliseconds; null: off unless it is set. */
  readonly defaultMs: number | null;
  /** How its firing is told: by an error with this code, by words in the message, or by an event. */
  readonly code?: string;
  readonly words?: string;
  readonly event?: string;
}

interface LibraryFacts {
  /** What `npm install` is to be given; null: it is part of Node. */
  readonly package: string | null;
  /** In the order in which a call may meet them. */
  readonly timers: readonly LibraryTimer[];
  /** What `--timeout` is given to. */
  readonly timeoutOptions: readonly string[];
}

/** Of undici, which is also what `fetch` is made of. */
const UNDICI_TIMERS: readonly LibraryTimer[] = [
  { option: 'connectTimeout', defaultMs: 10_000, code: 'UND_ERR_CONNECT_TIMEOUT' },
  { option: 'headersTimeout', defaultMs: 300_000, code: 'UND_ERR_HEADERS_TIMEOUT' },
  { option: 'bodyTimeout', defaultMs: 300_000, code: 'UND_ERR_BODY_TIMEOUT' },
];

const SIGNAL = 'AbortSignal.timeout()';

/** Defaults and names as documented for the versions in package.json. */
export const LIBRARY_FACTS: Readonly<Record<ClientLibrary, LibraryFacts>> = {
  'node:net': {
    package: null,
    timers: [{ option: 'socket.setTimeout()', defaultMs: null, event: 'timeout' }],
    timeoutOptions: ['socket.setTimeout()'],
  },
  'node:http': {
    package: null,
    // Of http.globalAgent. Neither the default nor a value of one's own ends the request.
    timers: [{ option: 'timeout', defaultMs: 5_000, event: 'timeout' }],
    timeoutOptions: ['timeout'],
  },
  fetch: {
    package: null,
    timers: [
      ...UNDICI_TIMERS,
      { option: SIGNAL, defaultMs: null, words: 'aborted due to timeout' },
    ],
    timeoutOptions: [SIGNAL],
  },
  undici: {
    package: 'undici',
    timers: UNDICI_TIMERS,
    timeoutOptions: UNDICI_TIMERS.map(({ option }) => option),
  },
  axios: {
    package: 'axios',
    timers: [{ option: 'timeout', defaultMs: null, words: 'timeout of' }],
    timeoutOptions: ['timeout'],
  },
  got: {
    package: 'got',
    timers: [
      { option: 'timeout.connect', defaultMs: null, words: "awaiting 'connect'" },
      { option: 'timeout.request', defaultMs: null, words: "awaiting 'request'" },
    ],
    timeoutOptions: ['timeout.connect', 'timeout.request'],
  },
  ws: {
    package: 'ws',
    timers: [{ option: 'handshakeTimeout', defaultMs: null, words: 'handshake has timed out' }],
    timeoutOptions: ['handshakeTimeout'],
  },
  pg: {
    package: 'pg',
    timers: [{ option: 'connectionTimeoutMillis', defaultMs: null, words: 'timeout' }],
    timeoutOptions: ['connectionTimeoutMillis'],
  },
  mysql2: {
    package: 'mysql2',
    timers: [{ option: 'connectTimeout', defaultMs: 10_000, code: 'ETIMEDOUT' }],
    timeoutOptions: ['connectTimeout'],
  },
  ioredis: {
    package: 'ioredis',
    timers: [{ option: 'connectTimeout', defaultMs: 10_000, code: 'ETIMEDOUT' }],
    timeoutOptions: ['connectTimeout'],
  },
};

/** ETIMEDOUT of the kernel carries its number; libraries that invent the code leave it out. */
const KERNEL_ETIMEDOUT = -110;

/** The timer that an error tells of; null: none, for somebody else ended the call. */
export function timerOf(library: ClientLibrary, error: ReportedError): FiredTimer {
  const chain = [...causesOf(error)];
  if (chain.some(({ errno }) => errno === KERNEL_ETIMEDOUT)) return { by: 'kernel' };
  const timer = LIBRARY_FACTS[library].timers.find(({ code, words }) =>
    chain.some(
      (each) =>
        (code !== undefined && each.code === code) ||
        (words !== undefined && each.message.includes(words)),
    ),
  );
  return timer === undefined ? null : { by: 'library', option: timer.option };
}

/** The timer that an event without an error tells of. */
export function timerOfEvent(library: ClientLibrary, event: string): FiredTimer {
  const timer = LIBRARY_FACTS[library].timers.find((each) => each.event === event);
  return timer === undefined ? null : { by: 'library', option: timer.option };
}

function* causesOf(error: ReportedError): Generator<ReportedError> {
  yield error;
  if (error.cause !== undefined) yield* causesOf(error.cause);
}
