import type { ReportedError } from '../harness/domain/usual-clients.ts';

/** An error as plain data, with its causes; whatever else was thrown becomes its message. */
export function reportedError(error: unknown, depth = MOST_CAUSES): ReportedError {
  if (!(error instanceof Error)) {
    return { name: typeof error, code: null, message: String(error), errno: null };
  }
  const { code, errno } = error as NodeJS.ErrnoException;
  return {
    name: error.name,
    code: typeof code === 'string' ? code : null,
    message: error.message,
    errno: typeof errno === 'number' ? errno : null,
    ...(error.cause === undefined || depth === 0
      ? {}
      : { cause: reportedError(error.cause, depth - 1) }),
  };
}

/** Errors may name each other in a circle. */
const MOST_CAUSES = 4;
