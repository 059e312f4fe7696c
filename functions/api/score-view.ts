/** Stored scores as people read them. */
import * as z from 'zod/mini';
import { refuses } from '../../domain/consent/record.ts';
import { profileKey } from '../../domain/profile/item.ts';
import type { Stored } from '../../domain/profile/people.ts';
import {
  decodeScores,
  isStale,
  type Made,
  reasonSchema,
  SCORES,
  type Scores,
} from '../../domain/scores/scores.ts';
import { described } from './parameters.ts';
import type { ApiServices } from './route.ts';

export const driver = z.object({
  event: described('kind of the event', z.string()),
  item: z.optional(z.string()),
  at: described('ISO 8601, UTC', z.string()),
  effect: described('how much higher the score is because of this event', z.number()),
});

const made = {
  model: z.string(),
  modelVersion: z.string(),
  at: described('when it was made, ISO 8601', z.string()),
  profileVersion: described('version of the profile that it rests on', z.number()),
  stale: described('whether the profile has moved on since, or it is older than a week', z.boolean()),
} as const;

const amount = z.object({
  value: z.number(),
  ...made,
  drivers: described(
    'newest events that moved it most; only where scores are read by themselves and the endpoint answers',
    z.optional(z.array(driver)),
  ),
});

const membership = z.object({
  class: described('the likeliest', z.string()),
  probabilities: described('of every class; they sum to 1', z.record(z.string(), z.number())),
  ...made,
  drivers: described(
    'what spoke most for the likeliest class, or against it',
    z.array(z.object({ feature: z.string(), contribution: z.number() })),
  ),
});

export const scoresView = z.object({
  stale: described('whether any of them is', z.boolean()),
  purchase: described('chance of an order within 7 days', z.optional(amount)),
  churn: described('chance of silence for 30 days', z.optional(amount)),
  nextOrderValue: described('value of the next order, in units of the currency', z.optional(amount)),
  lifecycle: described(
    'class of the next 30 days: new, active, loyal, at risk, lapsed',
    z.optional(membership),
  ),
  persona: described('whom the person is like', z.optional(membership)),
  nextItems: z.optional(
    z.object({
      mode: described(
        'blend: by the model and by neighbours; else the fallback that answered',
        z.enum(['blend', 'neighbours', 'popularity']),
      ),
      ...made,
      items: z.array(z.object({ item: z.string(), score: z.number(), because: z.string() })),
    }),
  ),
  missing: described(
    'models that did not speak when the scores were made, and why; their last scores stay while the endpoint is out',
    z.object({
      behaviour: z.optional(reasonSchema),
      classes: z.optional(reasonSchema),
      next: z.optional(reasonSchema),
    }),
  ),
});
export type ScoresView = z.infer<typeof scoresView>;

export const iso = (ms: number): string => new Date(ms).toISOString();

/** The profile that a person's scores lie beside: what servers vouched for, if there is such. */
export const scoredOf = (items: readonly Stored[]): Stored | undefined =>
  items.find(({ kind }) => kind === 'user') ?? items[0];

/** Undefined when the profile has none, or its person objects to profiling: what was stored goes within seconds. */
export async function storedScores(
  { tables }: ApiServices,
  { profile }: Stored,
): Promise<Scores | undefined> {
  if (refuses(profile.state.consent, 'profiling')) return undefined;
  const [item] = await tables.profiles.get([profileKey(profile.tenant, profile.id, SCORES)]);
  return item && decodeScores(item);
}

/** `now`: ms. */
export function viewOf(scores: Scores, { profile }: Stored, now: number): ScoresView {
  const { behaviour, classes, next, missing } = scores;
  const state = { version: profile.version, changedAt: profile.meta.out.at(-1)?.at ?? 0 };
  const madeBy = ({ model, modelVersion, profileVersion, at }: Made) => ({
    model,
    modelVersion,
    at: iso(at),
    profileVersion,
    stale: isStale({ profileVersion, at }, state, now),
  });
  return {
    stale: [behaviour, classes, next].some((part) => part && isStale(part, state, now)),
    ...(behaviour && {
      purchase: { value: behaviour.purchase, ...madeBy(behaviour) },
      churn: { value: behaviour.churn, ...madeBy(behaviour) },
      nextOrderValue: { value: behaviour.nextOrderValue, ...madeBy(behaviour) },
    }),
    ...(classes && {
      lifecycle: { ...classes.lifecycle, ...madeBy(classes) },
      persona: { ...classes.persona, ...madeBy(classes) },
    }),
    ...(next && { nextItems: { mode: next.mode, ...madeBy(next), items: next.items } }),
    missing,
  };
}
