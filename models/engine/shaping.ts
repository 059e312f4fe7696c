/** Matrix products and changes of shape, with their gradients. */
import { broadcast } from './arithmetic.ts';
import type { Graph, Value } from './graph.ts';

/** The same elements in another shape. Only the first dimension may be unknown (-1), in both shapes or neither. */
export function reshape(graph: Graph, a: Value, shape: readonly number[]): Value {
  const out = graph.node('Reshape', [a, graph.integers(shape)], shape);
  return graph.step([a], out, (g) => [graph.node('Reshape', [g, graph.integers(a.shape)], a.shape)]);
}

/** Reorders dimensions: dimension i of the result is dimension `order[i]` of `a`. */
export function transpose(graph: Graph, a: Value, order: readonly number[]): Value {
  const out = permuted(graph, a, order);
  const back = order.map((_, i) => order.indexOf(i));
  return graph.step([a], out, (g) => [permuted(graph, g, back)]);
}

function permuted(graph: Graph, a: Value, order: readonly number[]): Value {
  return graph.node(
    'Transpose',
    [a],
    order.map((i) => a.shape[i] ?? 1),
    { perm: order },
  );
}

/** The last two dimensions swapped. */
function flipped(graph: Graph, a: Value): Value {
  const rank = a.shape.length;
  return permuted(graph, a, [...a.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2));
}

const product = (graph: Graph, a: Value, b: Value): Value => {
  const [rows = 1] = a.shape.slice(-2);
  const [columns = 1] = b.shape.slice(-1);
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return graph.node('MatMul', [a, b], [...batch, rows, columns]);
};

/**
 * [..., n, k] x [..., k, m] -> [..., n, m]. Either both have the same leading dimensions, or `b` is a matrix.
 * @throws RangeError when the shapes do not fit.
 */
export function matmul(graph: Graph, a: Value, b: Value): Value {
  const inner = a.shape.at(-1);
  if (inner !== b.shape.at(-2)) throw new RangeError(`[${a.shape}] x [${b.shape}] do not fit`);
  const out = product(graph, a, b);
  return graph.step([a, b], out, (g) => {
    const toA = product(graph, g, flipped(graph, b));
    if (b.shape.length > 2 || a.shape.length === 2) return [toA, product(graph, flipped(graph, a), g)];
    const rows = a.shape.slice(0, -1).reduce((n, dimension) => n * dimension, 1);
    const flat = (value: Value): Value => {
      const shape = [rows, value.shape.at(-1) ?? 1];
      return graph.node('Reshape', [value, graph.integers(shape)], shape);
    };
    return [toA, product(graph, flipped(graph, flat(a)), flat(g))];
  });
}

/** Part [from, to) of one dimension. */
export function slice(graph: Graph, a: Value, axis: number, from: number, to: number): Value {
  const shape = a.shape.map((dimension, i) => (i === axis ? to - from : dimension));
  const at = [from, to, axis].map((n) => graph.integers([n]));
  const out = graph.node('Slice', [a, ...at], shape);
  return graph.step([a], out, (g) => {
    const rank = a.shape.length;
    const pads = Array.from({ length: 2 * rank }, () => 0);
    pads[axis] = from;
    pads[rank + axis] = (a.shape[axis] ?? 0) - to;
    return [graph.node('Pad', [g, graph.integers(pads)], a.shape)];
  });
}

/** Joins tensors along one dimension. */
export function concat(graph: Graph, parts: readonly Value[], axis: number): Value {
  const sizes = parts.map(({ shape }) => shape[axis] ?? 0);
  const total = sizes.reduce((n, size) => n + size, 0);
  const shape = (parts[0]?.shape ?? []).map((dimension, i) => (i === axis ? total : dimension));
  const out = graph.node('Concat', parts, shape, { axis: { int: axis } });
  return graph.step(parts, out, (g) => {
    let at = 0;
    return parts.map((part, i) => {
      const from = at;
      at += sizes[i] ?? 0;
      const bounds = [from, at, axis].map((n) => graph.integers([n]));
      return graph.node('Slice', [g, ...bounds], part.shape);
    });
  });
}

/**
 * Rows of a table: `indices` int64 of any shape, `table` [rows, width] -> [...indices, width]. For serving only, where
 * the model holds the table: no gradient flows. In training, rows are gathered outside of the graph (`embedding.ts`).
 */
export function gatherRows(graph: Graph, table: Value, indices: Value): Value {
  return graph.node('Gather', [table, indices], [...indices.shape, ...table.shape.slice(1)]);
}
