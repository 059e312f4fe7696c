/** Lists of people who were new while their tenant had no segment. One for a batch costs far less than an item for each. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { type Item, pages, type Table, type Write } from '../../domain/ports.ts';
import { newPeoplePartition } from '../../domain/segments/keys.ts';

/** Ids of one item, which must not grow too large. */
const LIST = 1000;

const idsSchema = z.array(z.string());

/** Ids as writes of an item for every thousand, in the order in which they came. `now`: ms. */
export const listOf = (pk: string, ids: readonly string[], now: number): Write[] =>
  Array.from({ length: Math.ceil(ids.length / LIST) }, (_, i) => ({
    pk,
    sk: `${now}#${randomBytes(6).toString('hex')}`,
    data: new TextEncoder().encode(JSON.stringify(ids.slice(i * LIST, (i + 1) * LIST))),
  }));

/** @throws ZodError or SyntaxError for an item that {@link listOf} did not make. */
export const idsIn = ({ data }: Pick<Item, 'data'>): string[] =>
  idsSchema.parse(JSON.parse(new TextDecoder().decode(data)));

/** The lists of a tenant. Somebody may be in two of them. */
export async function* newPeople(segments: Table, tenant: string): AsyncGenerator<Item> {
  const pk = newPeoplePartition(tenant);
  for await (const items of pages((from) => segments.query({ pk, limit: 20, ...from }))) yield* items;
}
