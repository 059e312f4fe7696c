/** The same network for integer sessions: the next item only, as the public data sets ask for it. */
import { defaultTraining, type NetworkConfig, type TrainingConfig } from './config.ts';
import { type Checkpoint, fit, type Progress } from './fit.ts';
import type { Weights } from './network.ts';
import { type NextItem, rankNext, rowsOf } from './rank.ts';
import { Scorer } from './scorer.ts';
import { RESERVED } from './sequence.ts';

export interface SessionsConfig {
  readonly network: Omit<NetworkConfig, 'items' | 'fields' | 'outcomes'>;
  readonly training: TrainingConfig;
}

export const defaultSessions: SessionsConfig = {
  network: { width: 100, heads: 4, blocks: 1, length: 20, scale: 16 },
  training: defaultTraining,
};

export interface TrainSessionsOptions {
  /** Items in order, integers from 0; other integers are unknown items. */
  readonly sessions: readonly (readonly number[])[];
  /** Cases by which training is stopped (`casesOf` makes them of sessions); without any, all epochs are run. */
  readonly validation?: readonly NextItem[];
  /** Items are 0 .. items - 1. */
  readonly items: number;
  readonly config?: SessionsConfig;
  readonly seed: number;
  /** @default 1 */
  readonly threads?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onCheckpoint?: (checkpoint: Checkpoint) => Promise<void> | void;
  readonly resume?: Checkpoint;
}

export interface TrainedSessions {
  readonly config: NetworkConfig;
  readonly weights: Weights;
  readonly epochs: number;
  /** P@20 + MRR@20 on the validation sessions, as shares. */
  readonly figure: number | undefined;
}

export async function trainSessions(options: TrainSessionsOptions): Promise<TrainedSessions> {
  const { network, training } = options.config ?? defaultSessions;
  const { items, validation } = options;
  const config: NetworkConfig = { ...network, items: items + RESERVED, outcomes: false };
  const { weights, epochs, figure } = await fit({
    sequences: options.sessions.map((session) => ({ items: rowsOf(session, items) })),
    config,
    training,
    seed: options.seed,
    ...(validation && {
      validate: async (tried: Weights) => {
        const scorer = new Scorer(config, tried, options.threads ?? 1);
        const { hitRate, reciprocalRank } = await rankNext(scorer, validation, {
          items,
          repeats: training.repeats,
        });
        await scorer.release();
        return hitRate + reciprocalRank;
      },
    }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.onCheckpoint && { onCheckpoint: options.onCheckpoint }),
    ...(options.resume && { resume: options.resume }),
  });
  return { config, weights, epochs, figure };
}
