import type { ProgramLog } from '../servers/kit/program-log.ts';
import { notACommand, wordOf } from '../servers/kit/run-program.ts';
import { comeToRest } from './come-to-rest.ts';

/** What a client program has begun and not brought to its end, and the answer to `rest`. */
export interface UnderWay {
  readonly begin: () => void;
  /** Once for each `begin`. */
  readonly end: () => void;
  /** Carries out `rest`, the one command of such a program. Throws for any other. */
  readonly obey: (command: unknown) => void;
}

/** `stop` is called when nothing new may be begun any more; `resting` is told when all has ended. */
export const countUnderWay = (log: ProgramLog, stop: () => void): UnderWay => {
  let underWay = 0;
  const rest = comeToRest(() => underWay === 0, log);
  return {
    begin: () => {
      underWay += 1;
    },
    end: () => {
      underWay -= 1;
      rest.look();
    },
    obey: (command) => {
      if (wordOf(command) !== 'rest') throw notACommand(command);
      stop();
      rest.want();
    },
  };
};
