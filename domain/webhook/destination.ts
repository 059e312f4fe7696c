/** Receivers of a tenant: where they are, what they want to hear of, how they are doing, and where their queues lie. */
import * as z from 'zod/mini';
import { type Item, type Key, pages, type Table, type Write } from '../ports.ts';

/** Of one tenant. */
export const DESTINATIONS = 20;
/** For which a delivered change is remembered, s: longer than anything is repeated. */
export const SENT_SECONDS = 8 * 86_400;

const destinationSchema = z.object({
  version: z.literal(1),
  url: z.string(),
  /** Segments whose changes go there; none: all. */
  segments: z.array(z.string()),
  /** Sealed; newest first. Those with `until` count up to then, ms. */
  secrets: z.array(z.object({ sealed: z.string(), until: z.optional(z.number()) })),
  /** ms. */
  createdAt: z.number(),
});
export type StoredDestination = z.infer<typeof destinationSchema>;
export type Destination = StoredDestination & { readonly tenant: string; readonly id: string };

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parse = ({ data }: Pick<Item, 'data'>): unknown => JSON.parse(new TextDecoder().decode(data));

const partition = (tenant: string): string => `${tenant}#destinations`;
/** Under this value of the index lie the destinations of all tenants. */
const ALL = 'destinations';

export const destinationKey = (tenant: string, id: string): Key => ({ pk: partition(tenant), sk: id });
export const destinationWrite = ({ tenant, id, ...value }: Destination): Write => ({
  ...destinationKey(tenant, id),
  data: encode(value),
  index: ALL,
});
export const decodeDestination = (item: Item): Destination => ({
  ...destinationSchema.parse(parse(item)),
  tenant: item.pk.slice(0, item.pk.lastIndexOf('#')),
  id: item.sk,
});

/** What the secrets of a destination are sealed for. */
export const sealedFor = ({ tenant, id }: Pick<Destination, 'tenant' | 'id'>): string =>
  `webhook#${tenant}#${id}`;

export async function destinationsOf(table: Table, tenant: string): Promise<Destination[]> {
  const { items } = await table.query({ pk: partition(tenant), limit: DESTINATIONS });
  return items.map(decodeDestination);
}

export async function allDestinations(table: Table): Promise<Destination[]> {
  const all: Destination[] = [];
  for await (const items of pages((from) => table.queryIndex({ index: ALL, ...from })))
    all.push(...items.map(decodeDestination));
  return all;
}

const stateSchema = z.object({
  /** ms; until then somebody delivers. */
  leasedUntil: z.number(),
  /** Deliveries that failed in a row. */
  failures: z.number(),
  /** ms; nothing is sent before. */
  notBefore: z.number(),
  /** Something waits: the clock's function sees to it, and the stream's does not lose time with it. */
  behind: z.boolean(),
  /** It answers, but takes its time: likewise. */
  slow: z.boolean(),
  delivered: z.number(),
  undelivered: z.number(),
  withheld: z.number(),
  lastDeliveredAt: z.optional(z.number()),
  lastFailure: z.optional(z.object({ at: z.number(), reason: z.string() })),
});
export type State = z.infer<typeof stateSchema>;

export const stateKey = (tenant: string, id: string): Key => ({ pk: `${tenant}#destination-state`, sk: id });
export const encodeState = (state: State): Uint8Array => encode(state);
export const decodeState = (item: Item | undefined): State =>
  item
    ? stateSchema.parse(parse(item))
    : {
        leasedUntil: 0,
        failures: 0,
        notBefore: 0,
        behind: false,
        slow: false,
        delivered: 0,
        undelivered: 0,
        withheld: 0,
      };

const jobSchema = z.object({
  change: z.object({
    id: z.string(),
    profileId: z.string(),
    segmentId: z.string(),
    /** `erased`: not of a segment, which is then the empty text. */
    kind: z.enum(['entered', 'left', 'erased']),
    at: z.number(),
  }),
  queuedAt: z.number(),
  attempts: z.number(),
  /** ms; not tried again before. */
  notBefore: z.number(),
});
export type Job = z.infer<typeof jobSchema>;

export const queuePartition = (tenant: string, id: string): string => `${tenant}#queue#${id}`;
/** Expires like what is remembered: of a destination that was deleted nothing stays behind. */
export const jobWrite = ({ pk, sk }: Key, job: Job): Write => ({
  pk,
  sk,
  data: encode(job),
  expiresAt: Math.ceil(job.queuedAt / 1000) + SENT_SECONDS,
});
export const decodeJob = (item: Item): Job => jobSchema.parse(parse(item));

export const sentPartition = (tenant: string, id: string): string => `${tenant}#sent#${id}`;
/** A change that was delivered to a destination is not delivered again. */
export const sentKey = (tenant: string, id: string, change: string): Key => ({
  pk: sentPartition(tenant, id),
  sk: change,
});
