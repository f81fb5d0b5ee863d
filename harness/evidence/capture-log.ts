/** Counts of packets. A count tcpdump did not print is absent. */
export interface CaptureStatistics {
  readonly captured?: number;
  readonly receivedByFilter?: number;
  readonly droppedByKernel?: number;
  readonly droppedByInterface?: number;
}

/** tcpdump prints its statistics at its end and at every SIGUSR1, `captured` first: the last count. */
const lastStatistics = (text: string): string => {
  const at = [...text.matchAll(/\d+ packets? captured\b/g)].at(-1)?.index;
  return at === undefined ? text : text.slice(at);
};

const lastCount = (text: string, what: string): number | undefined => {
  const counts = [...text.matchAll(new RegExp(`(\\d+) packets? ${what}\\b`, 'g'))];
  const digits = counts.at(-1)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/**
 * The statistics in tcpdump's standard error. Never throws: a log without them (tcpdump was killed)
 * gives none.
 */
export const readCaptureLog = (text: string): CaptureStatistics => {
  const closing = lastStatistics(text);
  const captured = lastCount(closing, 'captured');
  const receivedByFilter = lastCount(closing, 'received by filter');
  const droppedByKernel = lastCount(closing, 'dropped by kernel');
  const droppedByInterface = lastCount(closing, 'dropped by interface');
  return {
    ...(captured === undefined ? {} : { captured }),
    ...(receivedByFilter === undefined ? {} : { receivedByFilter }),
    ...(droppedByKernel === undefined ? {} : { droppedByKernel }),
    ...(droppedByInterface === undefined ? {} : { droppedByInterface }),
  };
};
