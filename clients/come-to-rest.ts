import type { ProgramLog } from '../servers/kit/program-log.ts';

export interface Rest {
  /** From now on nothing new is begun. */
  readonly wanted: () => boolean;
  readonly want: () => void;
  /** To be called whenever something has come to its end. */
  readonly look: () => void;
}

/** Says `resting`, once, as soon as rest is wanted and nothing is under way. */
export const comeToRest = (
  isIdle: () => boolean,
  log: ProgramLog,
  beforeTelling: () => void = () => undefined,
): Rest => {
  let wanted = false;
  let told = false;
  const look = (): void => {
    if (!wanted || told || !isIdle()) return;
    told = true;
    beforeTelling();
    log.tell({ event: 'resting' });
  };
  return {
    wanted: () => wanted,
    want: () => {
      wanted = true;
      look();
    },
    look,
  };
};
