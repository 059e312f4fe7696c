/** The training loop: epochs, learning rate, early stop, checkpoints. Deterministic for a seed. */
import { seededRandom } from '../../domain/random.ts';
import { rateAt } from '../engine/adam.ts';
import type { NetworkConfig, TrainingConfig } from './config.ts';
import { inputsOf } from './layout.ts';
import type { Weights } from './network.ts';
import { batchesOf, lengthsUpTo, type Sequence } from './sequence.ts';
import { freshState, Trainer, type TrainerState } from './trainer.ts';

export interface Progress {
  /** Epochs done, as a fraction. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean loss of the next item over the latest steps. */
  readonly loss: number;
  /** Sequences seen since this run began. */
  readonly sequences: number;
  /** Validation figure of the last finished epoch; higher is better. */
  readonly figure?: number;
}

/** Where a run stands after an epoch; hand it back as `resume` to go on from there. */
export interface Checkpoint {
  readonly state: TrainerState;
  readonly epoch: number;
  readonly best: { readonly figure: number; readonly epoch: number; readonly weights: Weights } | undefined;
}

export interface FitOptions {
  readonly sequences: readonly Sequence[];
  readonly config: NetworkConfig;
  readonly training: TrainingConfig;
  readonly seed: number;
  /** @default 1 */
  readonly threads?: number;
  /** A figure on data that training does not see, higher is better; without it all epochs are run. */
  readonly validate?: (weights: Weights) => Promise<number>;
  readonly onProgress?: (progress: Progress) => void;
  readonly onCheckpoint?: (checkpoint: Checkpoint) => Promise<void> | void;
  readonly resume?: Checkpoint;
}

export interface Fitted {
  readonly weights: Weights;
  /** Epochs that made these weights. */
  readonly epochs: number;
  /** Validation figure of the weights, when there was one. */
  readonly figure: number | undefined;
}

/** Steps between two reports. */
const REPORT = 25;

export async function fit(options: FitOptions): Promise<Fitted> {
  const { config, training, seed, resume } = options;
  const sequences = options.sequences.filter((sequence) => inputsOf(sequence, config) > 0);
  const state = resume?.state ?? freshState(config, seededRandom(seed));
  // Each epoch has numbers of its own, so that a resumed run draws what the uninterrupted one would have.
  const numbers = { draw: seededRandom(seed) };
  const trainer = new Trainer(config, training, state, sequences, {
    random: () => numbers.draw(),
    threads: options.threads ?? 1,
  });
  let best = resume?.best;
  let done = resume?.epoch ?? 0;
  try {
    while (done < training.epochs && (best === undefined || done - best.epoch < training.patience)) {
      numbers.draw = seededRandom(seed * 1009 + done + 1);
      await runEpoch(trainer, sequences, done, options, numbers.draw);
      done++;
      const figure = await options.validate?.(state.weights);
      if (figure !== undefined && (best === undefined || figure > best.figure)) {
        best = { figure, epoch: done, weights: copied(state.weights) };
      }
      options.onProgress?.({
        epoch: done,
        epochs: training.epochs,
        loss: 0,
        sequences: sequences.length * done,
        ...(figure === undefined ? {} : { figure }),
      });
      await options.onCheckpoint?.({ state, epoch: done, best });
    }
  } finally {
    await trainer.release();
  }
  return { weights: best?.weights ?? state.weights, epochs: best?.epoch ?? done, figure: best?.figure };
}

async function runEpoch(
  trainer: Trainer,
  sequences: readonly Sequence[],
  epoch: number,
  { config, training, onProgress }: FitOptions,
  random: () => number,
): Promise<void> {
  const lengths = lengthsUpTo(config.length);
  const batches = batchesOf(
    sequences,
    lengths,
    training.tokens,
    (sequence) => inputsOf(sequence, config),
    random,
  );
  const total = batches.length * training.epochs;
  let loss = 0;
  let seen = 0;
  for (const [i, batch] of batches.entries()) {
    const t = trainer.state.step + 1;
    loss += await trainer.step(batch, rateAt(t, training.rate, training.warmUp * total, total));
    seen += batch.sequences.length;
    if ((i + 1) % REPORT > 0) continue;
    onProgress?.({
      epoch: epoch + (i + 1) / batches.length,
      epochs: training.epochs,
      loss: loss / REPORT,
      sequences: epoch * sequences.length + seen,
    });
    loss = 0;
  }
}

const copied = (weights: Weights): Weights =>
  Object.fromEntries(Object.entries(weights).map(([name, array]) => [name, array.slice()]));
