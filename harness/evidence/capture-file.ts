import type { Capture } from './capture.ts';
import { classicFormatOf, readClassicPcap } from './pcap.ts';
import { isPcapng, readPcapng } from './pcapng.ts';

const startOf = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');

const unreadable = (message: string): Capture => ({
  linkTypes: [],
  packets: [],
  problem: { atByte: 0, message },
});

/**
 * Reads a capture file: classic pcap (microseconds or nanoseconds) or pcapng, in either byte order.
 * It never throws: what is damaged, cut off or no capture at all is told as the `problem`, with the
 * packets before it. Packets are views into `bytes`; nothing is allocated by a length in the file.
 */
export const readCapture = (bytes: Uint8Array): Capture => {
  if (bytes.length === 0) return unreadable('The capture file is empty.');
  if (isPcapng(bytes)) return readPcapng(bytes);
  const format = classicFormatOf(bytes);
  if (format !== undefined) return readClassicPcap(bytes, format);
  return unreadable(
    bytes.length < 4
      ? `The capture file ends after ${bytes.length} of the 4 bytes that tell its format.`
      : `Neither pcap nor pcapng: the file starts with ${startOf(bytes)}.`,
  );
};
