/** Every operation's gradient against central differences: (f(x + e) - f(x - e)) / 2e, one element at a time. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import {
  add,
  mean,
  multiply,
  scale,
  sigmoid,
  softplus,
  subtract,
  sum,
  sumAlong,
  tanh,
} from './arithmetic.ts';
import { gradients } from './gradient.ts';
import { Graph, sizeOf, type Value } from './graph.ts';
import { crossEntropy, gelu, layerNorm, logSoftmax, relu, softmax, unitLength } from './neural.ts';
import { type Feed, Session } from './session.ts';
import { concat, matmul, reshape, slice, transpose } from './shaping.ts';

type Build = (graph: Graph, ...inputs: Value[]) => Value;

const cases: Record<string, { shapes: number[][]; build: Build }> = {
  add: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: add,
  },
  'add, broadcast': {
    shapes: [
      [2, 3, 4],
      [3, 1],
    ],
    build: add,
  },
  subtract: {
    shapes: [
      [2, 3],
      [1, 3],
    ],
    build: subtract,
  },
  multiply: { shapes: [[2, 3], [3]], build: multiply },
  'a value used twice': { shapes: [[4]], build: (g, a) => multiply(g, a, a) },
  scale: { shapes: [[5]], build: (g, a) => scale(g, a, -2.5) },
  'sum along': { shapes: [[2, 3, 2]], build: (g, a) => multiply(g, a, sumAlong(g, a, 1)) },
  mean: { shapes: [[3, 4]], build: (g, a) => multiply(g, a, mean(g, a)) },
  sigmoid: { shapes: [[6]], build: sigmoid },
  softplus: { shapes: [[6]], build: softplus },
  tanh: { shapes: [[6]], build: tanh },
  gelu: { shapes: [[8]], build: gelu },
  relu: { shapes: [[8]], build: relu },
  softmax: { shapes: [[3, 4]], build: softmax },
  'log softmax': { shapes: [[3, 4]], build: logSoftmax },
  'layer norm': { shapes: [[3, 5], [5], [5]], build: layerNorm },
  'cross-entropy': {
    shapes: [[3, 4]],
    build: (g, a) => {
      const targets = g.node('Reshape', [g.integers([1, 0, 3]), g.integers([3, 1])], [3, 1], {}, 'int64');
      return crossEntropy(g, a, targets, g.constant(Float32Array.of(0.5, 0.2, 0.3), [3, 1]));
    },
  },
  'unit length': { shapes: [[3, 5]], build: unitLength },
  'matrix product': {
    shapes: [
      [3, 4],
      [4, 2],
    ],
    build: matmul,
  },
  'matrix product, shared right side': {
    shapes: [
      [2, 3, 4],
      [4, 2],
    ],
    build: matmul,
  },
  'matrix product, by batch': {
    shapes: [
      [2, 3, 4],
      [2, 4, 3],
    ],
    build: matmul,
  },
  'matrix product, two leading dimensions': {
    shapes: [
      [2, 2, 3, 4],
      [2, 2, 4, 3],
    ],
    build: matmul,
  },
  reshape: { shapes: [[2, 6]], build: (g, a) => reshape(g, a, [3, 4]) },
  transpose: { shapes: [[2, 3, 4]], build: (g, a) => transpose(g, a, [2, 0, 1]) },
  slice: { shapes: [[2, 5]], build: (g, a) => slice(g, a, 1, 1, 4) },
  concat: {
    shapes: [
      [2, 3],
      [2, 2],
    ],
    build: (g, a, b) => concat(g, [a, b], 1),
  },
};

const EPSILON = 1e-2;

/** A loss that weighs every element differently, so that no error cancels out. */
function lossOf(graph: Graph, out: Value, random: () => number): Value {
  const weights = Float32Array.from({ length: sizeOf(out.shape) }, () => random() * 2 - 1);
  return sum(graph, multiply(graph, out, graph.constant(weights, out.shape)));
}

describe.each(Object.entries(cases))('gradient of %s', (_, { shapes, build }) => {
  it('equals the slope', async () => {
    const random = seededRandom(7);
    const graph = new Graph();
    const inputs = shapes.map((shape, i) => graph.input(`x${i}`, shape));
    const loss = lossOf(graph, build(graph, ...inputs), random);
    gradients(graph, loss, inputs).forEach((gradient, i) => graph.output(`d${i}`, gradient));
    graph.output('loss', loss);
    const session = await Session.of(graph);
    // Away from 0, where relu has no slope.
    const draw = (): number => (random() < 0.5 ? -1 : 1) * (0.1 + random());
    const data = shapes.map((shape) => Float32Array.from({ length: sizeOf(shape) }, draw));
    const feeds = (): Record<string, Feed> =>
      Object.fromEntries(data.map((array, i) => [`x${i}`, { data: array, shape: shapes[i] ?? [] }]));
    const lossAt = async (): Promise<number> => Number((await session.run(feeds()))['loss']?.[0]);
    const analytic = await session.run(feeds());
    for (const [i, array] of data.entries()) {
      for (let j = 0; j < array.length; j++) {
        const held = array[j] ?? 0;
        array[j] = held + EPSILON;
        const above = await lossAt();
        array[j] = held - EPSILON;
        const below = await lossAt();
        array[j] = held;
        const slope = (above - below) / (2 * EPSILON);
        expect(Math.abs(Number(analytic[`d${i}`]?.[j]) - slope)).toBeLessThan(2e-3 * (1 + Math.abs(slope)));
      }
    }
    await session.release();
  });
});

it('refuses a loss that is no single number, and one that does not depend on what is asked', () => {
  const graph = new Graph();
  const [a, b] = [graph.input('a', [2]), graph.input('b', [2])];
  expect(() => gradients(graph, a, [a])).toThrow(RangeError);
  expect(() => gradients(graph, sum(graph, a), [b])).toThrow(RangeError);
});
