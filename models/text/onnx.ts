/** A text classifier as an ONNX file: it gathers the rows of theta that the text's buckets name. */
import proto from 'onnx-proto';
import * as z from 'zod/mini';
import type { ModelSchema, Tensor, TensorSpec } from '../../domain/endpoint.ts';
import { encodeOnnx, type OnnxNode } from '../onnx/model.ts';
import { describe } from './features.ts';
import type { TextModel } from './model.ts';
import { featurePlanSchema } from './terms.ts';

/**
 * Inputs `buckets` and `weights` [batch, terms], short texts padded with weight 0; outputs `probabilities`
 * [batch, classes] and `contributions` [batch, terms, classes], what each term added to each score.
 */
export const textSchema = (classes: number): ModelSchema => ({
  inputs: [
    { name: 'buckets', datatype: 'INT32', shape: [-1, -1] },
    { name: 'weights', datatype: 'FP32', shape: [-1, -1] },
  ],
  outputs: [
    { name: 'probabilities', datatype: 'FP32', shape: [-1, classes] },
    { name: 'contributions', datatype: 'FP32', shape: [-1, -1, classes] },
  ],
});

/** The inputs for texts, as a batch. */
export function textInputs(model: Pick<TextModel, 'plan'>, texts: readonly string[]): Tensor[] {
  const rows = texts.map((text) => describe(text, model.plan));
  const terms = Math.max(1, ...rows.map(({ buckets }) => buckets.length));
  const shape = [texts.length, terms];
  const buckets = new Int32Array(texts.length * terms);
  const weights = new Float32Array(buckets.length);
  rows.forEach((row, at) => {
    buckets.set(row.buckets, at * terms);
    weights.set(row.weights, at * terms);
  });
  return [
    { name: 'buckets', datatype: 'INT32', shape, data: buckets },
    { name: 'weights', datatype: 'FP32', shape, data: weights },
  ];
}

const nodes: OnnxNode[] = [
  { op: 'Gather', inputs: ['theta', 'buckets'], outputs: ['steps'], attributes: { axis: { int: 0 } } },
  {
    op: 'Cast',
    inputs: ['steps'],
    outputs: ['units'],
    attributes: { to: { int: proto.onnx.TensorProto.DataType.FLOAT } },
  },
  { op: 'Mul', inputs: ['units', 'scale'], outputs: ['coefficients'] },
  { op: 'Unsqueeze', inputs: ['weights', 'last'], outputs: ['each'] },
  { op: 'Mul', inputs: ['coefficients', 'each'], outputs: ['contributions'] },
  {
    op: 'ReduceSum',
    inputs: ['contributions', 'terms'],
    outputs: ['sums'],
    attributes: { keepdims: { int: 0 } },
  },
  { op: 'Add', inputs: ['sums', 'intercepts'], outputs: ['scores'] },
  { op: 'Softmax', inputs: ['scores'], outputs: ['probabilities'], attributes: { axis: { int: 1 } } },
];

/** What `features.json` holds: how to describe texts, and what the answers mean. */
export const textFileSchema = z.object({ plan: featurePlanSchema, classes: z.array(z.string()) });

export interface PackedText {
  readonly files: Readonly<Record<'model.onnx' | 'features.json', Uint8Array>>;
  readonly schema: ModelSchema;
}

/** Everything that serving takes; the network has about buckets x classes bytes, as coefficients take 8 bits each. */
export function packText(model: TextModel): PackedText {
  const schema = textSchema(model.classes.length);
  const axis = (name: string, value: bigint): Tensor => ({
    name,
    datatype: 'INT64',
    shape: [1],
    data: BigInt64Array.of(value),
  });
  const constants: Tensor[] = [
    { name: 'scale', datatype: 'FP32', shape: [model.scale.length], data: model.scale },
    { name: 'intercepts', datatype: 'FP32', shape: [model.intercepts.length], data: model.intercepts },
    axis('last', 2n),
    axis('terms', 1n),
  ];
  const description = `Classes of a text: ${model.classes.join(', ')}. From hashed n-grams.`;
  const bytes = encodeOnnx({ ...schema, nodes, constants, description });
  const file: z.infer<typeof textFileSchema> = { plan: model.plan, classes: [...model.classes] };
  return {
    files: {
      'model.onnx': withBytes(bytes, model, schema),
      'features.json': new TextEncoder().encode(`${JSON.stringify(file)}\n`),
    },
    schema,
  };
}

/** Adds what the general encoder has no type for: coefficients of 8 bits, and a second size that is free. */
function withBytes(bytes: Uint8Array, { theta, plan, classes }: TextModel, schema: ModelSchema): Uint8Array {
  const file = proto.onnx.ModelProto.decode(bytes);
  const { graph } = file;
  if (!graph) throw new TypeError('the file has no graph');
  graph.initializer?.push({
    name: 'theta',
    dims: [plan.buckets, classes.length],
    dataType: proto.onnx.TensorProto.DataType.INT8,
    rawData: new Uint8Array(theta.buffer, theta.byteOffset, theta.byteLength),
  });
  const specs = new Map<string, TensorSpec>(
    [...schema.inputs, ...schema.outputs].map((spec) => [spec.name, spec]),
  );
  for (const value of [...(graph.input ?? []), ...(graph.output ?? [])]) {
    const [, second] = value.type?.tensorType?.shape?.dim ?? [];
    if (second && specs.get(value.name ?? '')?.shape[1] === -1) second.dimParam = 'terms';
  }
  return proto.onnx.ModelProto.encode(file).finish();
}
