/** Finds e-mail addresses and telephone numbers inside texts, in time linear in the text. */

const local = /[\w.!#$%&'*+/=?^`{|}~-]/;
const domain = /[\w.-]/;
/** An international number: a plus sign, then 8 to 15 digits with the usual separators. */
const phone = /\+\d(?:[ ().-]{0,2}\d){7,14}(?!\d)/g;
const LOCAL = 64;
const DOMAIN = 253;

/** Names of fields whose value is a contact, whatever it looks like. */
const contactName =
  /^(?:e-?mail|email_?address|phone|phone_?number|mobile|mobile_?number|telephone|tel|msisdn|whatsapp)$/i;
export const isContactName = (name: string): boolean => contactName.test(name);

function emailAround(text: string, at: number): [number, number] | undefined {
  let from = at;
  while (from > 0 && at - from < LOCAL && local.test(text[from - 1] ?? '')) from--;
  let to = at + 1;
  while (to < text.length && to - at <= DOMAIN && domain.test(text[to] ?? '')) to++;
  while (to > at + 1 && /[.-]/.test(text[to - 1] ?? '')) to--;
  const host = text.slice(at + 1, to);
  return from < at && /^[^.].*\.[\w-]{2,}$/.test(host) ? [from, to] : undefined;
}

/** Replaces every e-mail address of a text. */
function replaceEmails(text: string, replace: (found: string) => string): string {
  let out = '';
  let done = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const span = emailAround(text, at);
    if (span === undefined || span[0] < done) continue;
    out += text.slice(done, span[0]) + replace(text.slice(span[0], span[1]));
    done = span[1];
  }
  return done === 0 ? text : out + text.slice(done);
}

/** Whether a field's name or text is a contact, or has one in it. */
export function holdsContact(name: string, text: string): boolean {
  if (text === '') return false;
  if (isContactName(name)) return true;
  let found = false;
  if (text.includes('@') || text.includes('+'))
    replaceContacts(text, (contact) => {
      found = true;
      return contact;
    });
  return found;
}

/** A text without contacts, for what is kept beside the fields that hold people's own words. */
export const withoutContacts = (text: string): string =>
  text.includes('@') || text.includes('+') ? replaceContacts(text, () => '-') : text;

/** Replaces every contact of a text by what `replace` makes of it. */
export function replaceContacts(text: string, replace: (found: string) => string): string {
  const mended = text.includes('@') ? replaceEmails(text, replace) : text;
  return mended.includes('+') ? mended.replace(phone, replace) : mended;
}
