/** A linear model as an ONNX file. */
import type { ModelSchema, Tensor } from '../../domain/endpoint.ts';
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
  { columns, outputs }: Pick<LinearModel, 'columns' | 'outputs'>,
  { contributions = false }: LinearExport = {},
): ModelSchema => ({
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, columns] }],
  outputs: [
    { name: 'prediction', datatype: 'FP32', shape: [-1, outputs] },
    ...(contributions
      ? [{ name: 'contributions', datatype: 'FP32' as const, shape: [-1, outputs, columns] }]
      : []),
  ],
});

/**
 * The bytes of the file; the batch has any size. Rows are centred before the product, in the same 32 bits that callers
 * send: large columns with small deviations keep their digits.
 */
export function toOnnx(model: LinearModel, settings: LinearExport = {}): Uint8Array {
  const { contributions = false, description = `A ${model.kind} regression.` } = settings;
  const nodes: OnnxNode[] = [
    { op: 'Sub', inputs: ['x', 'means'], outputs: ['centred'] },
    { op: 'Gemm', inputs: ['centred', 'theta', 'base'], outputs: ['score'] },
    link(model.kind),
    ...(contributions ? contributionNodes : []),
  ];
  return encodeOnnx({
    ...linearSchema(model, settings),
    nodes,
    constants: constantsOf(model, contributions),
    description,
  });
}

function link(kind: LinearModel['kind']): OnnxNode {
  const ends = { inputs: ['score'], outputs: ['prediction'] };
  if (kind === 'linear') return { op: 'Identity', ...ends };
  return kind === 'logistic'
    ? { op: 'Sigmoid', ...ends }
    : { op: 'Softmax', ...ends, attributes: { axis: { int: 1 } } };
}

const contributionNodes: OnnxNode[] = [
  { op: 'Unsqueeze', inputs: ['centred', 'middle'], outputs: ['each'] },
  { op: 'Mul', inputs: ['each', 'turned'], outputs: ['contributions'] },
];

function constantsOf(
  { theta, means, intercepts, columns, outputs }: LinearModel,
  contributions: boolean,
): Tensor[] {
  // With the means as the file holds them, so that their rounding does not move the score.
  const base = intercepts.map((intercept, o) =>
    means.reduce(
      (sum, mean, column) => sum + Math.fround(mean) * (theta[column * outputs + o] ?? 0),
      intercept,
    ),
  );
  const turned = Float32Array.from(
    theta,
    (_, i) => theta[(i % columns) * outputs + Math.floor(i / columns)] ?? 0,
  );
  const single = (name: string, shape: number[], data: ArrayLike<number>): Tensor => ({
    name,
    datatype: 'FP32',
    shape,
    data: Float32Array.from(data),
  });
  return [
    single('means', [columns], means),
    single('theta', [columns, outputs], theta),
    single('base', [outputs], base),
    ...(contributions
      ? [
          single('turned', [outputs, columns], turned),
          { name: 'middle', datatype: 'INT64' as const, shape: [1], data: BigInt64Array.of(1n) },
        ]
      : []),
  ];
}
