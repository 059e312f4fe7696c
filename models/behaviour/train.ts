/** From examples to a trained behaviour model: vocabulary, network, and when to stop. */
import { defaultTraining, type NetworkConfig, type TrainingConfig } from './config.ts';
import { type BehaviourFigures, evaluateBehaviour } from './evaluate.ts';
import type { Example } from './example.ts';
import { type Checkpoint, fit, type Progress } from './fit.ts';
import type { Weights } from './network.ts';
import { BehaviourModel } from './predict.ts';
import { RESERVED } from './sequence.ts';
import { fieldSizes, tokensOf } from './tokens.ts';
import { buildVocabulary, type Vocabulary } from './vocabulary.ts';

/** What is chosen; the rest follows from the examples. */
export interface BehaviourConfig {
  readonly network: Omit<NetworkConfig, 'items' | 'fields' | 'outcomes'>;
  readonly training: TrainingConfig;
}

export const defaultBehaviour: BehaviourConfig = {
  network: { width: 64, heads: 4, blocks: 2, length: 50, scale: 16 },
  training: { ...defaultTraining, epochs: 20, patience: 3, candidates: 1024 },
};

export interface TrainBehaviourOptions {
  readonly examples: readonly Example[];
  /** Later examples, or other people's, by which training is stopped; never the ones that figures are reported on. */
  readonly validation: readonly Example[];
  readonly config?: BehaviourConfig;
  /** The same seed, examples and configuration give the same weights. */
  readonly seed: number;
  /** @default 1 */
  readonly threads?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Called after every epoch; hand one back as `resume`, with everything else equal, to go on from there. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => Promise<void> | void;
  readonly resume?: Checkpoint;
}

export interface TrainedBehaviour {
  readonly config: NetworkConfig;
  readonly vocabulary: Vocabulary;
  readonly weights: Weights;
  /** Epochs that made the weights. */
  readonly epochs: number;
}

/** @throws RangeError when the examples hold no item that occurs often enough to be known. */
export async function trainBehaviour(options: TrainBehaviourOptions): Promise<TrainedBehaviour> {
  const { network, training } = options.config ?? defaultBehaviour;
  const vocabulary = buildVocabulary(options.examples);
  if (vocabulary.items.length === 0) throw new RangeError('the examples hold no item that occurs twice');
  const config: NetworkConfig = {
    ...network,
    items: RESERVED + vocabulary.items.length,
    fields: fieldSizes(vocabulary),
    outcomes: true,
  };
  const { weights, epochs } = await fit({
    sequences: options.examples.map((example) => tokensOf(example, vocabulary, config.length)),
    config,
    training,
    seed: options.seed,
    validate: (tried) => figureOf({ config, vocabulary, weights: tried, epochs: 0 }, options),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.onCheckpoint && { onCheckpoint: options.onCheckpoint }),
    ...(options.resume && { resume: options.resume }),
  });
  return { config, vocabulary, weights, epochs };
}

async function figureOf(
  trained: TrainedBehaviour,
  { validation, threads = 1 }: TrainBehaviourOptions,
): Promise<number> {
  const model = await BehaviourModel.of(trained, { threads });
  try {
    return overall(await evaluateBehaviour(model, validation));
  } finally {
    await model.release();
  }
}

/** One number for all heads, each between 0 and 1: places of next items, areas under the curves, and 1 - relative error. */
export function overall({ next, purchase, churn, value }: BehaviourFigures): number {
  const share = value && value.constant > 0 ? 1 - Math.min(1, value.error / value.constant) : 0;
  return next.reciprocalRank + (purchase?.auc ?? 0) + (churn?.auc ?? 0) + share;
}
