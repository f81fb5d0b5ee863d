/** What a reader has chosen. A page from a file may have no storage: then it lasts as long as the page. */
import { CHINESE, ENGLISH, type Language } from './language.ts';

export type Theme = 'light' | 'dark';

const stored = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

export const store = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without a storage the choice holds for this page only.
  }
};

const LANGUAGE = 'backlog-lab language';
const THEME = 'backlog-lab theme';

export function firstLanguage(): Language {
  const chosen = stored(LANGUAGE) ?? navigator.language;
  return chosen.startsWith('zh') ? CHINESE : ENGLISH;
}

export const rememberLanguage = ({ words }: Language): void => store(LANGUAGE, words.language);

/** What the reader chose, or else what the machine is set to. */
export function firstTheme(): Theme {
  const chosen = stored(THEME);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

export const rememberTheme = (theme: Theme): void => store(THEME, theme);
