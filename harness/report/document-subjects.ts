import type { DocumentId } from '../domain/scenario.ts';

/** What each of the documents is about, for readers who only see their numbers. */
export const DOCUMENT_SUBJECTS: Readonly<Record<DocumentId, string>> = {
  '000': 'half of a connection is left after a provider restarted',
  '001': 'a full accept queue in front of a slow server',
  '002': 'how long both queues are, and which counters tell',
  '003': 'short connections, somaxconn, and timeouts',
  '004': 'a server that closes connections on its own',
};

/** Those of the documents of which a claim is named, each once. */
export function documentWords(ids: readonly string[]): string {
  const numbers = new Set(ids.map((id) => id.slice(0, 3)));
  return Object.entries(DOCUMENT_SUBJECTS)
    .filter(([number]) => numbers.has(number))
    .map(([number, subject]) => `${number} (${subject})`)
    .join(', ');
}
