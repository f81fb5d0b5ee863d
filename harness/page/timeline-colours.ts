/** Those of the theme: a canvas knows no style sheet. */
export interface Colours {
  readonly text: string;
  readonly grid: string;
  readonly accept: string;
  readonly syn: string;
  readonly capacity: string;
  readonly refused: string;
  readonly drops: string;
}

export function coloursOf(place: Element): Colours {
  const style = getComputedStyle(place);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('dim'),
    grid: colour('line'),
    accept: colour('accept'),
    syn: colour('syn'),
    capacity: colour('text'),
    refused: colour('bad'),
    drops: colour('drops'),
  };
}
