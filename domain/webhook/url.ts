/** Which addresses of receivers are accepted at all, before any name is looked up. */
import { isIPv4, isIPv6 } from 'node:net';
import { isLoopback, isPublicAddress } from './address.ts';

const LONGEST = 2048;
const PORTS: readonly string[] = ['', '443', '8443'];
/** Names that never leave a machine or a network. */
const local = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain)\.?$/;

export interface UrlRules {
  /** Lets `http` go to this machine, for those who try it out. @default false */
  readonly loopback?: boolean;
}

/** The address where the host is one; URLs write IPv6 in brackets, and IPv4 in one form whatever was typed. */
export function literalOf({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIPv4(bare) || isIPv6(bare) ? bare : undefined;
}

/** The URL, or what is wrong with it in words that complete "The URL must ...". */
export function readWebhookUrl(text: string, { loopback = false }: UrlRules = {}): URL | string {
  if (text.length > LONGEST) return `be at most ${LONGEST} characters long`;
  if (!URL.canParse(text)) return 'be a URL';
  const url = new URL(text);
  const literal = literalOf(url);
  if (url.username !== '' || url.password !== '') return 'hold no user name and no password';
  if (loopback && url.protocol === 'http:' && literal !== undefined && isLoopback(literal)) return url;
  if (url.protocol !== 'https:') return 'begin with https://';
  if (!PORTS.includes(url.port)) return 'name port 443 or 8443, or none';
  if (literal !== undefined) return isPublicAddress(literal) ? url : 'lead to a public address';
  if (local.test(url.hostname) || !url.hostname.replace(/\.$/, '').includes('.'))
    return 'lead to a public host';
  return url;
}
