/** `GET /api/profiles/{id}/scores`: what the models expect of a person, why, and how fresh that is. */
import * as z from 'zod/mini';
import { refuses } from '../../domain/consent/record.ts';
import type { Stored } from '../../domain/profile/people.ts';
import type { Scores } from '../../domain/scores/scores.ts';
import { Asking } from '../../models/served/asking.ts';
import { type Driver, type Drivers, driversOf } from '../../models/served/explain.ts';
import { ServedModels, serves } from '../../models/served/open.ts';
import { exampleOf } from '../../models/served/score.ts';
import { described } from './parameters.ts';
import { findPerson } from './profiles.ts';
import type { Answer, ApiServices, Call } from './route.ts';
import {
  type driver,
  iso,
  type ScoresView,
  scoredOf,
  scoresView,
  storedScores,
  viewOf,
} from './score-view.ts';

export const scoresReply = z.object({
  scores: described(
    'absent while no model serves, or before the first change of the profile',
    z.optional(scoresView),
  ),
  reason: described(
    'why there are none',
    z.optional(z.enum(['no_model', 'not_scored_yet', 'profiling_refused'])),
  ),
});

/** Kept for each API: a catalogue is large, and a breaker must remember. */
interface Kept {
  readonly models: ServedModels;
  readonly asking: Asking;
}
const kept = new WeakMap<ApiServices, Kept>();

/** What serves, and whom to ask: one breaker for all routes. */
export function keptBy(services: ApiServices): Kept {
  const known = kept.get(services) ?? {
    models: new ServedModels(services),
    asking: new Asking(services.endpoint, services.metrics.count),
  };
  kept.set(services, known);
  return known;
}

export async function readScores({
  services,
  tenant,
  path,
}: Call<{ id: string }, unknown>): Promise<Answer<z.output<typeof scoresReply>>> {
  const { items } = await findPerson(services, tenant, path.id);
  const person = scoredOf(items);
  const scores = person && (await storedScores(services, person));
  if (person && refuses(person.profile.state.consent, 'profiling')) {
    return { value: { reason: 'profiling_refused' } };
  }
  if (!person || !scores) {
    const served = await keptBy(services).models.of(tenant);
    return { value: { reason: serves(served) ? 'not_scored_yet' : 'no_model' } };
  }
  const drivers = await driversNow(services, person, scores);
  const view = viewOf(scores, person, services.clock.now());
  return { value: { scores: drivers ? withDrivers(view, drivers) : view } };
}

/** Only of what is shown: the version that made the scores must still serve, and the profile be the one they rest on. */
async function driversNow(
  services: ApiServices,
  { profile }: Stored,
  { behaviour }: Scores,
): Promise<Drivers | undefined> {
  if (!behaviour || behaviour.profileVersion !== profile.version) return undefined;
  const { models, asking } = keptBy(services);
  const served = (await models.of(profile.tenant)).behaviour;
  if (served?.version !== behaviour.modelVersion) return undefined;
  return driversOf(exampleOf(profile, behaviour.at), (examples) =>
    asking.ask(served, profile.tenant, examples, services.clock.now()),
  );
}

const told = (drivers: readonly Driver[]): z.infer<typeof driver>[] =>
  drivers.map(({ at, ...rest }) => ({ ...rest, at: iso(at) }));

const withDrivers = (view: ScoresView, drivers: Drivers): ScoresView => ({
  ...view,
  ...(view.purchase && { purchase: { ...view.purchase, drivers: told(drivers.purchase) } }),
  ...(view.churn && { churn: { ...view.churn, drivers: told(drivers.churn) } }),
  ...(view.nextOrderValue && {
    nextOrderValue: { ...view.nextOrderValue, drivers: told(drivers.value) },
  }),
});
