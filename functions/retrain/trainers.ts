/** How each model is trained from a set: one entry per model. */

import type { ModelSchema } from '../../domain/endpoint.ts';
import { seededRandom } from '../../domain/random.ts';
import { fitCalibrators } from '../../models/behaviour/calibration.ts';
import { ITEM } from '../../models/behaviour/network.ts';
import { packBehaviour } from '../../models/behaviour/pack.ts';
import { BehaviourModel } from '../../models/behaviour/predict.ts';
import { RESERVED } from '../../models/behaviour/sequence.ts';
import {
  type BehaviourConfig,
  defaultBehaviour,
  type TrainedBehaviour,
  trainBehaviour,
} from '../../models/behaviour/train.ts';
import { BlendLearner } from '../../models/blend/blend.ts';
import { sources, visitOf } from '../../models/blend/ranker.ts';
import { trainClasses } from '../../models/classes/classes.ts';
import { packClasses } from '../../models/classes/pack.ts';
import { storeClasses } from '../../models/classes/stored.ts';
import { Catalogue } from '../../models/neighbours/catalogue.ts';
import { chooseKnn } from '../../models/neighbours/choose.ts';
import type { SessionKnnOptions } from '../../models/neighbours/session-knn.ts';
import type { TrainingSet } from '../../models/snapshot/training-set.ts';
import type { ModelName } from './workflow.ts';

export interface Trained {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Empty for a model that is no tensor function. */
  readonly schema: ModelSchema;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface TrainerOptions {
  readonly seed: number;
  readonly onProgress: (share: number, says: string) => void;
}

export type Trainer = (set: TrainingSet, options: TrainerOptions) => Promise<Trained>;

/** Items that the transformer answers, for the blend to choose among. */
export const TOP = 60;

const itemsOf = (visits: TrainingSet['visits']['train']): (readonly string[])[] =>
  visits.map(({ items }) => items);

/** Neighbours as they were before the hold-out began: what a comparison on it may know. */
export const catalogueBefore = (set: TrainingSet): Catalogue =>
  Catalogue.fit(itemsOf([...set.visits.train, ...set.visits.validation]), knnFor(set));

const knnFor = ({ visits, next }: TrainingSet): Partial<SessionKnnOptions> =>
  chooseKnn(itemsOf(visits.train), next.validation);

/** Served neighbours know every visit; how good the method is was measured without the hold-out. */
const neighbours: Trainer = async (set) => {
  const { train, validation, holdout } = set.visits;
  const knn = knnFor(set);
  const catalogue = Catalogue.fit(itemsOf([...train, ...validation, ...holdout]), knn);
  return {
    files: catalogue.files(),
    schema: { inputs: [], outputs: [] },
    config: { items: catalogue.items.length, knn },
  };
};

/** The network, and the blend that says what it is worth beside the neighbours. */
const behaviour: Trainer = async (set, { seed, onProgress }) => {
  const config = sizeFor(set);
  const trained = await trainBehaviour({
    examples: set.examples.train,
    validation: set.examples.validation,
    config,
    seed,
    onProgress: ({ epoch, epochs, loss }) =>
      onProgress(
        epoch / epochs,
        `epoch ${epoch.toFixed(1)} of at most ${epochs}${loss > 0 ? `, loss ${loss.toFixed(2)}` : ''}`,
      ),
  });
  return completeBehaviour(set, trained, config, seed);
};

/** What a trained network lacks to be served: the blend and the calibration, learned on validation. */
export async function completeBehaviour(
  set: TrainingSet,
  trained: TrainedBehaviour,
  { training }: BehaviourConfig,
  seed: number,
): Promise<Trained> {
  const model = await BehaviourModel.of(trained, { top: TOP });
  try {
    // Learned on validation with neighbours that did not see it, so that nobody's opinion is too good.
    const catalogue = Catalogue.fit(itemsOf(set.visits.train), knnFor(set));
    const learner = new BlendLearner(sources, catalogue.logCounts);
    const answers = await model.answer(set.next.validation.map(({ example }) => example));
    set.next.validation.forEach(({ visit, next }, i) => {
      learner.add(visitOf(catalogue, visit, answers[i]?.items ?? []), catalogue.placeOf(next));
    });
    const { files, schema } = packBehaviour(trained, { top: TOP });
    const { validation } = set.examples;
    const calibrators = fitCalibrators(validation, await model.answer(validation));
    return {
      files: { ...files, 'blend.json': json(learner.fit()), 'calibration.json': json(calibrators) },
      schema,
      config: {
        ...trained.config,
        training,
        epochs: trained.epochs,
        alike: alikeOf(trained, seed),
      },
    };
  } finally {
    await model.release();
  }
}

const json = (value: object): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\n`);

/** Mean cosine of random pairs of item vectors: near 1 when the network tells items hardly apart. */
function alikeOf({ weights, config }: TrainedBehaviour, seed: number): number {
  const [table, random] = [weights[ITEM] ?? new Float32Array(), seededRandom(seed)];
  const draw = (): Float32Array => {
    const at = (RESERVED + Math.floor(random() * (config.items - RESERVED))) * config.width;
    return table.subarray(at, at + config.width);
  };
  const pairs = 2000;
  let sum = 0;
  for (let i = 0; i < pairs; i++) {
    const [a, b] = [draw(), draw()];
    const product = a.reduce((total, value, j) => total + value * (b[j] ?? 0), 0);
    sum += product / (Math.hypot(...a) * Math.hypot(...b) || 1);
  }
  return sum / pairs;
}

/** Small histories take a smaller network: it learns as much and is done sooner. */
export function sizeFor(set: TrainingSet): BehaviourConfig {
  const small = set.examples.train.length < 20_000;
  return small
    ? {
        network: { ...defaultBehaviour.network, width: 32, blocks: 1, length: 32 },
        training: { ...defaultBehaviour.training, epochs: 8, patience: 2, candidates: 256, rate: 4e-3 },
      }
    : defaultBehaviour;
}

/** Class membership by softmax regression. */
const classes: Trainer = async ({ examples, outcomes }, { seed, onProgress }) => {
  const model = trainClasses({
    examples: examples.train,
    outcomes: outcomes.train.map((outcome) => outcome ?? undefined),
    seed,
    onProgress: (says) => onProgress(0.5, says),
  });
  const { files, schema } = packClasses(model);
  const stored = new TextEncoder().encode(`${storeClasses(model)}\n`);
  return {
    files: { ...files, 'classes.json': stored },
    schema,
    config: { lifecycle: model.lifecycle.names, personas: model.personas.names, sizes: model.personaSizes },
  };
};

export const trainers: Readonly<Record<ModelName, Trainer>> = { neighbours, behaviour, classes };
