/** Flags of the engine that what this process starts takes over from it. */
const HANDED_ON = ['--no-opt', '--no-sparkplug'];

/** Node with a program of ours; as this process runs, so does what it starts. */
export const nodeCommand = (program: string): readonly string[] => [
  process.execPath,
  ...process.execArgv.filter((flag) => HANDED_ON.includes(flag)),
  program,
];
