/** `--kernel list`: the kernels that can be had by name. */
import { kernelsToChoose } from '../sandbox/choose.ts';
import { EXIT } from './exit-code.ts';
import { watchForInterruption } from './interruption.ts';
import { print, terminalStyle } from './terminal.ts';

export const wantsKernelList = (given: Readonly<Record<string, unknown>>): boolean =>
  [given['kernel']].flat().includes('list');

/** Throws `KERNEL_UNAVAILABLE`, `TOOL_MISSING`. */
export async function listKernels(json: boolean): Promise<number> {
  using interruption = watchForInterruption();
  const kernels = await kernelsToChoose({
    signal: interruption.signal,
    notify: (what) => void process.stderr.write(`backlog-lab ${what}.\n`),
  });
  if (json) {
    print(JSON.stringify({ schemaVersion: 1, kernels }, null, 2));
    return EXIT.good;
  }
  const style = terminalStyle();
  const lines = kernels.map(
    (kernel) => `${style.bold(kernel.name.padEnd(18))}${kernel.package} ${kernel.version}`,
  );
  print(
    `${lines.join('\n')}\n\nOf debian:6.1 the newest is taken. The path of a bzImage will do as well, with --modules DIR\nwhere drivers are modules.`,
  );
  return EXIT.good;
}
