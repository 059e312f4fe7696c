/**
 * Scores of one profile, stored beside it under a key of their own, so that the fold's writes are not disturbed. Each part
 * says by which version of a model, on which version of the profile and when it was made: parts can lag behind each other.
 */
import * as z from 'zod/mini';
import type { Item } from '../ports.ts';

/** Sort key beside the profile's. */
export const SCORES = 'S';

/** Where a part comes from. */
const made = {
  model: z.string(),
  modelVersion: z.string(),
  /** Version of the profile that it rests on. */
  profileVersion: z.int(),
  /** ms since the epoch. */
  at: z.number(),
} as const;
const madeSchema = z.object(made);
export type Made = z.infer<typeof madeSchema>;

/** Chance of each class, and what spoke most for or against the likeliest one. */
const membership = z.object({
  class: z.string(),
  probabilities: z.record(z.string(), z.number()),
  drivers: z.array(z.object({ feature: z.string(), contribution: z.number() })),
});

const behaviour = z.object({
  ...made,
  /** Chance of an order within 7 days. */
  purchase: z.number(),
  /** Chance of silence for 30 days. */
  churn: z.number(),
  /** Of the next order, major currency units. */
  nextOrderValue: z.number(),
});

/** Class of the next 30 days, and persona. */
const classes = z.object({ ...made, lifecycle: membership, persona: membership });

const next = z.object({
  ...made,
  mode: z.enum(['blend', 'neighbours', 'popularity']),
  /** Best first. */
  items: z.array(z.object({ item: z.string(), score: z.number(), because: z.string() })),
});

/** Why a part is not there, or is older than the others. */
export const reasonSchema = z.enum(['no_model', 'endpoint_unavailable', 'model_refused']);
export type Reason = z.infer<typeof reasonSchema>;

const scoresSchema = z.object({
  version: z.literal(1),
  /** Newest version of the profile that was looked at. */
  profileVersion: z.int(),
  behaviour: z.optional(behaviour),
  classes: z.optional(classes),
  next: z.optional(next),
  missing: z.object({
    behaviour: z.optional(reasonSchema),
    classes: z.optional(reasonSchema),
    next: z.optional(reasonSchema),
  }),
});
export type Scores = z.infer<typeof scoresSchema>;
export type Part = 'behaviour' | 'classes' | 'next';

export const encodeScores = (scores: Scores): Uint8Array => new TextEncoder().encode(JSON.stringify(scores));

/** @throws ZodError or SyntaxError for other bytes. */
export const decodeScores = (item: Item): Scores =>
  scoresSchema.parse(JSON.parse(new TextDecoder().decode(item.data)));

/**
 * What to store when `fresh` meets what is there: undefined where that rests on a newer profile. While the endpoint does
 * not answer the last chances stay, with the time and the versions that they were made with.
 */
export function succeed(fresh: Scores, known: Scores | undefined): Scores | undefined {
  if (!known) return fresh;
  if (known.profileVersion > fresh.profileVersion) return undefined;
  const out = fresh.missing.behaviour === 'endpoint_unavailable';
  return out && known.behaviour ? { ...fresh, behaviour: known.behaviour } : fresh;
}

/** Scores are written a moment after the profile; further behind than this they are stale. */
export const FRESH_MS = 10_000;
/** What rests on what somebody did long ago says little about today. */
export const OLD_MS = 7 * 86_400_000;

/** Whether a part has fallen behind its profile or is old. `changedAt`: when the profile got its version, ms. */
export function isStale(
  part: Pick<Made, 'profileVersion' | 'at'>,
  profile: { readonly version: number; readonly changedAt: number },
  now: number,
): boolean {
  const behind = part.profileVersion < profile.version && now - profile.changedAt > FRESH_MS;
  return behind || now - part.at > OLD_MS;
}
