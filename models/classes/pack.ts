/** Everything that serving the class model takes, as files. */
import * as z from 'zod/mini';
import type { ModelSchema } from '../../domain/endpoint.ts';
import { encodeHeads, type Head, headsSchema } from '../linear/onnx.ts';
import type { ClassesModel } from './classes.ts';
import { featureSchema } from './features.ts';
import { customerPlanSchema } from './plan.ts';

/** What `features.json` holds: how to make the rows, and what the answers mean. */
export const classesFileSchema = z.object({
  plan: customerPlanSchema,
  lifecycle: z.array(z.string()),
  personas: z.array(z.string()),
  /** JSON Schema of a row; its properties are in the order of the columns. */
  row: z.record(z.string(), z.unknown()),
});

export interface PackedClasses {
  readonly files: Readonly<Record<'model.onnx' | 'features.json', Uint8Array>>;
  readonly schema: ModelSchema;
}

/**
 * Input `x` [batch, features]; outputs `lifecycle_prediction` and `persona_prediction` [batch, classes], and for each
 * `..._contributions` [batch, classes, features]. The same model gives the same bytes.
 */
export function packClasses({ plan, lifecycle, personas }: ClassesModel): PackedClasses {
  const heads: Head[] = [
    { prefix: 'lifecycle_', model: lifecycle.model },
    { prefix: 'persona_', model: personas.model },
  ];
  const settings = { contributions: true, description: 'Lifecycle classes and personas of customers.' };
  const file: z.infer<typeof classesFileSchema> = {
    plan,
    lifecycle: [...lifecycle.names],
    personas: [...personas.names],
    row: featureSchema(plan),
  };
  return {
    files: {
      'model.onnx': encodeHeads(heads, settings),
      'features.json': new TextEncoder().encode(`${JSON.stringify(file, undefined, 2)}\n`),
    },
    schema: headsSchema(heads, settings),
  };
}
