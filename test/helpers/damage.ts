/** Damage to a run folder in memory: each function changes one place of it. */
import { type Evidence, FILES, snapshotFile } from '../../harness/domain/evidence.ts';

/** Makes another run folder out of one. */
export type Damage = (evidence: Evidence) => Evidence;

/** What several witnesses must say together, one after another. */
export const all =
  (...damages: readonly Damage[]): Damage =>
  (evidence) =>
    damages.reduce((damaged, damage) => damage(damaged), evidence);

export const bytesOf = (evidence: Evidence, file: string): Uint8Array => {
  const bytes = evidence.get(file);
  if (bytes === undefined) throw new Error(`The fixture has no ${file}.`);
  return bytes;
};

export const textOf = (evidence: Evidence, file: string): string =>
  new TextDecoder().decode(bytesOf(evidence, file));

export const removed =
  (file: string): Damage =>
  (evidence) =>
    new Map([...evidence].filter(([name]) => name !== file));

export const rewritten =
  (file: string, bytes: (old: Uint8Array) => Uint8Array): Damage =>
  (evidence) =>
    new Map([...evidence, [file, bytes(bytesOf(evidence, file))]]);

/** The first half of a file, as a full disk leaves it: not quite, so that no line ends there. */
export const halved = (file: string): Damage =>
  rewritten(file, (bytes) => bytes.subarray(0, (bytes.length >> 1) - 7));

/** Damage that changes nothing is a mistake in the test. */
export const edited = (file: string, edit: (text: string) => string): Damage =>
  rewritten(file, (bytes) => {
    const text = new TextDecoder().decode(bytes);
    const damaged = edit(text);
    if (damaged === text) throw new Error(`The damage leaves ${file} as it is.`);
    return new TextEncoder().encode(damaged);
  });

export const substituted = (file: string, what: string | RegExp, by: string): Damage =>
  edited(file, (text) => text.replace(what, by));

/** Takes the lines away that match. */
export const withoutLines = (file: string, what: RegExp): Damage =>
  edited(file, (text) =>
    text
      .split('\n')
      .filter((line) => !what.test(line))
      .join('\n'),
  );

/** Adds to one counter of a snapshot, as if the kernel had counted otherwise. */
export const recounted =
  (snapshot: string, host: string, counter: string, by: number): Damage =>
  (evidence) => {
    const netstat = snapshotFile(snapshot, host, 'netstat');
    const isInNetstat = textOf(evidence, netstat).split(/\s/).includes(counter);
    const file = isInNetstat ? netstat : snapshotFile(snapshot, host, 'snmp');
    return edited(file, (text) => recount(text, counter, by))(evidence);
  };

/** The kernel prints a line of names and then a line of values in the same order. */
function recount(text: string, counter: string, by: number): string {
  const lines = text.split('\n').map((line) => line.split(' '));
  const names = lines.findIndex((words) => words.includes(counter));
  const values = lines[names + 1] ?? [];
  const column = lines[names]?.indexOf(counter) ?? -1;
  values[column] = `${Number(values[column]) + by}`;
  return lines.map((words) => words.join(' ')).join('\n');
}

/** The accept queue's length as both readings of a snapshot have it. */
export const requeued = (snapshot: string, by: number): Damage => {
  const inHex = (length: string): string =>
    (Number.parseInt(length, 16) + by).toString(16).toUpperCase().padStart(8, '0');
  return all(
    edited(snapshotFile(snapshot, 'server', 'ss-listen'), (text) =>
      text.replace(/^LISTEN (\d+)/, (_, length) => `LISTEN ${Number(length) + by}`),
    ),
    edited(snapshotFile(snapshot, 'server', 'tcp'), (text) =>
      text.replace(/( 0A 0{8}:)([\dA-F]{8})/, (_, before, length) => before + inHex(length)),
    ),
  );
};

/** The listener's own drop count in the closing snapshot. */
export const dropsRecounted = (by: number): Damage =>
  edited(snapshotFile('closing', 'server', 'ss-listen'), (text) =>
    text.replace(/,d(\d+)\)/, (_, drops) => `,d${Number(drops) + by})`),
  );

/** tcpdump's closing count of captured packets. */
export const captureRecounted = (by: number): Damage =>
  edited(FILES.captureLog, (text) =>
    text.replace(
      /^(\d+) packets captured/m,
      (_, count) => `${Number(count) + by} packets captured`,
    ),
  );

/** A port as the socket tables of /proc write it. */
export const portInHex = (port: number): string =>
  `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
