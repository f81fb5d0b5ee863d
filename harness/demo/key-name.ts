/** A key press as `node:readline` tells it. */
export interface KeyPress {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  return: 'enter',
  enter: 'enter',
  right: 'right',
  left: 'left',
  backspace: 'backspace',
  escape: 'escape',
};

const FIRST_FULL_WIDTH = 0xff01;
const LAST_FULL_WIDTH = 0xff5e;
const TO_ASCII = 0xfee0;

/** The name of a key, or the character that it types; a Chinese input method's digits are digits. */
export function keyName({ name, sequence = '', ctrl = false }: KeyPress): string {
  if (ctrl) return name === 'c' || name === 'z' ? `ctrl-${name}` : '';
  const named = NAMES[name ?? ''];
  if (named !== undefined) return named;
  const point = sequence.codePointAt(0) ?? 0;
  const typed =
    point >= FIRST_FULL_WIDTH && point <= LAST_FULL_WIDTH
      ? String.fromCodePoint(point - TO_ASCII)
      : sequence;
  return typed.toLowerCase();
}
