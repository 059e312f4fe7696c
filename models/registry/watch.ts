/** How a serving model is doing, written once a day: `models/<tenant>/<name>/watch.json`. */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import type { Objects } from '../../domain/ports.ts';
import { manifestSchema } from './manifest.ts';
import type { ModelRef } from './registry.ts';

export const watchSchema = z.object({
  contract: z.literal(1),
  /** The version that served. */
  version: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** Examples it was looked at on. */
  cases: z.int(),
  /** Population stability index of inputs and scores against training. */
  drift: z.array(
    z.object({ name: z.string(), index: z.number(), verdict: z.enum(['stable', 'moderate', 'large']) }),
  ),
  /** On labels that have arrived since. */
  calibration: manifestSchema.shape.calibration,
});
export type Watch = z.infer<typeof watchSchema>;

const keyOf = ({ tenant, name }: ModelRef): string => `models/${tenant}/${name}/watch.json`;

export const writeWatch = (objects: Objects, ref: ModelRef, watch: Watch): Promise<void> =>
  objects.put(keyOf(ref), new TextEncoder().encode(`${JSON.stringify(watch, null, 2)}\n`));

/** Undefined before the first look. @throws WellspringError `model_corrupt`. */
export async function readWatch(objects: Objects, ref: ModelRef): Promise<Watch | undefined> {
  const data = await objects.get(keyOf(ref));
  if (!data) return undefined;
  try {
    return watchSchema.parse(JSON.parse(new TextDecoder().decode(data)));
  } catch (cause) {
    throw new WellspringError('model_corrupt', `${ref.name}/watch.json cannot be read`, { cause });
  }
}
