/** Scores of a customer from what the models say, and what is served where the endpoint does not answer. */
import type { Profile } from '../../domain/profile/item.ts';
import type { Scores } from '../../domain/scores/scores.ts';
import { GAP_MINUTES } from '../../domain/sessions.ts';
import type { BehaviourAnswer } from '../behaviour/answers.ts';
import type { Example } from '../behaviour/example.ts';
import { suggest } from '../blend/ranker.ts';
import { type Membership, predictClasses } from '../classes/predict.ts';
import { ofRecent } from '../snapshot/behaviour-event.ts';
import type { Asked } from './asking.ts';
import type { Served, ServedCatalogue, ServedClasses } from './open.ts';

/** Items in an answer. */
export const NEXT = 20;
const GAP_MS = GAP_MINUTES * 60_000;

/** What a profile has done, as the models read it. `now`: ms. */
export const exampleOf = ({ id, state }: Profile, now: number): Example => ({
  profile: id,
  cut: now,
  events: state.recent.map(ofRecent),
  labels: {},
});

/** Items of the newest visit, the newest last; without direct repeats. */
export function visitOf({ events }: Example): string[] {
  const items: string[] = [];
  let last = Number.POSITIVE_INFINITY;
  for (const { item, at } of events.toReversed()) {
    if (last - at >= GAP_MS && last !== Number.POSITIVE_INFINITY && items.length > 0) break;
    last = at;
    if (item !== undefined && items[0] !== item) items.unshift(item);
  }
  return items;
}

function classesOf(
  { model }: ServedClasses,
  example: Example,
): Pick<NonNullable<Scores['classes']>, 'lifecycle' | 'persona'> {
  const [found] = predictClasses(model, [example]);
  if (!found) throw new RangeError('one answer per example');
  const plain = ({ class: name, probabilities, drivers }: Membership) => ({
    class: name,
    probabilities: { ...probabilities },
    drivers: drivers.map((driver) => ({ ...driver })),
  });
  return { lifecycle: plain(found.lifecycle), persona: plain(found.persona) };
}

/** What every model that serves says about one profile, and why the others say nothing. `now`: ms. */
export function scoresOf(
  profile: Profile,
  example: Example,
  asked: Asked,
  served: Served,
  now: number,
): Scores {
  const { behaviour, neighbours, classes } = served;
  const { answer } = asked;
  const on = { profileVersion: profile.version, at: now };
  return {
    version: 1,
    profileVersion: profile.version,
    ...(answer &&
      behaviour && {
        behaviour: {
          ...on,
          model: 'behaviour',
          modelVersion: behaviour.version,
          purchase: answer.purchase,
          churn: answer.churn,
          nextOrderValue: answer.value,
        },
      }),
    ...(classes && {
      classes: { ...on, model: 'classes', modelVersion: classes.version, ...classesOf(classes, example) },
    }),
    ...(neighbours && { next: { ...on, ...nextItems(served, neighbours, example, answer) } }),
    missing: {
      ...(answer ? {} : { behaviour: asked.reason }),
      ...(classes ? {} : { classes: 'no_model' }),
      ...(neighbours ? {} : { next: 'no_model' }),
    },
  };
}

/** By whoever answers: the model is named that is responsible. */
function nextItems(
  { behaviour }: Served,
  { catalogue, version }: ServedCatalogue,
  example: Example,
  answer: BehaviourAnswer | undefined,
): Pick<NonNullable<Scores['next']>, 'model' | 'modelVersion' | 'mode' | 'items'> {
  const options = { catalogue, blend: answer && behaviour?.blend, count: NEXT };
  const { mode, items } = suggest(options, visitOf(example), answer?.items);
  return mode === 'blend' && behaviour
    ? { model: 'behaviour', modelVersion: behaviour.version, mode, items }
    : { model: 'neighbours', modelVersion: version, mode, items };
}
