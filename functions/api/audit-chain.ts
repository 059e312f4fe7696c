/**
 * Entries of the audit log are links of chains: each carries the digest of the one before, under a key that who can write to
 * the table need not have. Every process has a chain of its own for each tenant and day, so that processes which write at the
 * same time never wait for each other. Beside its entries a chain keeps its head: then an end that was cut off is missed.
 */
import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { type Item, pages, type Table, type Write } from '../../domain/ports.ts';

const KEEP_SECONDS = 400 * 86_400;

export const linkSchema = z.object({
  chain: z.string(),
  /** Position in the chain, from 0. */
  index: z.int(),
  /** Digest of the link before; empty for the first. */
  previous: z.string(),
  digest: z.string(),
});
export type Link = z.output<typeof linkSchema>;

const headSchema = z.object({ index: z.int(), digest: z.string() });
const storedSchema = z.looseObject({ link: z.optional(linkSchema) });

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parse = ({ data }: Item): unknown => JSON.parse(new TextDecoder().decode(data));

const entries = (tenant: string, day: string): string => `${tenant}#audit#${day}`;
const heads = (tenant: string, day: string): string => `${tenant}#audit-heads#${day}`;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Over everything that an entry says, in the order of its names, and its place. */
function digestOf(
  secret: string,
  tenant: string,
  value: object,
  { chain, index, previous }: Omit<Link, 'digest'>,
): string {
  const said = Object.entries(value)
    .filter(([name]) => name !== 'link')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha256', secret)
    .update(JSON.stringify(['audit', tenant, chain, index, previous, said]))
    .digest('hex');
}

interface Chain {
  readonly id: string;
  readonly day: string;
  index: number;
  digest: string;
}

export interface Appending {
  readonly table: Table;
  readonly secret: string;
  readonly tenant: string;
  /** ms. */
  readonly now: number;
}

export class AuditChains {
  readonly #chains = new Map<string, Chain>();
  readonly #turns = new Map<string, Promise<void>>();
  /** Heads of chains that ended in a write of which nobody knows whether it happened. */
  #dangling: Write[] = [];

  /** One after the other for each tenant. @throws WellspringError `table_unavailable`. */
  append(to: Appending, value: object): Promise<void> {
    const turn = (this.#turns.get(to.tenant) ?? Promise.resolve())
      .catch(() => {})
      .then(() => this.#append(to, value));
    this.#turns.set(to.tenant, turn);
    return turn;
  }

  async #append({ table, secret, tenant, now }: Appending, value: object): Promise<void> {
    const chain = this.#chainOf(tenant, dayOf(now));
    const place = { chain: chain.id, index: chain.index + 1, previous: chain.digest };
    const digest = digestOf(secret, tenant, value, place);
    const expiresAt = Math.ceil(now / 1000) + KEEP_SECONDS;
    const head = (index: number, last: string): Write => ({
      pk: heads(tenant, chain.day),
      sk: chain.id,
      data: encode({ index, digest: last }),
      expiresAt,
    });
    const entry: Write = {
      pk: entries(tenant, chain.day),
      sk: `${new Date(now).toISOString()}#${randomBytes(6).toString('hex')}`,
      data: encode({ ...value, link: { ...place, digest } }),
      expect: 0,
      expiresAt,
    };
    const mended = this.#dangling;
    try {
      await table.put([entry, head(place.index, digest), ...mended]);
    } catch (error) {
      this.#chains.delete(tenant);
      this.#dangling.push(head(chain.index, chain.digest));
      throw error;
    }
    this.#dangling = this.#dangling.filter((one) => !mended.includes(one));
    chain.index = place.index;
    chain.digest = digest;
  }

  #chainOf(tenant: string, day: string): Chain {
    const known = this.#chains.get(tenant);
    if (known?.day === day) return known;
    const chain = { id: randomBytes(8).toString('hex'), day, index: -1, digest: '' };
    this.#chains.set(tenant, chain);
    return chain;
  }
}

export interface Verdict {
  readonly entries: number;
  /** Written before entries were linked. */
  readonly unlinked: number;
  readonly chains: number;
  /** The first link, in any chain, that is missing or not as it was written. */
  readonly broken?: { readonly chain: string; readonly index: number };
}

/** Whether nothing of a day was changed or removed. */
export async function verifyDay(
  { table, secret, tenant }: Omit<Appending, 'now'>,
  day: string,
): Promise<Verdict> {
  const [stored, ends] = await Promise.all([
    all(table, entries(tenant, day)),
    all(table, heads(tenant, day)),
  ]);
  const values = stored.map((item) => storedSchema.parse(parse(item)));
  const chains = new Map<string, Map<number, (typeof values)[number]>>();
  for (const { sk } of ends) chains.set(sk, new Map());
  for (const value of values) {
    if (!value.link) continue;
    const links = chains.get(value.link.chain) ?? new Map();
    chains.set(value.link.chain, links.set(value.link.index, value));
  }
  const lengths = new Map(ends.map((item) => [item.sk, headSchema.parse(parse(item)).index]));
  const broken = [...chains]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([chain, links]) => {
      const last = Math.max(lengths.get(chain) ?? -1, ...links.keys());
      let previous = '';
      for (let index = 0; index <= last; index++) {
        const value = links.get(index);
        const digest = digestOf(secret, tenant, value ?? {}, { chain, index, previous });
        if (value?.link?.previous !== previous || value.link.digest !== digest) return [{ chain, index }];
        previous = digest;
      }
      return [];
    });
  const [first] = broken;
  return {
    entries: stored.length,
    unlinked: values.filter(({ link }) => !link).length,
    chains: chains.size,
    ...(first && { broken: first }),
  };
}

async function all(table: Table, pk: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages((from) => table.query({ pk, ...from }))) items.push(...page);
  return items;
}
