import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import type { InsideReport } from '../domain/inside.ts';
import { sandboxEnvironment } from './environment.ts';

const NEWLINE = 0x0a;

/** Undefined: all is there. Otherwise why not, in tar's words. */
export interface Unpacked {
  readonly problem: string | undefined;
}

export interface Listener {
  readonly onReport: (report: InsideReport) => void;
  /** A line that is no report: somebody else's words. */
  readonly onStray: (line: string) => void;
  /** Whenever something comes, whatever it is. */
  readonly onSign?: () => void;
}

/**
 * Reads the inside part's standard output: one report a line and, after `evidence`, a tar archive to
 * the end. Resolves when all of it is read and unpacked into the folder, where the files belong to
 * the caller; to null if no archive came.
 */
export async function readEvidenceStream(
  output: Readable,
  folder: string,
  listener: Listener,
): Promise<Unpacked | null> {
  let text: Buffer = Buffer.alloc(0);
  let unpacking: Unpacking | undefined;
  for await (const chunk of output as AsyncIterable<Buffer>) {
    listener.onSign?.();
    text = Buffer.concat([text, chunk]);
    if (unpacking === undefined) {
      const { rest, evidence } = takeLines(text, listener);
      text = rest;
      if (evidence !== undefined) unpacking = unpackInto(folder, evidence.gzip === true);
    }
    if (unpacking !== undefined) {
      await unpacking.write(text);
      text = Buffer.alloc(0);
    }
  }
  return unpacking === undefined ? null : unpacking.finish();
}

type Announcement = Extract<InsideReport, { event: 'evidence' }>;

/** Hands whole lines on, up to the one that announces the archive. */
function takeLines(
  text: Buffer,
  { onReport, onStray }: Listener,
): { readonly rest: Buffer; readonly evidence?: Announcement } {
  let rest = text;
  for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
    const line = rest.subarray(0, end).toString();
    rest = rest.subarray(end + 1);
    const report = reportIn(line);
    if (report === undefined) onStray(line);
    else onReport(report);
    if (report?.event === 'evidence') return { rest, evidence: report };
  }
  return { rest };
}

function reportIn(line: string): InsideReport | undefined {
  try {
    const report = JSON.parse(line) as InsideReport | null;
    return typeof report?.event === 'string' ? report : undefined;
  } catch {
    return undefined;
  }
}

interface Unpacking {
  readonly write: (chunk: Uint8Array) => Promise<void>;
  readonly finish: () => Promise<Unpacked>;
}

function unpackInto(folder: string, gzip: boolean): Unpacking {
  const tar = execa(
    'tar',
    [gzip ? '-xz' : '-x', '-f', '-', '--no-same-owner', '--no-same-permissions', '-C', folder],
    {
      env: sandboxEnvironment(),
      reject: false,
      // A terminal's Ctrl-C must not cost the evidence.
      detached: true,
      cleanup: false,
      stdout: 'ignore',
    },
  );
  // A tar that has ended says so by its exit code.
  tar.stdin.on('error', () => undefined);
  return {
    write: async (chunk) => {
      if (!tar.stdin.write(chunk))
        await Promise.race([once(tar.stdin, 'drain').catch(() => undefined), tar]);
    },
    finish: async () => {
      tar.stdin.end();
      const { failed, stderr, shortMessage } = await tar;
      return { problem: failed ? stderr.trim().split('\n')[0] || shortMessage : undefined };
    },
  };
}
