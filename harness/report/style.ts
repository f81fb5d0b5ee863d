/** How a report colours its words. The command makes one for a terminal; a file gets `plainStyle`. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const unchanged = (text: string): string => text;

export const plainStyle: Style = {
  bold: unchanged,
  dim: unchanged,
  green: unchanged,
  yellow: unchanged,
  red: unchanged,
  cyan: unchanged,
};
