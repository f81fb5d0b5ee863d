import { FILES } from '../domain/evidence.ts';
import { LOOPBACK, WIRE } from './host-network.ts';
import { startProgram } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { Site } from './site.ts';
import { until, type Wait } from './until.ts';

/** Headers and the first bytes of a payload: enough to judge, small enough for a large swarm. */
const SNAP_LENGTH_BYTES = 160;
/** tcpdump's ring in KiB. At 160 bytes a packet it holds about 100,000 packets. */
const RING_KIB = 32_768;
const DEADLINE_MS = 10_000;
const LOOK_EVERY_MS = 5;
const MOST_SEEN_CHARACTERS = 300;

export interface Capture extends AsyncDisposable {
  readonly unexpectedEnd: Promise<never>;
  /** Waits until tcpdump has written every packet that passed its filter, then ends it. */
  finish(): Promise<void>;
}

/** `on`: the interface. */
export const captureCommand = (port: number, on = WIRE): readonly string[] => [
  ...['tcpdump', '-i', on, '-n', '-U', '--immediate-mode', '-s', `${SNAP_LENGTH_BYTES}`],
  ...['-B', `${RING_KIB}`, '--time-stamp-precision=nano', '-w', '-', 'tcp', 'port', `${port}`],
];

export async function startCapture(
  { server, captureInterface }: Pick<Site, 'server' | 'captureInterface'>,
  port: number,
  recorder: RunRecorder,
  signal: AbortSignal,
): Promise<Capture> {
  let log = '';
  const tcpdump = startProgram({
    name: 'tcpdump',
    argv: server.inside(captureCommand(port, captureInterface)),
    stdoutFile: recorder.place(FILES.capture),
    failure: 'CAPTURE_FAILED',
    signal,
    onStderr: (text) => {
      log += text;
      recorder.append(FILES.captureLog, text);
    },
  });
  const wait = {
    deadlineMs: DEADLINE_MS,
    signal,
    seen: () => JSON.stringify(log.slice(-MOST_SEEN_CHARACTERS)),
  };
  const copies = captureInterface === LOOPBACK ? 2 : 1;
  const listening = until(() => log.includes('listening on'), LOOK_EVERY_MS, {
    ...wait,
    for: 'tcpdump to listen',
  });
  await Promise.race([listening, tcpdump.unexpectedEnd]);
  return {
    unexpectedEnd: tcpdump.unexpectedEnd,
    finish: async () => {
      const drained = allWritten(tcpdump.kill, () => log, copies, wait);
      await Promise.race([drained, tcpdump.unexpectedEnd]);
      await tcpdump.finish('SIGINT', DEADLINE_MS);
    },
    [Symbol.asyncDispose]: () => tcpdump.finish('SIGINT', DEADLINE_MS),
  };
}

const INTERIM_STATISTICS = /(\d+) packets? captured, (\d+) packets? received by filter/g;

/**
 * On SIGUSR1 tcpdump prints its statistics: everything is written when captured = received. On a
 * loopback interface the filter counts each packet twice, when it leaves and when it comes, of which
 * tcpdump keeps one.
 */
function allWritten(
  signalTcpdump: (signal: 'SIGUSR1') => void,
  log: () => string,
  copies: number,
  wait: Omit<Wait, 'for'>,
): Promise<void> {
  let asked = 0;
  const drained = (): boolean => {
    const answers = [...log().matchAll(INTERIM_STATISTICS)];
    if (answers.length < asked) return false;
    const [, captured, received] = answers.at(-1) ?? [];
    if (asked > 0 && Number(captured) * copies === Number(received)) return true;
    asked += 1;
    signalTcpdump('SIGUSR1');
    return false;
  };
  return until(drained, LOOK_EVERY_MS, { ...wait, for: 'tcpdump to write the last packets' });
}
