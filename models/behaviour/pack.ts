/** Everything that serving a behaviour model takes, as files. */
import type { ModelSchema } from '../../domain/endpoint.ts';
import { encodeModel } from '../engine/encode.ts';
import { servingGraph, servingSchema } from './serving-graph.ts';
import type { TrainedBehaviour } from './train.ts';

export interface Packed {
  /** `model.onnx`, and `vocabulary.json` to encode questions and read answers with. */
  readonly files: Readonly<Record<'model.onnx' | 'vocabulary.json', Uint8Array>>;
  readonly schema: ModelSchema;
}

const DESCRIPTION =
  'Next items, purchase within 7 days, churn within 30 days and the value of the next order, from up to 50 events.';

/** `top`: items in an answer. The same weights give the same bytes. */
export function packBehaviour(
  { config, weights, vocabulary }: TrainedBehaviour,
  { top = 20 }: { readonly top?: number } = {},
): Packed {
  return {
    files: {
      'model.onnx': encodeModel(servingGraph(config, weights, top), DESCRIPTION),
      'vocabulary.json': new TextEncoder().encode(`${JSON.stringify(vocabulary)}\n`),
    },
    schema: servingSchema(config, top),
  };
}
