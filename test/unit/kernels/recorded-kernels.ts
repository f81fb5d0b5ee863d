/** Several kernels from recorded runs: one as it was recorded, others with findings of their own. */
import type { CatalogueOutcome } from '../../../harness/domain/catalogue.ts';
import type { MachineRecord } from '../../../harness/domain/evidence.ts';
import type { KernelsVerdict } from '../../../harness/domain/kernels.ts';
import type { Finding, KernelRule } from '../../../harness/domain/verdict.ts';
import { KERNEL_RULES } from '../../../harness/kernel/rules.ts';
import { judgeKernels, type KernelCase } from '../../../harness/verdict/kernels-verdict.ts';
import { OVERFLOW } from '../../golden/damages/recorded.ts';
import { catalogueOf, finding, recorded } from '../verify/recorded-catalogue.ts';

export const NEW = '6.18.0';
export const OLD = '6.1.0-50-cloud-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-08-29)';
export const OLDER = '5.10.0-32-cloud-amd64 #1 SMP Debian 5.10.223-1 (2024-08-10)';

const TIMEOUTS = 'syn-retransmissions';
const SYN_QUEUE = 'syn-queue';

/** What a newer kernel's runs found: three runs as they were recorded. */
export const RECORDED: readonly CatalogueOutcome[] = [
  recorded(OVERFLOW),
  recorded(TIMEOUTS),
  recorded(SYN_QUEUE),
];

export const outdated = (observed: string, rule: KernelRule): Finding => ({
  kind: 'outdated',
  ...{ documented: 'as the document says', observed, rule, testimonies: [] },
});

export const confirmed = (observed: string): Finding => ({
  kind: 'confirmed',
  ...{ documented: 'as the document says', observed, testimonies: [] },
});

export const contradicted = (observed: string): Finding => ({
  kind: 'contradicted',
  ...{ documented: 'as the document says', observed, testimonies: [] },
});

export const undecided = (reason: string): Finding => ({
  kind: 'inconclusive',
  ...{ documented: 'as the document says', reason, remedy: 'try again', testimonies: [] },
});

/** The recorded runs, had they found something else about a claim wherever they test it. */
export const otherwise = (id: string, found: Finding): readonly CatalogueOutcome[] =>
  RECORDED.map((outcome) => finding(outcome, id, found));

/** A kernel from before linear timeouts. */
export const WITHOUT_LINEAR: readonly CatalogueOutcome[] = otherwise(
  '001-i',
  outdated('repeated after 1, 3, 7 ... s', KERNEL_RULES.initialRtoOneSecond),
);

export const judged = (
  name: string,
  uname: string,
  outcomes: readonly CatalogueOutcome[],
  machines: readonly MachineRecord[] = [],
): KernelCase => ({ kind: 'judged', name, uname, catalogue: catalogueOf(outcomes), machines });

export const FAILED: KernelCase = {
  kind: 'failed',
  name: 'debian:9.9',
  folder: null,
  error: {
    code: 'KERNEL_UNAVAILABLE',
    message: 'The archive has no kernel 9.9.',
    remedy: 'choose one of <debian:6.1>',
  },
  wallMs: 12,
};

/** Milliseconds of one machine. */
export const machine = (boot: number, run: number, collect: number, boots = 1): MachineRecord => ({
  schemaVersion: 1,
  ...{ kernel: 'debian:6.1', qemu: 'QEMU 7.2.22', accelerator: 'tcg', memoryMib: 1_536, boots },
  startedAfterMs: boot,
  collectedFromMs: boot + run,
  endedAfterMs: boot + run + collect,
});

export const kernelsOf = (kernels: readonly KernelCase[], strict = false): KernelsVerdict =>
  judgeKernels({
    ...{ profile: 'default', strict, kernels, wallMs: 5_000, folder: 'runs/time-kernels' },
  });
