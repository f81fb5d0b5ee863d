import type { ProgramOptions } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';

interface Files {
  readonly events: string;
  readonly log: string;
}

/**
 * What a program of ours says is evidence: its lines go into one file of the run folder, as many in
 * one write as came together, its standard error into another, and each line is heard as an event.
 */
export const hearEvents = <Told>(
  recorder: RunRecorder,
  files: Files,
  onEvent: (event: Told) => void,
): Required<Pick<ProgramOptions, 'onLines' | 'onStderr'>> => ({
  onLines: (lines) => {
    recorder.append(files.events, `${lines.join('\n')}\n`);
    for (const line of lines) onEvent(JSON.parse(line) as Told);
  },
  onStderr: (text) => recorder.append(files.log, text),
});
