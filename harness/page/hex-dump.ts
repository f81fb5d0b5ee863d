const BYTES_PER_LINE = 16;

/** As tcpdump -XX prints it: offset, bytes in pairs, and what of them is text. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const line = bytes.subarray(at, at + BYTES_PER_LINE);
    const hex = Array.from(
      line,
      (byte, index) => `${hexByte(byte)}${index % 2 === 1 ? ' ' : ''}`,
    ).join('');
    const text = Array.from(line, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    ).join('');
    lines.push(`0x${at.toString(16).padStart(4, '0')}  ${hex.padEnd(40)} ${text}`);
  }
  return lines.join('\n');
}

const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');
