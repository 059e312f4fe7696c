/** What neural networks are made of, with gradients written out: ONNX has none. */
import { add, multiply } from './arithmetic.ts';
import type { Graph, Value } from './graph.ts';

/** Keeps divisions away from 0. */
const EPSILON = 1e-5;

/** Softmax over the last dimension. */
export function softmax(graph: Graph, a: Value): Value {
  const out = graph.node('Softmax', [a], a.shape, { axis: { int: -1 } });
  return graph.step([a], out, (g) => {
    // dx = y * (g - sum(g * y))
    const total = sumLast(graph, graph.node('Mul', [g, out], a.shape));
    return [graph.node('Mul', [out, graph.node('Sub', [g, total], a.shape)], a.shape)];
  });
}

/** log(softmax) over the last dimension. */
export function logSoftmax(graph: Graph, a: Value): Value {
  const out = graph.node('LogSoftmax', [a], a.shape, { axis: { int: -1 } });
  return graph.step([a], out, (g) => {
    // dx = g - softmax(x) * sum(g)
    const share = graph.node('Mul', [graph.node('Exp', [out], a.shape), sumLast(graph, g)], a.shape);
    return [graph.node('Sub', [g, share], a.shape)];
  });
}

function sumLast(graph: Graph, a: Value): Value {
  const shape = [...a.shape.slice(0, -1), 1];
  return graph.node('ReduceSum', [a, graph.integers([a.shape.length - 1])], shape);
}

function meanLast(graph: Graph, a: Value): Value {
  const shape = [...a.shape.slice(0, -1), 1];
  return graph.node('ReduceMean', [a], shape, { axes: [a.shape.length - 1] });
}

/** Normalises the last dimension to mean 0 and variance 1 (Ba et al., 2016), then scales and shifts it. */
export function layerNorm(graph: Graph, a: Value, gain: Value, shift: Value): Value {
  return add(graph, multiply(graph, standardise(graph, a), gain), shift);
}

function standardise(graph: Graph, a: Value): Value {
  const narrow = [...a.shape.slice(0, -1), 1];
  const centred = graph.node('Sub', [a, meanLast(graph, a)], a.shape);
  const variance = meanLast(graph, graph.node('Mul', [centred, centred], a.shape));
  const shifted = graph.node('Add', [variance, graph.scalar(EPSILON)], narrow);
  const deviation = graph.node('Sqrt', [shifted], narrow);
  const out = graph.node('Div', [centred, deviation], a.shape);
  return graph.step([a], out, (g) => {
    // dx = (g - mean(g) - y * mean(g * y)) / deviation
    const along = meanLast(graph, graph.node('Mul', [g, out], a.shape));
    const flat = graph.node('Sub', [g, meanLast(graph, g)], a.shape);
    const turned = graph.node('Sub', [flat, graph.node('Mul', [out, along], a.shape)], a.shape);
    return [graph.node('Div', [turned, deviation], a.shape)];
  });
}

/** Scales the last dimension to length 1; vectors near 0 stay near 0. */
export function unitLength(graph: Graph, a: Value): Value {
  const narrow = [...a.shape.slice(0, -1), 1];
  const square = sumLast(graph, graph.node('Mul', [a, a], a.shape));
  const length = graph.node('Sqrt', [graph.node('Add', [square, graph.scalar(EPSILON)], narrow)], narrow);
  const out = graph.node('Div', [a, length], a.shape);
  return graph.step([a], out, (g) => {
    // dx = (g - y * sum(g * y)) / length
    const along = sumLast(graph, graph.node('Mul', [g, out], a.shape));
    const turned = graph.node('Sub', [g, graph.node('Mul', [out, along], a.shape)], a.shape);
    return [graph.node('Div', [turned, length], a.shape)];
  });
}

const ROOT = Math.sqrt(2 / Math.PI);
const CUBE = 0.044715;

/** Gaussian error linear unit, tanh form (Hendrycks & Gimpel, 2016): x (1 + tanh(r (x + c x^3))) / 2. */
export function gelu(graph: Graph, a: Value): Value {
  const { shape } = a;
  const times = (x: Value, y: Value): Value => graph.node('Mul', [x, y], shape);
  const plus = (x: Value, y: Value): Value => graph.node('Add', [x, y], shape);
  const square = times(a, a);
  const inner = times(times(a, plus(times(square, graph.scalar(CUBE)), graph.scalar(1))), graph.scalar(ROOT));
  const bend = graph.node('Tanh', [inner], shape);
  const gate = times(plus(bend, graph.scalar(1)), graph.scalar(0.5));
  const out = times(a, gate);
  return graph.step([a], out, (g) => {
    // d = gate + x/2 (1 - tanh^2) r (1 + 3 c x^2)
    const rest = graph.node('Sub', [graph.scalar(1), times(bend, bend)], shape);
    const rise = plus(times(square, graph.scalar(3 * CUBE * ROOT)), graph.scalar(ROOT));
    const slope = plus(gate, times(times(times(a, graph.scalar(0.5)), rest), rise));
    return [times(g, slope)];
  });
}

/** max(x, 0). */
export function relu(graph: Graph, a: Value): Value {
  const out = graph.node('Relu', [a], a.shape);
  return graph.step([a], out, (g) => {
    const open = graph.node('Greater', [a, graph.scalar(0)], a.shape, {}, 'bool');
    return [graph.node('Where', [open, g, graph.scalar(0)], a.shape)];
  });
}

/**
 * Weighted cross-entropy of a softmax: -sum(weight * log p[target]), a single number.
 * `logits` [n, classes], `targets` int64 [n, 1], `weights` [n, 1]; no gradient flows to the last two.
 */
export function crossEntropy(graph: Graph, logits: Value, targets: Value, weights: Value): Value {
  const narrow = [logits.shape[0] ?? 1, 1];
  const along = { axis: { int: 1 } };
  const logs = graph.node('LogSoftmax', [logits], logits.shape, { axis: { int: -1 } });
  const picked = graph.node('GatherElements', [logs, targets], narrow, along);
  const weighted = graph.node('Mul', [picked, weights], narrow);
  const out = graph.node('Neg', [graph.node('ReduceSum', [weighted], [], { keepdims: { int: 0 } })], []);
  return graph.step([logits], out, (g) => {
    // d = weight * (p - 1 at the target)
    const shares = graph.node('Exp', [logs], logits.shape);
    const less = graph.node('Sub', [graph.node('Exp', [picked], narrow), graph.scalar(1)], narrow);
    const turned = graph.node('ScatterElements', [shares, targets, less], logits.shape, along);
    const factor = graph.node('Mul', [weights, g], narrow);
    return [graph.node('Mul', [turned, factor], logits.shape)];
  });
}
