/** Permanent: a code is never renamed or reused, so that a search finds it. */
export type HarnessErrorCode =
  | 'ABORTED'
  | 'BACKLOG_OUT_OF_RANGE'
  | 'BUILD_FAILED'
  | 'CAPTURE_FAILED'
  | 'CONDITION_NOT_REACHED'
  | 'DOCKER_IMAGE_UNAVAILABLE'
  | 'DOCKER_REFUSED'
  | 'DOCKER_UNAVAILABLE'
  | 'EVIDENCE_UNREADABLE'
  | 'KERNEL_LACKS'
  | 'KERNEL_NOT_STARTED'
  | 'KERNEL_UNAVAILABLE'
  | 'NOT_ENOUGH_PORTS'
  | 'NOT_ENOUGH_FILES'
  | 'PROGRAM_FAILED'
  | 'RUN_FOLDER_UNWRITABLE'
  | 'SANDBOX_ENDED'
  | 'SANDBOX_NOT_ISOLATED'
  | 'SANDBOX_NOT_PERMITTED'
  | 'SCENARIO_UNKNOWN'
  | 'SERVER_FAILED'
  | 'SWARM_FAILED'
  | 'SYSCTL_NOT_WRITABLE'
  | 'TOOL_MISSING'
  | 'USAGE';

/** A failure of the harness or its surroundings; never a verdict about the kernel. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly code: HarnessErrorCode;
  readonly remedy: string;

  constructor(
    code: HarnessErrorCode,
    message: string,
    options: { readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
  }
}
