/** Writes ONNX models by hand: nodes of the standard operators and of ONNX-ML, with constants. */
import proto, { type onnx } from 'onnx-proto';
import type { Datatype, Tensor, TensorSpec } from '../../domain/endpoint.ts';

/** IR 8, opset 17 and ai.onnx.ml 3: what older serving images still read. */
const IR_VERSION = 8;
const OPSET = 17;
const ML_OPSET = 3;
const ML = 'ai.onnx.ml';

export interface OnnxNode {
  readonly op: string;
  /** ONNX-ML's operators. */
  readonly ml?: boolean;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly string: string }
  | { readonly strings: readonly string[] };

export interface OnnxModel {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** In an order in which each can be computed. */
  readonly nodes: readonly OnnxNode[];
  readonly constants?: readonly Tensor[];
  /** A sentence for people who open the file. */
  readonly description?: string;
}

const { AttributeType } = proto.onnx.AttributeProto;
const { DataType } = proto.onnx.TensorProto;
const elementTypes: Readonly<Record<Datatype, number>> = {
  FP32: DataType.FLOAT,
  INT32: DataType.INT32,
  INT64: DataType.INT64,
};

/** The bytes of a model file. */
export function encodeOnnx({
  inputs,
  outputs,
  nodes,
  constants = [],
  description = '',
}: OnnxModel): Uint8Array {
  const opsetImport = [{ domain: '', version: OPSET }];
  if (nodes.some(({ ml }) => ml)) opsetImport.push({ domain: ML, version: ML_OPSET });
  const model = proto.onnx.ModelProto.fromObject({
    irVersion: IR_VERSION,
    producerName: 'wellspring',
    docString: description,
    opsetImport,
    graph: {
      name: 'model',
      node: nodes.map(nodeProto),
      initializer: constants.map(tensorProto),
      input: inputs.map(valueProto),
      output: outputs.map(valueProto),
    },
  });
  return proto.onnx.ModelProto.encode(model).finish();
}

const nodeProto = ({ op, ml, inputs, outputs, attributes = {} }: OnnxNode): onnx.INodeProto => ({
  opType: op,
  domain: ml ? ML : '',
  input: [...inputs],
  output: [...outputs],
  attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
});

const encoder = new TextEncoder();

function attributeProto(name: string, value: OnnxAttribute): onnx.IAttributeProto {
  if ('int' in value) return { name, type: AttributeType.INT, i: value.int };
  if ('ints' in value) return { name, type: AttributeType.INTS, ints: [...value.ints] };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ('floats' in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
  if ('string' in value) return { name, type: AttributeType.STRING, s: encoder.encode(value.string) };
  return { name, type: AttributeType.STRINGS, strings: value.strings.map((text) => encoder.encode(text)) };
}

const tensorProto = ({ name, shape, datatype, data }: Tensor): onnx.ITensorProto => ({
  name,
  dims: [...shape],
  dataType: elementTypes[datatype],
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

const valueProto = ({ name, shape, datatype }: TensorSpec): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: elementTypes[datatype],
      shape: { dim: shape.map((size) => (size < 0 ? { dimParam: 'batch' } : { dimValue: size })) },
    },
  },
});
