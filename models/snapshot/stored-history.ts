/** A history as bytes: one line of JSON per person, compressed in pieces, so that no text grows without bound. */
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { History, type PastEvent } from './history.ts';

/** People in one piece. */
const PIECE = 1000;
const NEW_LINE = 0x0a;

const lineSchema = z.object({
  profile: z.string(),
  vouchedFrom: z.optional(z.number()),
  events: z.array(
    z.object({
      kind: z.string(),
      item: z.optional(z.string()),
      category: z.optional(z.string()),
      price: z.optional(z.number()),
      at: z.number(),
      order: z.optional(z.number()),
    }),
  ),
});

export function storeHistory(history: History): Uint8Array {
  const people = history.people();
  const pieces: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < people.length; at += PIECE) {
    const lines = people.slice(at, at + PIECE).map((person) => `${JSON.stringify(person)}\n`);
    pieces.push(gzipSync(lines.join('')));
  }
  // Members of gzip one after the other are one file.
  return Buffer.concat(pieces);
}

/** @throws WellspringError `model_corrupt` for bytes that {@link storeHistory} did not write. */
export function restoreHistory(data: Uint8Array): History {
  const history = new History(Number.POSITIVE_INFINITY);
  try {
    const bytes = gunzipSync(data);
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(NEW_LINE, from);
      const line = lineSchema.parse(JSON.parse(bytes.toString('utf8', from, end)));
      const { profile, events, vouchedFrom } = line;
      for (const event of events) history.put(plain(event), profile);
      if (vouchedFrom !== undefined) history.vouch(profile, vouchedFrom);
      from = end + 1;
    }
  } catch (cause) {
    throw new WellspringError('model_corrupt', 'the stored history cannot be read', { cause });
  }
  return history;
}

/** The same keys in the same order as a fresh event has: digests hang on it. */
const plain = ({
  kind,
  item,
  category,
  price,
  at,
  order,
}: z.infer<typeof lineSchema>['events'][number]): PastEvent => ({
  kind,
  ...(item === undefined ? {} : { item }),
  ...(category === undefined ? {} : { category }),
  ...(price === undefined ? {} : { price }),
  at,
  ...(order === undefined ? {} : { order }),
});
