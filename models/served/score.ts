/** Scores of customers: one question to the endpoint for all of them, and what is served where it cannot answer. */
import type { Endpoint } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { Profile } from '../../domain/profile/item.ts';
import type { Scores } from '../../domain/scores/scores.ts';
import { GAP_MINUTES } from '../../domain/sessions.ts';
import { answersOf, type BehaviourAnswer } from '../behaviour/answers.ts';
import { calibrated } from '../behaviour/calibration.ts';
import type { Example } from '../behaviour/example.ts';
import { encodeBatch } from '../behaviour/tokens.ts';
import { suggest } from '../blend/ranker.ts';
import { type Membership, predictClasses } from '../classes/predict.ts';
import { ofRecent } from '../snapshot/behaviour-event.ts';
import type { Served, ServedBehaviour, ServedClasses } from './open.ts';

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

/** One answer per example. @throws WellspringError `model_unavailable` or `model_refused`. */
export async function ask(
  endpoint: Endpoint,
  { version, vocabulary, calibrators, length }: ServedBehaviour,
  model: string,
  examples: readonly Example[],
): Promise<BehaviourAnswer[]> {
  const inputs = encodeBatch(examples, vocabulary, length);
  const { version: answered, outputs } = await endpoint.predict({ model, inputs });
  // Rows of another version's vocabulary would name other items.
  if (answered !== version)
    throw new WellspringError('model_unavailable', `${model} answers in version ${answered}`);
  const output = (name: string): ArrayLike<number | bigint> =>
    outputs.find((tensor) => tensor.name === name)?.data ?? [];
  return calibrated(answersOf(inputs, output, vocabulary), calibrators);
}

function classesOf(
  { model }: ServedClasses,
  example: Example,
): Omit<NonNullable<Scores['classes']>, 'model'> {
  const [found] = predictClasses(model, [example]);
  if (!found) throw new RangeError('one answer per example');
  const plain = ({ class: name, probabilities, drivers }: Membership) => ({
    class: name,
    probabilities: { ...probabilities },
    drivers: drivers.map((driver) => ({ ...driver })),
  });
  return { lifecycle: plain(found.lifecycle), persona: plain(found.persona) };
}

/** Scores of one profile; undefined when no model serves at all. `answer`: absent while the endpoint does not answer. */
export function scoresOf(
  profile: Profile,
  example: Example,
  answer: BehaviourAnswer | undefined,
  { behaviour, neighbours, classes }: Served,
  now: number,
): Scores | undefined {
  if (!neighbours) return undefined;
  const options = { catalogue: neighbours.catalogue, blend: answer && behaviour?.blend, count: NEXT };
  const { mode, items } = suggest(options, visitOf(example), answer?.items);
  return {
    version: 1,
    profileVersion: profile.version,
    at: now,
    ...(answer && behaviour
      ? {
          behaviour: {
            model: behaviour.version,
            purchase: answer.purchase,
            churn: answer.churn,
            nextOrderValue: answer.value,
          },
        }
      : {}),
    ...(classes && { classes: { model: classes.version, ...classesOf(classes, example) } }),
    next: { mode, model: mode === 'blend' && behaviour ? behaviour.version : neighbours.version, items },
  };
}
