/** Loss and gradients of one batch as one graph. Shapes are fixed: one graph for each length of sequences. */
import { add, multiply, scale, softplus, subtract, sum } from '../engine/arithmetic.ts';
import { gradients } from '../engine/gradient.ts';
import { Graph, type Value } from '../engine/graph.ts';
import { crossEntropy } from '../engine/neural.ts';
import { matmul, reshape, slice, transpose } from '../engine/shaping.ts';
import { type Fields, fieldNames, type NetworkConfig } from './config.ts';
import { comparable, dense, type Parameters, queries, specs, states } from './network.ts';

export interface BatchShape {
  readonly batch: number;
  readonly length: number;
  readonly candidates: number;
  /** Masks are inputs only where something is dropped. */
  readonly dropout: boolean;
}

/** Number of masks that a pass takes. */
export const maskCount = (config: NetworkConfig): number => 1 + 2 * config.blocks;

/**
 * Inputs: `rows` [batch, length, width] and `candidates` [n, width] gathered from the item table; `shares`
 * [batch * length, n], log of the chance that a candidate is there (sampled softmax: Jean et al., 2015); `targets` int64
 * [batch * length, 1], places among the candidates; `weights` like them, adding up to 1; `mask0`...; per field `<field>`
 * int64 [batch, length]; with outcomes `labels` and `counts` [batch * length, 3] (value as log(1 + amount); counts add up
 * to 1 per column).
 * Outputs: `loss`, `nextLoss`, `d.<weight>` for each weight, `d.rows`, `d.candidates`.
 */
export function trainingGraph(config: NetworkConfig, shape: BatchShape): Graph {
  const { batch, length } = shape;
  const graph = new Graph();
  const parameters: Parameters = {};
  for (const [name, spec] of Object.entries(specs(config))) parameters[name] = graph.input(name, spec.shape);
  const rows = graph.input('rows', [batch, length, config.width]);
  const candidates = graph.input('candidates', [shape.candidates, config.width]);
  const fields = config.fields && fieldInputs(graph, config.fields, [batch, length]);
  const state = states(
    graph,
    config,
    parameters,
    { item: rows, ...(fields && { fields }) },
    droppers(graph, config, shape),
  );
  const nextLoss = lossOfNext(graph, config, parameters, state, candidates);
  const loss = config.outcomes ? add(graph, nextLoss, lossOfOutcomes(graph, parameters, state)) : nextLoss;
  const wanted = [...Object.values(parameters), rows, candidates];
  const found = gradients(graph, loss, wanted);
  graph.output('loss', loss);
  graph.output('nextLoss', nextLoss);
  found.forEach((gradient, i) => graph.output(`d.${wanted[i]?.name}`, gradient));
  return graph;
}

/** Inputs of token indices, as one-hot values. */
export function fieldInputs(
  graph: Graph,
  sizes: Fields,
  shape: readonly number[],
): Record<keyof Fields, Value> {
  const hot = (name: keyof Fields): Value => {
    const size = sizes[name];
    const bounds = graph.constant(Float32Array.of(0, 1), [2]);
    const indices = graph.input(name, shape, 'int64');
    return graph.node('OneHot', [indices, graph.integers([size]), bounds], [...shape, size], {
      axis: { int: -1 },
    });
  };
  const [kind, category, price, gap] = fieldNames.map(hot);
  if (!kind || !category || !price || !gap) throw new RangeError('a field is missing');
  return { kind, category, price, gap };
}

function droppers(graph: Graph, config: NetworkConfig, { batch, length, dropout }: BatchShape) {
  let used = 0;
  return (value: Value): Value => {
    if (!dropout) return value;
    const mask = graph.input(`mask${used++}`, [batch, length, config.width]);
    return multiply(graph, value, mask);
  };
}

function lossOfNext(
  graph: Graph,
  config: NetworkConfig,
  parameters: Parameters,
  state: Value,
  candidates: Value,
): Value {
  const [batch = 1, length = 1] = state.shape;
  const count = candidates.shape[0] ?? 1;
  const query = reshape(graph, queries(graph, parameters, state), [batch * length, config.width]);
  const against = transpose(graph, comparable(graph, config, candidates), [1, 0]);
  const logits = subtract(
    graph,
    matmul(graph, query, against),
    graph.input('shares', [batch * length, count]),
  );
  const targets = graph.input('targets', [batch * length, 1], 'int64');
  return crossEntropy(graph, logits, targets, graph.input('weights', [batch * length, 1]));
}

/** Logistic loss of purchase and churn, half the squared error of the value. */
function lossOfOutcomes(graph: Graph, parameters: Parameters, state: Value): Value {
  const [batch = 1, length = 1] = state.shape;
  const rows = batch * length;
  const outcomes = reshape(graph, dense(graph, parameters, 'outcomes', state), [rows, 3]);
  const labels = graph.input('labels', [rows, 3]);
  const counts = graph.input('counts', [rows, 3]);
  const part = (of: Value, from: number, to: number): Value => slice(graph, of, 1, from, to);
  const logit = part(outcomes, 0, 2);
  const logistic = subtract(graph, softplus(graph, logit), multiply(graph, logit, part(labels, 0, 2)));
  const error = subtract(graph, part(outcomes, 2, 3), part(labels, 2, 3));
  const squared = scale(graph, multiply(graph, error, error), 0.5);
  return add(
    graph,
    sum(graph, multiply(graph, logistic, part(counts, 0, 2))),
    sum(graph, multiply(graph, squared, part(counts, 2, 3))),
  );
}
