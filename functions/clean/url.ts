/** Web addresses without what names a person or opens a door. */
import { holdsContact } from './contacts.ts';
import { memo } from './memo.ts';

export interface CleanUrl {
  /** Without user, fragment, campaign parameters and secrets. */
  readonly url: string;
  /** Lower case, with port; undefined for a relative address. */
  readonly host: string | undefined;
  readonly path: string;
  /** With its question mark; empty when nothing is left. */
  readonly search: string;
  /** Campaign parameters, under the names of {@link campaignFields}. */
  readonly campaign: Readonly<Record<string, string>> | undefined;
}

const parts = /^(?:([a-z][a-z\d+.-]*:)?\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/i;

const secretNames =
  /(?:^|[_.-])(?:token|auth|authorization|password|passwd|passcode|pwd|secret|session|sessionid|session_id|sid|phpsessid|jsessionid|sessid|apikey|api_key|access_key|signature|sig|otp|pin|jwt|code|state|nonce|credential|credentials|e-?mail|mail|phone|tel|telephone|mobile|user|username|login|firstname|lastname|first_name|last_name|fullname|birthday|dob|ssn|iban)$/i;
const sessionPath = /;(?:jsessionid|phpsessid|sid)=[^/?#;]*/gi;
const phoneInPath = /(?:\+|%2b)\d(?:[\d ().-]|%20){6,30}\d/gi;
const emailInPath = /[^/@\s]{1,64}(?:@|%40)[^/@\s]{1,128}/gi;
/** Longer runs of letters and digits without a break are tokens, not words. */
const opaque = /^(?:eyJ[\w-]+\.[\w-]+.*|[\w-]{40,}={0,2})$/;

/** Names of ad networks' click parameters, and whose they are. */
const clickNetworks = new Map([
  ['gclid', 'google'],
  ['gbraid', 'google'],
  ['wbraid', 'google'],
  ['dclid', 'google'],
  ['fbclid', 'facebook'],
  ['msclkid', 'microsoft'],
  ['ttclid', 'tiktok'],
  ['twclid', 'x'],
  ['li_fat_id', 'linkedin'],
  ['scclid', 'snapchat'],
  ['epik', 'pinterest'],
  ['yclid', 'yandex'],
]);

export const campaignFields = ['name', 'source', 'medium', 'term', 'content', 'clickId', 'clickNetwork'];
const utmFields = new Map([
  ['utm_campaign', 'name'],
  ['utm_source', 'source'],
  ['utm_medium', 'medium'],
  ['utm_term', 'term'],
  ['utm_content', 'content'],
]);

type Campaign = Record<string, string>;

/** Notes a campaign parameter. Other `utm_` parameters are dropped without a trace. */
function note(campaign: Campaign, name: string, value: string): void {
  const text = value.slice(0, 256).toWellFormed();
  const network = clickNetworks.get(name);
  const field = utmFields.get(name);
  if (field !== undefined) campaign[field] = text;
  else if (network !== undefined && campaign['clickId'] === undefined) {
    campaign['clickId'] = text;
    campaign['clickNetwork'] = network;
  }
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function isSecret(name: string, value: string): boolean {
  return secretNames.test(name) || holdsContact(name, value) || value.includes('@') || opaque.test(value);
}

function sift(query: string): { search: string; campaign: Campaign | undefined } {
  let kept = '';
  let campaign: Campaign | undefined;
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at)).toLowerCase();
    const value = at < 0 ? '' : decode(pair.slice(at + 1));
    if (name.startsWith('utm_') || clickNetworks.has(name)) {
      if (value !== '' && !value.includes('@') && !holdsContact('', value))
        note((campaign ??= {}), name, value);
    } else if (pair !== '' && !isSecret(name, value)) kept += (kept === '' ? '?' : '&') + pair;
  }
  return { search: kept, campaign };
}

function clean(text: string): CleanUrl {
  const [, scheme = '', authority, rawPath = '', query] = parts.exec(text.trim()) ?? [];
  const host = authority?.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  let path = rawPath;
  if (path.includes(';')) path = path.replace(sessionPath, '');
  if (path.includes('@') || path.includes('%40')) path = path.replace(emailInPath, '-');
  if (/\+|%2b/i.test(path)) path = path.replace(phoneInPath, '-');
  const { search, campaign } = query === undefined ? { search: '', campaign: undefined } : sift(query);
  const origin = host === undefined ? '' : `${scheme.toLowerCase()}//${host}`;
  return { url: origin + path + search, host: host === '' ? undefined : host, path, search, campaign };
}

/** At most 2,048 characters of an address are looked at. */
const remembered = memo(clean);
export const cleanUrl = (text: string): CleanUrl =>
  remembered(text.length > 2048 ? text.slice(0, 2048).toWellFormed() : text);

/** A query alone, with or without its question mark. */
export const cleanSearch = (text: string): string =>
  text === '' ? '' : cleanUrl(text.startsWith('?') ? text : `?${text}`).search;
