import proto from 'onnx-proto';
import { expect, it } from 'vitest';
import { add, multiply, sum } from './arithmetic.ts';
import { encodeModel } from './encode.ts';
import { gradients } from './gradient.ts';
import { Graph } from './graph.ts';
import { Session } from './session.ts';
import { matmul, reshape } from './shaping.ts';

const decoded = (graph: Graph) => proto.onnx.ModelProto.decode(encodeModel(graph, 'a model'));

it('writes IR 8 and opset 17, which older serving images read', () => {
  const graph = new Graph();
  graph.output('y', multiply(graph, graph.input('x', [2]), graph.scalar(3)));
  const model = decoded(graph);
  expect(Number(model.irVersion)).toBe(8);
  expect(model.opsetImport.map(({ version }) => Number(version))).toEqual([17]);
  expect(model.docString).toBe('a model');
});

it('leaves out nodes, constants and inputs that no output needs', () => {
  const graph = new Graph();
  const x = graph.input('x', [2]);
  const unused = graph.input('unused', [2]);
  multiply(graph, unused, graph.constant(Float32Array.of(4, 5), [2], 'dead'));
  graph.output('y', add(graph, x, graph.constant(Float32Array.of(1, 2), [2], 'alive')));
  const inner = decoded(graph).graph;
  expect(inner?.input?.map(({ name }) => name)).toEqual(['x']);
  expect(inner?.initializer?.map(({ name }) => name)).toEqual(['alive']);
  expect(inner?.node?.map(({ opType }) => opType)).toEqual(['Add', 'Identity']);
});

it('leaves the backward pass out of a model that asks for no gradient', () => {
  const graph = new Graph();
  const x = graph.input('x', [2]);
  const loss = sum(graph, multiply(graph, x, x));
  gradients(graph, loss, [x]);
  graph.output('loss', loss);
  expect(decoded(graph).graph?.node?.map(({ opType }) => opType)).toEqual(['Mul', 'ReduceSum', 'Identity']);
});

it('serves any number of rows when the first dimension is open', async () => {
  const graph = new Graph();
  const x = graph.input('x', [-1, 2, 2]);
  const weights = graph.constant(Float32Array.of(1, 0, 0, 1, 1, 1, 2, 2), [4, 2], 'weights');
  graph.output('y', matmul(graph, reshape(graph, x, [-1, 4]), weights));
  const session = await Session.of(graph);
  for (const rows of [1, 3]) {
    const data = Float32Array.from({ length: rows * 4 }, (_, i) => i);
    const { y } = await session.run({ x: { data, shape: [rows, 2, 2] } });
    expect(y).toHaveLength(rows * 2);
    expect([...(y ?? [])].slice(0, 2)).toEqual([0 + 2 + 6, 1 + 2 + 6]);
  }
  await session.release();
});

it('refuses shapes that do not fit while the graph is built', () => {
  const graph = new Graph();
  const [a, b] = [graph.input('a', [2, 3]), graph.input('b', [2, 3])];
  expect(() => matmul(graph, a, b)).toThrow(RangeError);
  expect(() => add(graph, a, graph.input('c', [2]))).toThrow(RangeError);
  expect(() => graph.constant(Float32Array.of(1), [2])).toThrow(RangeError);
});
