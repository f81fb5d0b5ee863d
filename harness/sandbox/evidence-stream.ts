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

/**
 * Reads a container's standard output: one report a line and, after `evidence`, a tar archive to
 * the end. Resolves when all of it is read and unpacked into the folder, where the files belong to
 * the caller; to null if no archive came.
 */
export async function readEvidenceStream(
  output: Readable,
  folder: string,
  onReport: (report: InsideReport) => void,
): Promise<Unpacked | null> {
  let text = Buffer.alloc(0);
  let unpacking: Unpacking | undefined;
  for await (const chunk of output as AsyncIterable<Buffer>) {
    if (unpacking !== undefined) {
      await unpacking.write(chunk);
      continue;
    }
    text = Buffer.concat([text, chunk]);
    for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE)) {
      const report = JSON.parse(text.subarray(0, end).toString()) as InsideReport;
      text = text.subarray(end + 1);
      if (report.event === 'evidence') {
        unpacking = unpackInto(folder);
        await unpacking.write(text);
        break;
      }
      onReport(report);
    }
  }
  return unpacking === undefined ? null : unpacking.finish();
}

interface Unpacking {
  readonly write: (chunk: Uint8Array) => Promise<void>;
  readonly finish: () => Promise<Unpacked>;
}

function unpackInto(folder: string): Unpacking {
  const tar = execa('tar', ['-x', '-f', '-', '--no-same-owner', '-C', folder], {
    env: sandboxEnvironment(),
    reject: false,
    // A terminal's Ctrl-C must not cost the evidence.
    detached: true,
    cleanup: false,
    stdout: 'ignore',
  });
  // A tar that has ended says so by its exit code.
  tar.stdin.on('error', () => undefined);
  return {
    write: async (chunk) => {
      if (!tar.stdin.write(chunk)) await Promise.race([once(tar.stdin, 'drain'), tar]);
    },
    finish: async () => {
      tar.stdin.end();
      const { failed, stderr, shortMessage } = await tar;
      return { problem: failed ? stderr.trim().split('\n')[0] || shortMessage : undefined };
    },
  };
}
