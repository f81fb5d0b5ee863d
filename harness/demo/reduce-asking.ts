import type { Asking, DemoState } from './demo-state.ts';
import { MOST_WISHED } from './parameters.ts';
import { STEPS } from './steps.ts';
import { type Reduced, startRun, unchanged, withTrial } from './transitions.ts';

/** Longer numbers than this are out of every range. */
const MOST_DIGITS = 5;

/** A key while a number is asked for. */
export function reduceAsking(state: DemoState, asking: Asking, key: string): Reduced {
  if (key === 'escape') return unchanged({ ...state, asking: null });
  if (key === 'enter') return taken(state, asking);
  return unchanged({
    ...state,
    asking: { ...asking, typed: typed(asking.typed, key), refused: false },
  });
}

function typed(before: string, key: string): string {
  if (key === 'backspace') return before.slice(0, -1);
  return /^\d$/.test(key) ? `${before}${key}`.slice(0, MOST_DIGITS) : before;
}

function taken(state: DemoState, asking: Asking): Reduced {
  const number = asking.typed === '' ? undefined : Number(asking.typed);
  const most = asking.about === 'step' ? STEPS.length : MOST_WISHED[asking.about];
  if (number !== undefined && (number < 1 || number > most)) {
    return unchanged({ ...state, asking: { ...asking, typed: '', refused: true } });
  }
  if (asking.about !== 'step') return wished(state, asking, number);
  const there = number === undefined ? state.step : number - 1;
  return unchanged({ ...state, asking: null, step: there, view: 'introduction', screen: 0 });
}

function wished(
  state: DemoState,
  { about, wishes }: Extract<Asking, { about: 'backlog' | 'clients' }>,
  number: number | undefined,
): Reduced {
  const chosen = number === undefined ? wishes : { ...wishes, [about]: number };
  if (about === 'backlog') {
    const asking: Asking = { about: 'clients', typed: '', refused: false, wishes: chosen };
    return unchanged({ ...state, asking });
  }
  // What was answered before was about other numbers.
  return startRun(withTrial({ ...state, asking: null }, { wishes: chosen, chosen: null }));
}
