/** Machines beside the function: where large models train and where the network serves. The definition on AWS holds it. */
import * as z from 'zod/mini';
import { prices } from '../../models/sagemaker/sizes.ts';
import { namesOf } from '../uses.ts';

const place = {
  region: z.string(),
  /** ARN of the role that the machine has. */
  role: z.string(),
  /** With what all names begin: the stage's. */
  prefix: z.string(),
  bucket: z.string(),
};
const machine = z.enum(namesOf(prices.machines));

export const trainingSchema = z.object({
  ...place,
  machine,
  /** Examples from which on a job pays; fewer are trained on within the step. */
  leastExamples: z.int(),
});
export type TrainingMachines = z.infer<typeof trainingSchema>;

export const servingSchema = z.object({
  ...place,
  size: z.object({ kind: z.literal('machines'), type: machine, least: z.int(), most: z.int() }),
  /** Questions that one machine is to answer a minute, well below what it can. */
  perMinute: z.int(),
  /** Share of questions and answers that is kept for a while, percent; 0 keeps none. */
  capturePercent: z.int(),
});
export type ServingMachines = z.infer<typeof servingSchema>;

/** Either may be missing: then the function trains, and nobody serves the network. */
export const machinesSchema = z.object({
  training: z.optional(trainingSchema),
  serving: z.optional(servingSchema),
});
export type Machines = z.infer<typeof machinesSchema>;

/** The stage's prefix with the tenant, as SageMaker takes names. */
export const prefixOf = ({ prefix }: { readonly prefix: string }, tenant: string): string =>
  `${prefix}-${tenant}`.replaceAll(/[^a-zA-Z0-9-]/g, '');
