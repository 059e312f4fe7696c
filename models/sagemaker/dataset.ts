/** What the GPU trainer reads: a folder with the configuration, the sequences and the first weights. */
import { gzipSync } from 'node:zlib';
import { seededRandom } from '../../domain/random.ts';
import { fieldNames, type NetworkConfig, type TrainingConfig } from '../behaviour/config.ts';
import { initialWeights } from '../behaviour/network.ts';
import type { Sequence } from '../behaviour/sequence.ts';
import { type WeightFiles, writeWeights } from './weights-file.ts';

/** How a run is to go; the same object is `config.json` and the job's hyper-parameters. */
export interface TrainingRun {
  readonly network: NetworkConfig;
  readonly training: TrainingConfig;
  readonly seed: number;
}

export interface TrainingFiles extends WeightFiles {
  readonly 'config.json': Uint8Array;
  readonly 'sequences.json.gz': Uint8Array;
}

/** First weights are those that `fit` would begin with for this seed. */
export function trainingFiles(run: TrainingRun, sequences: readonly Sequence[]): TrainingFiles {
  const plain = sequences.map(({ items, fields, outcomes }) => ({
    items: Array.from(items),
    ...(fields && {
      fields: Object.fromEntries(fieldNames.map((name) => [name, Array.from(fields[name])])),
    }),
    ...(outcomes && { outcomes }),
  }));
  return {
    'config.json': json(run),
    'sequences.json.gz': gzipSync(json({ sequences: plain })),
    ...writeWeights(run.network, initialWeights(run.network, seededRandom(run.seed))),
  };
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\n`);
