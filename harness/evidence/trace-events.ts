/** One event of the kernel's trace; `monotonicMs` when the trace clock is `mono`. */
export interface TracedEvent {
  readonly monotonicMs: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Task and pid, perhaps a thread group in parentheses, CPU, perhaps flags, seconds, name. The task
 * may hold blanks and dashes (`kworker/0:1-events`), so it ends at the dash before the pid.
 */
const EVENT =
  /^\s*.+?-\d+\s+(?:\([ \d-]+\)\s+)?\[\d+\]\s+(?:\S+\s+)?(\d+)\.(\d+):\s+(\w+):\s?(.*)$/;
/** `key=value`, in kfree_skb also `reason: value`; a value may hold blanks (`symbol+0x1/0x2 [module]`). */
const FIELD = /(\w+)(?:=|: )(.*?)(?=\s+\w+(?:=|: )|\s*$)/g;

const readFields = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(FIELD)].map(([, key = '', value = '']) => [key, value]));

/** Seconds and their fraction apart, so that no digit is lost in between. */
const toMs = (seconds: string, fraction: string): number =>
  (Number(seconds) * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6))) / 1e3;

const readEvent = (line: string): TracedEvent | undefined => {
  const parts = EVENT.exec(line);
  if (parts === null) return undefined;
  const [, seconds = '', fraction = '', name = '', payload = ''] = parts;
  return { monotonicMs: toMs(seconds, fraction), name, fields: readFields(payload) };
};

/**
 * The text of tracefs' `trace` or `trace_pipe`, written with `trace_clock` mono. Whatever is no
 * event is skipped: comments, losses, a line that is cut off.
 */
export const readTraceEvents = (text: string): readonly TracedEvent[] =>
  text.split('\n').flatMap((line) => readEvent(line) ?? []);

/** What the harness writes behind the events: what was traced, and how much of it was lost. */
export interface TraceEnding {
  readonly traced: ReadonlySet<string>;
  readonly lost: number;
}

const ENDING = /^# traced: (.*)\n# lost: (\d+)\n$/;

/** Undefined when the trace was cut off before its end. */
export const readTraceEnding = (text: string): TraceEnding | undefined => {
  const ending = ENDING.exec(text.slice(text.lastIndexOf('# traced: ')));
  if (ending === null) return undefined;
  const [, names = '', lost = ''] = ending;
  return { traced: new Set(names.split(' ')), lost: Number(lost) };
};
