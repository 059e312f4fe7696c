/** Scores of one profile, stored beside it under a key of their own, so that the fold's writes are not disturbed. */
import * as z from 'zod/mini';
import type { Item } from '../ports.ts';

/** Sort key beside the profile's. */
export const SCORES = 'S';

const chance = z.number();

/** Chance of each class, and what spoke most for or against the likeliest one. */
const membership = z.object({
  class: z.string(),
  probabilities: z.record(z.string(), chance),
  drivers: z.array(z.object({ feature: z.string(), contribution: z.number() })),
});

const scoresSchema = z.object({
  version: z.literal(1),
  /** Version of the profile that they rest on. */
  profileVersion: z.int(),
  /** ms since the epoch. */
  at: z.number(),
  /** What the behaviour model says; absent while none serves. */
  behaviour: z.optional(
    z.object({
      model: z.string(),
      /** Of an order within 7 days. */
      purchase: chance,
      /** Of silence for 30 days. */
      churn: chance,
      /** Of the next order, major currency units. */
      nextOrderValue: z.number(),
    }),
  ),
  /** Class of the next 30 days, and persona. */
  classes: z.optional(z.object({ model: z.string(), lifecycle: membership, persona: membership })),
  /** Best items first. */
  next: z.object({
    mode: z.enum(['blend', 'neighbours', 'popularity']),
    model: z.string(),
    items: z.array(z.object({ item: z.string(), score: z.number(), because: z.string() })),
  }),
});
export type Scores = z.infer<typeof scoresSchema>;

export const encodeScores = (scores: Scores): Uint8Array => new TextEncoder().encode(JSON.stringify(scores));

/** @throws ZodError or SyntaxError for other bytes. */
export const decodeScores = (item: Item): Scores =>
  scoresSchema.parse(JSON.parse(new TextDecoder().decode(item.data)));

/** Scores are written a moment after the profile; further behind than this they are stale. */
export const FRESH_MS = 10_000;
/** What rests on what somebody did long ago says little about today. */
export const OLD_MS = 7 * 86_400_000;

export type Freshness = 'fresh' | 'stale';

/** `changedAt`: when the profile got its version, ms. */
export function freshness(
  scores: Scores,
  profile: { readonly version: number; readonly changedAt: number },
  now: number,
): Freshness {
  const behind = scores.profileVersion < profile.version && now - profile.changedAt > FRESH_MS;
  return behind || now - scores.at > OLD_MS ? 'stale' : 'fresh';
}
