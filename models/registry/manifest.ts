/** What is known about one trained version of a model; it lies beside the files as `manifest.json`. */
import * as z from 'zod/mini';

const tensorSpec = z.object({
  name: z.string(),
  datatype: z.enum(['FP32', 'INT32', 'INT64']),
  /** -1 stands for any size. */
  shape: z.array(z.int()),
});

/** A figure with a bootstrap interval of 95 %. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

const check = z.object({
  name: z.string(),
  passed: z.boolean(),
  value: z.nullable(z.number()),
  limit: z.nullable(z.number()),
  /** One plain sentence. */
  says: z.string(),
});

/** How often something lies in each bucket; the cuts between them rise. */
const distribution = z.object({ cuts: z.array(z.number()), shares: z.array(z.number()) });

export const manifestSchema = z.object({
  contract: z.literal(1),
  name: z.string(),
  /** Sortable: later versions come later. */
  version: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** SHA-256 of the training set. */
  dataDigest: z.string(),
  /** What the training set was: examples in each part, and the time it spans. */
  data: z.object({ train: z.int(), validation: z.int(), holdout: z.int(), from: z.string(), to: z.string() }),
  config: z.record(z.string(), z.unknown()),
  /** SHA-256 of `config` as JSON. */
  configDigest: z.string(),
  seed: z.int(),
  /** Version of this software. */
  code: z.string(),
  schema: z.object({ inputs: z.array(tensorSpec), outputs: z.array(tensorSpec) }),
  /** On the hold-out. */
  metrics: z.record(z.string(), estimate),
  /** The same hold-out, everybody's figure: baselines, champion, challenger. */
  comparison: z.array(z.object({ model: z.string(), metrics: z.record(z.string(), estimate) })),
  gate: z.object({ passed: z.boolean(), checks: z.array(check) }),
  calibration: z.record(
    z.string(),
    z.object({
      ece: z.number(),
      /** Error that luck explains on so few cases. */
      luck: z.number(),
      brier: z.number(),
      /** Mean prediction, observed share and cases of each bucket. */
      table: z.array(z.object({ predicted: z.number(), observed: z.number(), cases: z.int() })),
    }),
  ),
  /** Of inputs and scores in training, for the drift watch. */
  distributions: z.record(z.string(), distribution),
  /** SHA-256 of each file, by name. */
  files: z.record(z.string(), z.string()),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Estimate = z.infer<typeof estimate>;
export type Check = z.infer<typeof check>;
export type Distribution = z.infer<typeof distribution>;

/** A trained model before it has a place in the registry. */
export interface ModelPackage {
  readonly manifest: Omit<Manifest, 'files' | 'configDigest'>;
  readonly files: Readonly<Record<string, Uint8Array>>;
}
