/** How one library is used once, whatever the library. */

export interface LibraryTarget {
  /** A numeric address. */
  readonly host: string;
  readonly port: number;
  /** For the options that the documentation names; null: the library's defaults. */
  readonly timeoutMs: number | null;
  /** The main module of an installed package; null: the library is part of Node. */
  readonly entry: string | null;
}

/** Something that the library tells its caller without ending the call. */
export type Say = (what: string, error?: unknown) => void;

/** What ended the call without an error. */
export type CallEnd = 'answered' | 'closed';

/** A loaded library. The call rejects with what the library reports, and may never end. */
export type LibraryCall = (say: Say) => Promise<CallEnd>;

/** Loads the library and opens no socket. */
export type LoadLibrary = (target: LibraryTarget) => Promise<LibraryCall>;

/** The option with the timeout; without one no option at all, so that the library's default holds. */
export const timeoutOptions = <Name extends string>(
  timeoutMs: number | null,
  ...names: readonly Name[]
): Partial<Record<Name, number>> =>
  timeoutMs === null
    ? {}
    : (Object.fromEntries(names.map((name) => [name, timeoutMs])) as Record<Name, number>);

/** `http://192.0.2.1:80`, with brackets around an IPv6 address. */
export const urlOf = ({ host, port }: LibraryTarget, scheme: string): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`;
