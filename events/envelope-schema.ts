/** Schemas of what the streams carry, for the readers at the other end. */
import * as z from 'zod/mini';
import { callTypes, type Envelope } from './envelope.ts';
import type { JsonObject } from './json.ts';

const envelopeSchema = z.object({
  version: z.literal(1),
  tenant: z.string(),
  source: z.string(),
  trust: z.enum(['public', 'secret']),
  receivedAt: z.number(),
  sentAt: z.optional(z.number()),
  ip: z.optional(z.string()),
  userAgent: z.optional(z.string()),
  gpc: z.optional(z.literal(true)),
  route: z.optional(z.enum(callTypes)),
  context: z.optional(z.custom<JsonObject>((value) => typeof value === 'object' && value !== null)),
  pseudonymised: z.optional(z.literal(true)),
  replay: z.optional(z.literal(true)),
  decided: z.optional(z.enum(['api', 'page'])),
});

/** Reads the header of a record in `clickstream`. @throws when it is not an envelope this code knows. */
export function parseEnvelope(header: string): Envelope {
  return envelopeSchema.parse(JSON.parse(header)) as Envelope;
}

const batchHeaderSchema = z.object({ version: z.literal(1), tenant: z.string() });
export type BatchHeader = z.infer<typeof batchHeaderSchema>;

/** Reads the header of a record in `events` or `changes`: all of one tenant. */
export function parseBatchHeader(header: string): BatchHeader {
  return batchHeaderSchema.parse(JSON.parse(header));
}

/** Writes the header of a record in `events` or `changes`. */
export function batchHeader(tenant: string): string {
  return JSON.stringify({ version: 1, tenant } satisfies BatchHeader);
}
