/** Network addresses, cut so that they name a network and not a person. */
import { isIPv4, isIPv6 } from 'node:net';

/**
 * Zeroes the last octet of an IPv4 address and the last 80 bits of an IPv6 address.
 * Undefined for anything that is not an address.
 */
export function truncateAddress(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(mapped)) return mapped.replace(/\d+$/, '0');
  if (!isIPv6(mapped)) return undefined;
  const [head = '', tail] = (mapped.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, 3).join(':')}::`;
}
