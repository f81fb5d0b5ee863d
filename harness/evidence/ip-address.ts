/**
 * IP addresses as text, so that every reader of evidence spells the same address the same way:
 * IPv4 dotted, IPv6 as RFC 5952 wants it (lower case, the longest run of zero groups compressed).
 */

/** `address` is 4 bytes in network order. */
export const formatIpv4 = (address: Uint8Array): string => address.join('.');

const isIpv4Mapped = (address: Uint8Array): boolean =>
  address.subarray(0, 10).every((byte) => byte === 0) &&
  address[10] === 0xff &&
  address[11] === 0xff;

/** The longest run of at least two zero groups, the first of equals; `length` 0: there is none. */
const longestZeroRun = (groups: readonly number[]): { start: number; length: number } => {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length >= 2 && length > best.length) best = { start: index - length + 1, length };
  }
  return best;
};

const hexGroups = (groups: readonly number[]): string =>
  groups.map((group) => group.toString(16)).join(':');

/**
 * `address` is 16 bytes in network order. An IPv4-mapped address (`::ffff:192.0.2.1`) is given as
 * the IPv4 address it stands for, because a dual-stack socket and the packets on the wire would
 * otherwise have different names for the same end.
 */
export const formatIpv6 = (address: Uint8Array): string => {
  if (isIpv4Mapped(address)) return formatIpv4(address.subarray(12, 16));
  const view = new DataView(address.buffer, address.byteOffset, 16);
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(2 * index));
  const { start, length } = longestZeroRun(groups);
  if (length === 0) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, start))}::${hexGroups(groups.slice(start + length))}`;
};
