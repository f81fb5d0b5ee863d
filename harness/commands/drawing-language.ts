import { LIVE_LANGUAGES, type LiveLanguage } from '../live/live-texts.ts';
import { usage } from './values.ts';

/** `--lang` of --watch and --ladder. Throws `USAGE`. */
export function drawingLanguage(text: unknown): LiveLanguage {
  const language = LIVE_LANGUAGES.find((known) => known === (text ?? 'en'));
  if (language !== undefined) return language;
  throw usage(`Cannot use --lang ${text}.`, `choose ${LIVE_LANGUAGES.join(' or ')}`);
}
