/** CLOCK_MONOTONIC in milliseconds, the one axis of all processes of a machine. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
