/** Element by element, with NumPy's broadcasting; and sums. Each operation knows its gradient. */
import type { Graph, Value } from './graph.ts';
import { sizeOf } from './graph.ts';

/** The common shape of two tensors, aligned at their last dimensions. @throws RangeError when there is none. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new RangeError(`[${a}] and [${b}] have no common shape`);
    return x === 1 ? y : x;
  });
}

/** Sums a gradient over the dimensions along which its value was broadcast. */
function reduceTo(graph: Graph, gradient: Value, shape: readonly number[]): Value {
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((dimension, i) =>
    i < extra || (shape[i - extra] === 1 && dimension !== 1) ? [i] : [],
  );
  if (axes.length === 0) return gradient;
  const kept = gradient.shape.map((dimension, i) => (axes.includes(i) ? 1 : dimension));
  const total = graph.node('ReduceSum', [gradient, graph.integers(axes)], kept);
  return extra === 0 ? total : graph.node('Reshape', [total, graph.integers(shape)], shape);
}

export function add(graph: Graph, a: Value, b: Value): Value {
  const out = graph.node('Add', [a, b], broadcast(a.shape, b.shape));
  return graph.step([a, b], out, (g) => [reduceTo(graph, g, a.shape), reduceTo(graph, g, b.shape)]);
}

export function subtract(graph: Graph, a: Value, b: Value): Value {
  const out = graph.node('Sub', [a, b], broadcast(a.shape, b.shape));
  return graph.step([a, b], out, (g) => [
    reduceTo(graph, g, a.shape),
    reduceTo(graph, graph.node('Neg', [g], g.shape), b.shape),
  ]);
}

export function multiply(graph: Graph, a: Value, b: Value): Value {
  const out = graph.node('Mul', [a, b], broadcast(a.shape, b.shape));
  return graph.step([a, b], out, (g) => [
    reduceTo(graph, graph.node('Mul', [g, b], g.shape), a.shape),
    reduceTo(graph, graph.node('Mul', [g, a], g.shape), b.shape),
  ]);
}

export const scale = (graph: Graph, a: Value, factor: number): Value =>
  multiply(graph, a, graph.scalar(factor));

/** Sum along one axis (counted from the end when negative), which stays with size 1. */
export function sumAlong(graph: Graph, a: Value, axis: number): Value {
  const at = axis < 0 ? axis + a.shape.length : axis;
  const kept = a.shape.map((dimension, i) => (i === at ? 1 : dimension));
  const out = graph.node('ReduceSum', [a, graph.integers([at])], kept);
  return graph.step([a], out, (g) => [graph.node('Expand', [g, graph.integers(a.shape)], a.shape)]);
}

/** Sum of all elements: a single number. */
export function sum(graph: Graph, a: Value): Value {
  const out = graph.node('ReduceSum', [a], [], { keepdims: { int: 0 } });
  return graph.step([a], out, (g) => [graph.node('Expand', [g, graph.integers(a.shape)], a.shape)]);
}

export const mean = (graph: Graph, a: Value): Value => scale(graph, sum(graph, a), 1 / sizeOf(a.shape));

/** 1 / (1 + exp(-x)). */
export function sigmoid(graph: Graph, a: Value): Value {
  const out = graph.node('Sigmoid', [a], a.shape);
  return graph.step([a], out, (g) => {
    const slope = graph.node('Mul', [out, graph.node('Sub', [graph.scalar(1), out], a.shape)], a.shape);
    return [graph.node('Mul', [g, slope], a.shape)];
  });
}

/** log(1 + exp(x)), without overflow. */
export function softplus(graph: Graph, a: Value): Value {
  // ONNX Runtime's Softplus is stable on both sides.
  const out = graph.node('Softplus', [a], a.shape);
  return graph.step([a], out, (g) => [graph.node('Mul', [g, graph.node('Sigmoid', [a], a.shape)], a.shape)]);
}

export function tanh(graph: Graph, a: Value): Value {
  const out = graph.node('Tanh', [a], a.shape);
  return graph.step([a], out, (g) => {
    const square = graph.node('Mul', [out, out], a.shape);
    return [graph.node('Mul', [g, graph.node('Sub', [graph.scalar(1), square], a.shape)], a.shape)];
  });
}
