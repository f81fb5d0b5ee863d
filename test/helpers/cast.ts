interface Cast {
  readonly header: unknown;
  readonly events: readonly { readonly atSeconds: number; readonly text: string }[];
}

/** Reads an asciicast v2. Throws when a line is not what the format asks for. */
export function castIn(content: string): Cast {
  const [header, ...lines] = content
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const events = lines.map((line) => {
    const [atSeconds, kind, text] = Array.isArray(line) ? (line as unknown[]) : [];
    if (typeof atSeconds !== 'number' || kind !== 'o' || typeof text !== 'string') {
      throw new Error(`Not an event of output: ${JSON.stringify(line)}`);
    }
    return { atSeconds, text };
  });
  return { header, events };
}
