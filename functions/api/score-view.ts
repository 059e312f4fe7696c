/** Stored scores as people read them. */
import * as z from 'zod/mini';
import { profileKey } from '../../domain/profile/item.ts';
import { decodeScores, freshness, SCORES, type Scores } from '../../domain/scores/scores.ts';
import { described } from './parameters.ts';
import type { Stored } from './person.ts';
import type { ApiServices } from './route.ts';

export const driver = z.object({
  event: described('kind of the event', z.string()),
  item: z.optional(z.string()),
  at: described('ISO 8601, UTC', z.string()),
  effect: described('how much higher the chance is because of this event', z.number()),
});

const chance = z.object({
  value: z.number(),
  model: z.string(),
  modelVersion: z.string(),
  drivers: described(
    'newest events that moved it most; only where scores are read by themselves',
    z.optional(z.array(driver)),
  ),
});

const membership = z.object({
  class: described('the likeliest', z.string()),
  probabilities: described('of every class; they sum to 1', z.record(z.string(), z.number())),
  modelVersion: z.string(),
  drivers: described(
    'what spoke most for the likeliest class, or against it',
    z.array(z.object({ feature: z.string(), contribution: z.number() })),
  ),
});

export const scoresView = z.object({
  at: described('when they were made, ISO 8601', z.string()),
  profileVersion: described('version of the profile that they rest on', z.number()),
  stale: described('whether the profile has moved on, or they are older than a week', z.boolean()),
  purchase: described('chance of an order within 7 days', z.optional(chance)),
  churn: described('chance of silence for 30 days', z.optional(chance)),
  nextOrderValue: described(
    'value of the next order, in units of the currency',
    z.optional(z.object({ value: z.number(), model: z.string(), modelVersion: z.string() })),
  ),
  lifecycle: described(
    'class of the next 30 days: new, active, loyal, at risk, lapsed',
    z.optional(membership),
  ),
  persona: described('whom the person is like', z.optional(membership)),
  nextItems: z.object({
    mode: described(
      'blend: by the model and by neighbours; else the fallback that answered',
      z.enum(['blend', 'neighbours', 'popularity']),
    ),
    modelVersion: z.string(),
    items: z.array(z.object({ item: z.string(), score: z.number(), because: z.string() })),
  }),
});
type ScoresView = z.infer<typeof scoresView>;

export const iso = (ms: number): string => new Date(ms).toISOString();
export const MODEL = 'behaviour';

/** The profile that a person's scores lie beside: what servers vouched for, if there is such. */
export const scoredOf = (items: readonly Stored[]): Stored | undefined =>
  items.find(({ kind }) => kind === 'user') ?? items[0];

/** Undefined when the profile has none. */
export async function storedScores(
  { tables, clock }: ApiServices,
  { profile }: Stored,
): Promise<ScoresView | undefined> {
  const [item] = await tables.profiles.get([profileKey(profile.tenant, profile.id, SCORES)]);
  if (!item) return undefined;
  const scores = decodeScores(item);
  const changedAt = profile.meta.out.at(-1)?.at ?? 0;
  return viewOf(scores, freshness(scores, { version: profile.version, changedAt }, clock.now()) === 'stale');
}

function viewOf({ at, profileVersion, behaviour, classes, next }: Scores, stale: boolean): ScoresView {
  const by = behaviour && { model: MODEL, modelVersion: behaviour.model };
  return {
    at: iso(at),
    profileVersion,
    stale,
    ...(behaviour && by
      ? {
          purchase: { value: behaviour.purchase, ...by },
          churn: { value: behaviour.churn, ...by },
          nextOrderValue: { value: behaviour.nextOrderValue, ...by },
        }
      : {}),
    ...(classes
      ? {
          lifecycle: { ...classes.lifecycle, modelVersion: classes.model },
          persona: { ...classes.persona, modelVersion: classes.model },
        }
      : {}),
    nextItems: { mode: next.mode, modelVersion: next.model, items: next.items },
  };
}
