/** The parts of a training step that lie outside of the graph, and a training run as a whole. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { adamDense, clip, moments, rateAt } from './adam.ts';
import { multiply, subtract, sum } from './arithmetic.ts';
import { gather, RowGradients } from './embedding.ts';
import { gradients } from './gradient.ts';
import { Graph } from './graph.ts';
import { normal } from './init.ts';
import { Session } from './session.ts';
import { matmul } from './shaping.ts';
import { shuffle } from './shuffle.ts';

describe('clip', () => {
  it('scales all gradients by one factor, to the limit', () => {
    const parts = [Float32Array.of(3, 0), Float32Array.of(4)];
    expect(clip(parts, 1)).toBeCloseTo(5);
    expect([...(parts[0] ?? []), ...(parts[1] ?? [])].map((x) => Number(x.toFixed(6)))).toEqual([
      0.6, 0, 0.8,
    ]);
  });
  it('leaves short gradients as they are', () => {
    const part = Float32Array.of(0.3, 0.4);
    clip([part], 1);
    expect(part).toEqual(Float32Array.of(0.3, 0.4));
  });
});

it('raises the learning rate, then lets it fall to its floor', () => {
  const rates = Array.from({ length: 100 }, (_, i) => rateAt(i + 1, 2, 10, 100));
  expect(rates[0]).toBeCloseTo(0.2);
  expect(rates[9]).toBeCloseTo(2);
  expect(rates[99]).toBeCloseTo(0.1);
  expect(rates.slice(9).every((rate, i, all) => i === 0 || rate <= (all[i - 1] ?? 0))).toBe(true);
});

describe('rows of a table', () => {
  it('are read in the order asked for, repeats included', () => {
    expect([...gather(Float32Array.of(1, 2, 3, 4, 5, 6), 2, [2, 0, 2])]).toEqual([5, 6, 1, 2, 5, 6]);
  });
  it('sum their gradients; padding has none; nothing is left over for the next step', () => {
    const sums = new RowGradients(4, 2);
    sums.add([3, 0, 3], Float32Array.of(1, 2, 9, 9, 10, 20), 0);
    const first = sums.take();
    expect(first.rows).toEqual([3]);
    expect([...first.gradient]).toEqual([11, 22]);
    sums.add([3], Float32Array.of(1, 1));
    expect([...sums.take().gradient]).toEqual([1, 1]);
  });
  it('have room for more rows than at the start', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => i);
    const sums = new RowGradients(3000, 1);
    sums.add(rows, Float32Array.from(rows));
    expect([...sums.take().gradient]).toEqual(rows);
  });
});

it('shuffles into the same order for a seed, and loses nothing', () => {
  const list = Array.from({ length: 50 }, (_, i) => i);
  const [a, b, c] = [1, 1, 2].map((seed) => shuffle([...list], seededRandom(seed)));
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
  expect(a?.toSorted((x, y) => x - y)).toEqual(list);
});

it('draws normal numbers', () => {
  const drawn = normal(20_000, 3, seededRandom(1));
  const mean = drawn.reduce((total, x) => total + x, 0) / drawn.length;
  const variance = drawn.reduce((total, x) => total + (x - mean) ** 2, 0) / drawn.length;
  expect(Math.abs(mean)).toBeLessThan(0.1);
  expect(Math.sqrt(variance)).toBeCloseTo(3, 1);
});

/** Finds y = x W by steps of Adam; weights after `steps`. */
async function regress(seed: number, steps: number): Promise<Float32Array> {
  const graph = new Graph();
  const w = graph.input('w', [3, 1]);
  const error = subtract(graph, matmul(graph, graph.input('x', [8, 3]), w), graph.input('y', [8, 1]));
  const loss = sum(graph, multiply(graph, error, error));
  gradients(graph, loss, [w]).forEach((value) => graph.output('dw', value));
  const session = await Session.of(graph);
  const random = seededRandom(seed);
  const weights = normal(3, 1, random);
  const state = moments(3);
  for (let t = 1; t <= steps; t++) {
    const x = normal(24, 1, random);
    const y = Float32Array.from({ length: 8 }, (_, i) => (x[i * 3] ?? 0) - 2 * (x[i * 3 + 1] ?? 0));
    const { dw } = await session.run({
      w: { data: weights, shape: [3, 1] },
      x: { data: x, shape: [8, 3] },
      y: { data: y, shape: [8, 1] },
    });
    if (!(dw instanceof Float32Array)) throw new TypeError('no gradient');
    adamDense(weights, dw, state, 0.1, t);
  }
  await session.release();
  return weights;
}

it('learns what made the data, to the same bits for a seed', async () => {
  const [a, b] = [await regress(1, 300), await regress(1, 300)];
  expect(a).toEqual(b);
  [1, -2, 0].forEach((expected, i) => expect(a[i]).toBeCloseTo(expected, 2));
});
