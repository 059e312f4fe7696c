/** `GET /api/profiles/{id}/scores`: what the models expect of a person, why, and how fresh that is. */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { type Driver, driversOf } from '../../models/served/explain.ts';
import { ServedModels } from '../../models/served/open.ts';
import { ask, exampleOf } from '../../models/served/score.ts';
import { described } from './parameters.ts';
import { findPerson } from './profiles.ts';
import type { Answer, ApiServices, Call } from './route.ts';
import { driver, iso, MODEL, scoredOf, scoresView, storedScores } from './score-view.ts';

export const scoresReply = z.object({
  scores: described(
    'absent while no model serves, or before the first change of the profile',
    z.optional(scoresView),
  ),
  reason: described('why there are none', z.optional(z.enum(['no_model', 'not_scored_yet']))),
});

const driverView = ({ at, ...rest }: Driver): z.infer<typeof driver> => ({ ...rest, at: iso(at) });

/** Opened once for each API, because a catalogue is large. */
const opened = new WeakMap<ApiServices, ServedModels>();

function modelsOf(services: ApiServices): ServedModels {
  const known = opened.get(services) ?? new ServedModels(services);
  opened.set(services, known);
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
  const served = await modelsOf(services).of(tenant);
  if (!person || !scores) return { value: { reason: served.neighbours ? 'not_scored_yet' : 'no_model' } };
  const { behaviour } = served;
  if (!behaviour || !scores.purchase || !scores.churn) return { value: { scores } };
  const example = exampleOf(person.profile, Date.parse(scores.at));
  const drivers = await driversOf(example, (examples) =>
    ask(services.endpoint, behaviour, `${tenant}/${MODEL}`, examples),
  ).catch((error: unknown) => {
    // Without the endpoint the scores stand without their reasons.
    if (error instanceof WellspringError) return undefined;
    throw error;
  });
  if (!drivers) return { value: { scores } };
  return {
    value: {
      scores: {
        ...scores,
        purchase: { ...scores.purchase, drivers: drivers.purchase.map(driverView) },
        churn: { ...scores.churn, drivers: drivers.churn.map(driverView) },
      },
    },
  };
}
