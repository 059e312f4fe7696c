/** The same numbers as PyTorch: operations, gradients and optimiser steps. `fixtures/make.py` wrote them. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { adamDense, adamRows, moments } from './adam.ts';
import * as arithmetic from './arithmetic.ts';
import { gather, RowGradients } from './embedding.ts';
import golden from './fixtures/golden.json' with { type: 'json' };
import { gradients } from './gradient.ts';
import { Graph, type Value } from './graph.ts';
import * as neural from './neural.ts';
import { Session } from './session.ts';
import * as shaping from './shaping.ts';

const { add, mean, multiply, scale, sigmoid, softplus, subtract, sum, sumAlong, tanh } = arithmetic;
const { crossEntropy, gelu, layerNorm, logSoftmax, relu, softmax, unitLength } = neural;
const { concat, matmul, reshape, slice, transpose } = shaping;

const tensor = z.object({ shape: z.array(z.int()), data: z.array(z.number()) });
type Plain = z.infer<typeof tensor>;
const schema = z.object({
  operations: z.record(
    z.string(),
    z.object({ inputs: z.array(tensor), weights: tensor, output: tensor, gradients: z.array(tensor) }),
  ),
  crossEntropy: z.object({
    logits: tensor,
    targets: z.array(z.int()),
    weights: z.array(z.number()),
    loss: z.number(),
    gradient: tensor,
  }),
  dense: z.object({ start: tensor, gradients: z.array(tensor), end: tensor }),
  rows: z.object({
    start: tensor,
    steps: z.array(z.object({ rows: z.array(z.int()), gradient: tensor })),
    end: tensor,
  }),
});
const fixtures = schema.parse(golden);

const attention = (graph: Graph, x: Value, query: Value, key: Value, value: Value): Value => {
  const [, length = 1, width = 1] = x.shape;
  const mask = Float32Array.from({ length: length ** 2 }, (_, i) =>
    i % length > Math.floor(i / length) ? -1e9 : 0,
  );
  const keys = transpose(graph, matmul(graph, x, key), [0, 2, 1]);
  const fit = multiply(graph, matmul(graph, matmul(graph, x, query), keys), graph.scalar(width ** -0.5));
  const seen = add(graph, fit, graph.constant(mask, [length, length]));
  return matmul(graph, softmax(graph, seen), matmul(graph, x, value));
};

const builds: Record<string, (graph: Graph, ...inputs: [Value, Value, Value, Value]) => Value> = {
  add,
  multiply,
  sigmoid,
  softplus,
  tanh,
  gelu,
  relu,
  softmax,
  logSoftmax,
  layerNorm,
  unitLength,
  matmul,
  batchedMatmul: matmul,
  transpose: (graph, a) => transpose(graph, a, [2, 0, 1]),
  slice: (graph, a) => slice(graph, a, 1, 1, 4),
  concat: (graph, a, b) => concat(graph, [a, b], 1),
  attention,
  subtract,
  scale: (graph, a) => scale(graph, a, -2.5),
  sumAlong: (graph, a) => sumAlong(graph, a, 1),
  mean,
  reshape: (graph, a) => reshape(graph, a, [3, 4]),
};
/** A shape, a case of its own below, a forward operation of serving, and what every case here ends in. */
const elsewhere = ['broadcast', 'crossEntropy', 'gatherRows', 'sum'];

const feed = ({ shape, data }: Plain) => ({ data: Float32Array.from(data), shape });

/** Largest difference, relative to 1 + |expected|; infinite when the sizes differ. */
function distance(actual: ArrayLike<number | bigint> | undefined, { data }: Plain): number {
  if (actual?.length !== data.length) return Number.POSITIVE_INFINITY;
  return Math.max(...data.map((x, i) => Math.abs(Number(actual[i]) - x) / (1 + Math.abs(x))));
}
const CLOSE = 1e-5;

it('has a golden case for each operation, and an operation for each case', () => {
  expect(Object.keys(fixtures.operations)).toEqual(Object.keys(builds));
  const exported = Object.keys({ ...arithmetic, ...neural, ...shaping });
  expect(exported.filter((name) => !(name in builds)).sort()).toEqual(elsewhere);
});

describe.each(Object.entries(fixtures.operations))(
  '%s',
  (name, { inputs, weights, output, gradients: flows }) => {
    it('has the output and the gradients of PyTorch', async () => {
      const graph = new Graph();
      const values = inputs.map(({ shape }, i) => graph.input(`x${i}`, shape));
      const [a, b = a, c = a, d = a] = values;
      const build = builds[name];
      if (!build || !a || !b || !c || !d) throw new RangeError(`no operation ${name}`);
      const out = build(graph, a, b, c, d);
      const weighted = multiply(graph, out, graph.constant(feed(weights).data, weights.shape));
      gradients(graph, sum(graph, weighted), values).forEach((value, i) => graph.output(`d${i}`, value));
      graph.output('out', out);
      const session = await Session.of(graph);
      const results = await session.run(Object.fromEntries(inputs.map((input, i) => [`x${i}`, feed(input)])));
      await session.release();
      expect(distance(results['out'], output)).toBeLessThan(CLOSE);
      flows.forEach((flow, i) => expect(distance(results[`d${i}`], flow)).toBeLessThan(CLOSE));
    });
  },
);

it('has the cross-entropy of PyTorch, with weights', async () => {
  const { logits, targets, weights, loss, gradient } = fixtures.crossEntropy;
  const rows = targets.length;
  const graph = new Graph();
  const input = graph.input('logits', logits.shape);
  const out = crossEntropy(
    graph,
    input,
    graph.input('targets', [rows, 1], 'int64'),
    graph.input('weights', [rows, 1]),
  );
  gradients(graph, out, [input]).forEach((value) => graph.output('gradient', value));
  graph.output('loss', out);
  const session = await Session.of(graph);
  const results = await session.run({
    logits: feed(logits),
    targets: { data: BigInt64Array.from(targets.map(BigInt)), shape: [rows, 1] },
    weights: { data: Float32Array.from(weights), shape: [rows, 1] },
  });
  await session.release();
  expect(Number(results['loss']?.[0])).toBeCloseTo(loss, 5);
  expect(distance(results['gradient'], gradient)).toBeLessThan(CLOSE);
});

it('takes the dense steps of AdamW', () => {
  const { start, gradients: all, end } = fixtures.dense;
  const weights = Float32Array.from(start.data);
  const state = moments(weights.length);
  all.forEach(({ data }, i) =>
    adamDense(weights, Float32Array.from(data), state, 0.05, i + 1, { decay: 0.1 }),
  );
  expect(distance(weights, end)).toBeLessThan(CLOSE);
});

it('takes the steps of SparseAdam on the rows it touches, adding up gradients of a row that occurs twice', () => {
  const { start, steps, end } = fixtures.rows;
  const [count = 0, width = 0] = start.shape;
  const table = Float32Array.from(start.data);
  const state = moments(table.length);
  const sums = new RowGradients(count, width);
  steps.forEach(({ rows, gradient }, i) => {
    sums.add(rows, Float32Array.from(gradient.data));
    const taken = sums.take();
    adamRows(table, width, taken.rows, taken.gradient, state, 0.1, i + 1);
  });
  expect(distance(table, end)).toBeLessThan(CLOSE);
  const untouched = { shape: [1, width], data: start.data.slice(2 * width, 3 * width) };
  expect(distance(gather(table, width, [2]), untouched)).toBeLessThan(1e-7);
});
