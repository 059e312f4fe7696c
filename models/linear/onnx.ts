/** A linear model as an ONNX file, or as a part of one. */
import type { ModelSchema, Tensor, TensorSpec } from '../../domain/endpoint.ts';
import { encodeOnnx, type OnnxNode } from '../onnx/model.ts';
import type { LinearModel } from './model.ts';

export interface LinearExport {
  /**
   * Adds an output `contributions` [batch, outputs, columns]: theta * (x - mean), so that a score comes with what drove it.
   * @default false
   */
  readonly contributions?: boolean;
  readonly description?: string;
}

/** Input `x` [batch, columns]; outputs `prediction` [batch, outputs], and `contributions` where asked for. */
export const linearSchema = (
  model: Pick<LinearModel, 'columns' | 'outputs'>,
  { contributions = false }: LinearExport = {},
): ModelSchema => ({ inputs: [inputOf(model)], outputs: outputsOf(model, '', contributions) });

/** The bytes of the file; the batch has any size. */
export const toOnnx = (model: LinearModel, settings: LinearExport = {}): Uint8Array =>
  encodeHeads([{ prefix: '', model }], settings);

export interface Head {
  /** Comes before the names of its outputs. */
  readonly prefix: string;
  readonly model: LinearModel;
}

export const headsSchema = (
  heads: readonly Head[],
  { contributions = false }: LinearExport = {},
): ModelSchema => ({
  inputs: heads.slice(0, 1).map(({ model }) => inputOf(model)),
  outputs: heads.flatMap(({ prefix, model }) => outputsOf(model, prefix, contributions)),
});

/** Several models of the same rows in one file. */
export function encodeHeads(heads: readonly Head[], settings: LinearExport = {}): Uint8Array {
  const { contributions = false, description = 'Linear models.' } = settings;
  return encodeOnnx({
    ...headsSchema(heads, settings),
    nodes: heads.flatMap(({ prefix, model }) => nodesOf(model, prefix, contributions)),
    constants: heads.flatMap(({ prefix, model }) => constantsOf(model, prefix, contributions)),
    description,
  });
}

const inputOf = ({ columns }: Pick<LinearModel, 'columns'>): TensorSpec => ({
  name: 'x',
  datatype: 'FP32',
  shape: [-1, columns],
});

function outputsOf(
  { columns, outputs }: Pick<LinearModel, 'columns' | 'outputs'>,
  prefix: string,
  contributions: boolean,
): TensorSpec[] {
  const prediction: TensorSpec = { name: `${prefix}prediction`, datatype: 'FP32', shape: [-1, outputs] };
  if (!contributions) return [prediction];
  return [prediction, { name: `${prefix}contributions`, datatype: 'FP32', shape: [-1, outputs, columns] }];
}

const links = { linear: 'Identity', logistic: 'Sigmoid', softmax: 'Softmax' } as const;

/** Rows are centred before the product, in the same 32 bits that callers send: large columns keep their digits. */
function nodesOf({ kind }: LinearModel, prefix: string, contributions: boolean): OnnxNode[] {
  const name = (of: string): string => `${prefix}${of}`;
  const centred = name('centred');
  return [
    { op: 'Sub', inputs: ['x', name('means')], outputs: [centred] },
    { op: 'Gemm', inputs: [centred, name('theta'), name('base')], outputs: [name('score')] },
    { op: links[kind], inputs: [name('score')], outputs: [name('prediction')] },
    ...(contributions
      ? [
          { op: 'Unsqueeze', inputs: [centred, name('middle')], outputs: [name('each')] },
          { op: 'Mul', inputs: [name('each'), name('turned')], outputs: [name('contributions')] },
        ]
      : []),
  ];
}

function constantsOf(model: LinearModel, prefix: string, contributions: boolean): Tensor[] {
  const { theta, means, intercepts, columns, outputs } = model;
  // With the means as the file holds them, so that their rounding does not move the score.
  const base = intercepts.map((intercept, o) =>
    means.reduce((sum, mean, c) => sum + Math.fround(mean) * (theta[c * outputs + o] ?? 0), intercept),
  );
  const turned = theta.map((_, i) => theta[(i % columns) * outputs + Math.floor(i / columns)] ?? 0);
  const single = (name: string, shape: number[], data: ArrayLike<number>): Tensor => ({
    name: `${prefix}${name}`,
    datatype: 'FP32',
    shape,
    data: Float32Array.from(data),
  });
  const all: Tensor[] = [
    single('means', [columns], means),
    single('theta', [columns, outputs], theta),
    single('base', [outputs], base),
  ];
  if (!contributions) return all;
  const middle: Tensor = {
    name: `${prefix}middle`,
    datatype: 'INT64',
    shape: [1],
    data: BigInt64Array.of(1n),
  };
  return [...all, single('turned', [outputs, columns], turned), middle];
}
