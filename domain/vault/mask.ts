/** What somebody who may not see identifiers sees of them: enough to tell two people apart, too little to reach one. */
import { isObject, type Json } from '../../events/json.ts';
import { ERASED } from './seal.ts';

const MORE = '…';

/** `ada…`: an id. Short ones show less. */
export const maskId = (id: string): string => `${id.slice(0, id.length > 5 ? 3 : 1)}${MORE}`.toWellFormed();

/** `a…@example.com`, `+49…23`, `A…`: a text of a person. */
export function maskText(text: string): string {
  if (text === ERASED || text === '') return text;
  const at = text.lastIndexOf('@');
  if (at > 0) return `${text.slice(0, 1)}${MORE}${text.slice(at)}`.toWellFormed();
  if (/^\+?[\d ()./-]{7,}$/.test(text)) return `${text.slice(0, 3)}${MORE}${text.slice(-2)}`;
  return `${text.slice(0, 1)}${MORE}`.toWellFormed();
}

/** Every text inside, and every number: a postal code says as much as a street. */
export function maskValue(value: Json): Json {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'number') return MORE;
  if (Array.isArray(value)) return value.map(maskValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskValue(inner)]));
}
