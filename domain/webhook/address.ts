/** Which network addresses belong to the public internet. Whatever is not surely public is not. */
import { isIPv4, isIPv6 } from 'node:net';

/** First address and length of prefix of what is not public: private, shared, loopback, link-local, metadata, tests, multicast. */
const reservedV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Parts of 2000::/3, the only public one, that carry other addresses inside or are for documentation. */
const reservedV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const GLOBAL_V6 = ['2000::', 3] as const;

const bitsOfV4 = (address: string): bigint =>
  address.split('.').reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);

/** 128 bits; undefined for an address with an embedded IPv4 one, which is not public in any notation. */
function bitsOfV6(address: string): bigint | undefined {
  const [bare = ''] = address.split('%');
  if (bare.includes('.')) return undefined;
  const [head = '', tail] = bare.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

const within = (bits: bigint, start: bigint, prefix: number, width: number): boolean =>
  bits >> BigInt(width - prefix) === start >> BigInt(width - prefix);

/** Whether a connection to this address can only reach the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) {
    const bits = bitsOfV4(address);
    return !reservedV4.some(([start, prefix]) => within(bits, bitsOfV4(start), prefix, 32));
  }
  if (!isIPv6(address)) return false;
  const bits = bitsOfV6(address);
  const inside = ([start, prefix]: readonly [string, number]): boolean =>
    bits !== undefined && within(bits, bitsOfV6(start) ?? 0n, prefix, 128);
  return inside(GLOBAL_V6) && !reservedV6.some(inside);
}

export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');
