/** What a behaviour network looks like and how it is trained. JSON; the Python twin reads the same. */
import * as z from 'zod/mini';

/** Sizes of the small vocabularies beside the item; index 0 is padding. */
const fieldsSchema = z.object({
  kind: z.int(),
  category: z.int(),
  price: z.int(),
  gap: z.int(),
});

export const networkSchema = z.object({
  /** Rows of the item table: 0 is padding, 1 an unknown item, then the items. */
  items: z.int(),
  /** Width of a token. */
  width: z.int(),
  /** Attention heads; they divide the width. */
  heads: z.int(),
  blocks: z.int(),
  /** Tokens read, the newest ones. */
  length: z.int(),
  /** Items are compared by cosine times this (Gupta et al., 2019): popular items get no longer vectors. */
  scale: z.number(),
  /** What a token has beside its item. */
  fields: z.optional(fieldsSchema),
  /** Whether there are heads for purchase, churn and value. */
  outcomes: z.boolean(),
});
export type NetworkConfig = z.infer<typeof networkSchema>;
export type Fields = z.infer<typeof fieldsSchema>;
export const fieldNames = ['kind', 'category', 'price', 'gap'] as const satisfies readonly (keyof Fields)[];

export const trainingSchema = z.object({
  epochs: z.int(),
  /** Epochs without a better validation figure after which training stops. */
  patience: z.int(),
  /** Tokens in a batch. */
  tokens: z.int(),
  /** Items that each position is compared with: all targets of the batch, and samples. */
  candidates: z.int(),
  rate: z.number(),
  /** Share of the steps in which the rate rises. */
  warmUp: z.number(),
  dropout: z.number(),
  decay: z.number(),
  /** Longest common gradient of the dense weights. */
  clip: z.number(),
  /**
   * Whether people come back to an item. Where they do not, items of one sequence are not compared with each other, and
   * not ranked again.
   */
  repeats: z.boolean(),
});
export type TrainingConfig = z.infer<typeof trainingSchema>;

export const defaultTraining: TrainingConfig = {
  epochs: 8,
  patience: 2,
  tokens: 512,
  candidates: 2048,
  rate: 4e-3,
  warmUp: 0.05,
  dropout: 0.3,
  decay: 0,
  clip: 5,
  repeats: true,
};
