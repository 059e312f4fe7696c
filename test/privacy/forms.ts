/** The forms in which a text may hide in bytes. */
import { hash } from 'node:crypto';

/** A form of a text to look for; `folded`: in bytes whose letters were made small first. */
export interface Needle {
  readonly value: string;
  readonly form: string;
  readonly bytes: Buffer;
  readonly folded: boolean;
}

/** base64 of bytes that begin at any of the three places in a group; the ends, which neighbours decide, are left off. */
function base64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    return whole.slice(from, to);
  });
}

const reversed = (text: string): string => [...text].reverse().join('');
const escaped = (text: string): string =>
  [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

/** Every form of a value. Texts split by JSON's escapes are found because {@link readings} resolves those. */
export function needlesOf(value: string): Needle[] {
  const digest = hash('sha256', value.trim().toLowerCase(), 'buffer');
  const forms: [form: string, text: string | Buffer, folded: boolean][] = [
    ['plain, in any case', value.toLowerCase(), true],
    ['URL-encoded', encodeURIComponent(value).toLowerCase(), true],
    ['reversed', reversed(value.toLowerCase()), true],
    ['hex', Buffer.from(value).toString('hex'), true],
    ['escaped as JSON', escaped(value), true],
    ['UTF-16', Buffer.from(value, 'utf16le'), false],
    ['SHA-256 of the normalised value', digest, false],
    ['SHA-256 in hex', digest.toString('hex'), true],
    ...base64(value).map((text, i): [string, string, boolean] => [`base64 at ${i} of 3`, text, false]),
    ...base64(value.toLowerCase()).map((text, i): [string, string, boolean] => [
      `base64 of small letters at ${i} of 3`,
      text,
      false,
    ]),
  ];
  return forms.map(([form, text, folded]) => ({ value, form, bytes: Buffer.from(text), folded }));
}

/** Names of all forms, as reports count them. */
export const formNames = [...needlesOf('x').map(({ form }) => form), 'split by escapes of JSON'];

const folded = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');

/** Bytes as they are, and with the escapes of JSON resolved; each also in small letters. */
export function readings(bytes: Buffer): { readonly plain: Buffer; readonly small: Buffer }[] {
  const text = bytes.toString('latin1');
  const resolved = text
    .replaceAll(/\\u00([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\([/"\\])/g, '$1');
  const all = resolved === text ? [bytes] : [bytes, Buffer.from(resolved, 'latin1')];
  return all.map((plain) => ({ plain, small: folded(plain) }));
}
