/** A graph as the bytes of an ONNX model. */
import proto, { type onnx } from 'onnx-proto';
import type { Attribute, Constant, Dtype, Graph, Node, Value } from './graph.ts';

/** IR 8 and opset 17: what older serving images still read. */
const IR_VERSION = 8;
const OPSET = 17;

const { ModelProto, AttributeProto, TensorProto } = proto.onnx;
const { AttributeType } = AttributeProto;
const { DataType } = TensorProto;
const elementTypes: Readonly<Record<Dtype, number>> = {
  float: DataType.FLOAT,
  int64: DataType.INT64,
  bool: DataType.BOOL,
};

/** Encodes what the outputs need and nothing else. `description`: a sentence for people who open the file. */
export function encodeModel(graph: Graph, description = ''): Uint8Array {
  const { nodes, names } = needed(graph);
  const model = ModelProto.fromObject({
    irVersion: IR_VERSION,
    producerName: 'wellspring',
    docString: description,
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      name: 'model',
      node: nodes.map(nodeProto),
      initializer: graph.constants.filter(({ value }) => names.has(value.name)).map(tensorProto),
      input: graph.inputs.filter(({ name }) => names.has(name)).map(valueProto),
      output: graph.outputs.map(valueProto),
    },
  });
  return ModelProto.encode(model).finish();
}

/** Nodes that lead to an output, in order, and the names of all values they touch. */
function needed(graph: Graph): { nodes: Node[]; names: Set<string> } {
  const names = new Set(graph.outputs.map(({ name }) => name));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => names.has(name))) continue;
    nodes.push(node);
    for (const name of node.inputs) names.add(name);
  }
  return { nodes: nodes.reverse(), names };
}

const nodeProto = ({ op, inputs, outputs, attributes }: Node): onnx.INodeProto => ({
  opType: op,
  input: [...inputs],
  output: [...outputs],
  attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
});

function attributeProto(name: string, value: Attribute): onnx.IAttributeProto {
  if (typeof value === 'number') return { name, type: AttributeType.FLOAT, f: value };
  if ('int' in value) return { name, type: AttributeType.INT, i: value.int };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

const tensorProto = ({ value, data }: Constant): onnx.ITensorProto => ({
  name: value.name,
  dims: [...value.shape],
  dataType: elementTypes[value.dtype],
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

const valueProto = ({ name, shape, dtype }: Value): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: elementTypes[dtype],
      shape: { dim: shape.map((size) => (size < 0 ? { dimParam: 'batch' } : { dimValue: size })) },
    },
  },
});
