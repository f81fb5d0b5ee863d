/** One event of the kernel's trace; `monotonicMs` when the trace clock is `mono`. */
export interface TracedEvent {
  readonly monotonicMs: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Trace {
  readonly events: readonly TracedEvent[];
  /** Events the kernel says it lost for want of room; a loss without a number counts as one. */
  readonly lost: number;
  /** What is wrong with the first line that could not be read; absent when all could. */
  readonly problem?: string;
}

/**
 * Task and pid, perhaps a thread group in parentheses, CPU, perhaps flags, seconds, name. The task
 * may hold blanks and dashes (`kworker/0:1-events`), so it ends at the dash before the pid.
 */
const EVENT =
  /^\s*.+?-\d+\s+(?:\([ \d-]+\)\s+)?\[\d+\]\s+(?:\S+\s+)?(\d+)\.(\d+):\s+(\w+):\s?(.*)$/;
const LOSS = /^CPU:\d+ \[LOST (?:(\d+) )?EVENTS\]\s*$/;
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

const lossIn = (line: string): number => {
  const loss = LOSS.exec(line);
  return loss === null ? 0 : Number(loss[1] ?? 1);
};

const isContent = ({ text }: { readonly text: string }): boolean =>
  text.trim() !== '' && !text.startsWith('#');

/**
 * The text of tracefs' `trace` or `trace_pipe`, written with `trace_clock` mono. Comments are
 * skipped. A line that is neither an event nor a loss is a problem, and the others are kept.
 */
export const readTraceEvents = (text: string): Trace => {
  const lines = text
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line }))
    .filter(isContent)
    .map((line) => ({ ...line, event: readEvent(line.text), lost: lossIn(line.text) }));
  const events = lines.flatMap((line) => line.event ?? []);
  const lost = lines.reduce((sum, line) => sum + line.lost, 0);
  const odd = lines.find((line) => line.event === undefined && line.lost === 0);
  if (odd === undefined) return { events, lost };
  const problem = `Line ${odd.number}: no trace event: '${odd.text.trim().slice(0, 60)}'.`;
  return { events, lost, problem };
};
