/** The body of a replay: refused events as a person corrected them. */
import { isUtf8 } from 'node:buffer';
import * as z from 'zod/mini';
import type { HttpRequest } from '../http.ts';
import { described } from './parameters.ts';
import { Refused } from './replies.ts';

const BODY_LIMIT = 1024 * 1024;
const ITEMS_LIMIT = 1000;

/** Other fields of an entry may stay; they are not read. */
export const correction = z.looseObject({
  receipt: z.string(),
  receivedAt: described(
    'as the entry has it; narrows the search to its hour',
    z.optional(z.iso.datetime({ offset: true })),
  ),
  event: described(
    'the corrected event; without it the text counts, and without that the event as it came',
    z.optional(z.record(z.string(), z.unknown())),
  ),
  text: described('the corrected event as JSON text', z.optional(z.string().check(z.minLength(1)))),
});
export type Correction = z.output<typeof correction>;

export const corrections = z.object({
  items: z.array(correction).check(z.minLength(1), z.maxLength(ITEMS_LIMIT)),
});

const refusal = (message: string): Refused => new Refused('invalid_body', { message });

/**
 * The corrections in a body; undefined when it is empty.
 * Entries of `GET /api/quarantine` may be sent back as they are, with the event or its text mended.
 * @throws Refused `invalid_body` or `body_too_large`.
 */
export function readCorrections({ body, headers }: HttpRequest): Correction[] | undefined {
  if (body.length > BODY_LIMIT) throw new Refused('body_too_large');
  if (!isUtf8(body)) throw refusal('The body is not valid UTF-8.');
  const text = Buffer.from(body).toString('utf8').trim();
  if (text === '') return undefined;
  const items = /ndjson|jsonl|json-seq/i.test(headers['content-type'] ?? '')
    ? text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line, i) => parse(line, `Line ${i + 1}`))
    : parse(text, 'The body');
  const parsed = z.safeParse(corrections, Array.isArray(items) ? { items } : items);
  if (parsed.success) return parsed.data.items;
  const place = (parsed.error.issues[0]?.path ?? []).map((step) =>
    typeof step === 'number' ? step : `"${String(step)}"`,
  );
  throw refusal(`The body does not match its schema${place.length > 0 ? ` at ${place.join(', ')}` : ''}.`);
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(`${what} is not JSON.`);
  }
}
