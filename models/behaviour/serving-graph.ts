/** The network as it is served: weights inside, any number of customers, the best items and the outcomes out. */

import type { ModelSchema } from '../../domain/endpoint.ts';
import { Graph, type Value } from '../engine/graph.ts';
import { gatherRows } from '../engine/shaping.ts';
import type { NetworkConfig } from './config.ts';
import { comparable, dense, ITEM, type Parameters, queries, specs, states, type Weights } from './network.ts';
import { RESERVED } from './sequence.ts';
import { inputSpecs } from './tokens.ts';
import { fieldInputs } from './training-graph.ts';

/** Highest log(1 + amount) that is answered: about 480 million. */
const HIGHEST = 20;

/** Items in an answer: `top`, or all of them where there are fewer. */
export const answered = ({ items }: NetworkConfig, top: number): number => Math.min(top, items - RESERVED);

/** What {@link servingGraph} takes and gives. */
export function servingSchema(config: NetworkConfig, top: number): ModelSchema {
  const size = answered(config, top);
  return {
    inputs: inputSpecs(config.length),
    outputs: [
      { name: 'items', datatype: 'INT64', shape: [-1, size] },
      { name: 'scores', datatype: 'FP32', shape: [-1, size] },
      ...['purchase', 'churn', 'value'].map((name) => ({
        name,
        datatype: 'FP32' as const,
        shape: [-1, 1],
      })),
    ],
  };
}

/**
 * Inputs as `encodeBatch` makes them. `items`: rows of the vocabulary, best first; `scores`: cosine times the scale;
 * `purchase`, `churn`: chances; `value`: currency units, the centre on a logarithmic scale rather than the mean.
 */
export function servingGraph(config: NetworkConfig, weights: Weights, top: number): Graph {
  const { fields, length, items, width } = config;
  if (!fields || !config.outcomes) throw new RangeError('only a network with fields and outcomes is served');
  const graph = new Graph();
  const parameters: Parameters = {};
  const stored = (name: string, shape: readonly number[], as = name): Value => {
    const data = weights[name];
    if (!data) throw new RangeError(`there are no weights ${name}`);
    return graph.constant(data, shape, as);
  };
  for (const [name, { shape }] of Object.entries(specs(config))) parameters[name] = stored(name, shape);
  const table = stored(ITEM, [items, width], `${ITEM}Table`);
  const item = gatherRows(graph, table, graph.input('item', [-1, length], 'int64'));
  const tokens = { item, fields: fieldInputs(graph, fields, [-1, length]) };
  const all = states(graph, config, parameters, tokens, (value) => value);
  const lengths = graph.input('lengths', [-1, 1], 'int64');
  answerItems(graph, config, parameters, stateAt(graph, all, lengths, 2), table, top);
  answerOutcomes(graph, parameters, stateAt(graph, all, lengths, 1));
  return graph;
}

/** States of the `back`-th token from the end: [batch, width]. A shorter history gives its first token. */
function stateAt(graph: Graph, all: Value, lengths: Value, back: number): Value {
  const [, length = 1, width = 1] = all.shape;
  const place = graph.node('Sub', [lengths, graph.integers([back])], [-1, 1], {}, 'int64');
  const low = graph.node('Max', [place, graph.integers([0])], [-1, 1], {}, 'int64');
  const places = graph.node('Min', [low, graph.integers([length - 1])], [-1, 1], {}, 'int64');
  return graph.node('GatherND', [all, places], [-1, width], { batch_dims: { int: 1 } });
}

function answerItems(
  graph: Graph,
  config: NetworkConfig,
  parameters: Parameters,
  state: Value,
  table: Value,
  top: number,
): void {
  const count = config.items - RESERVED;
  const bounds = [RESERVED, config.items, 0].map((n) => graph.integers([n]));
  const known = graph.node('Slice', [table, ...bounds], [count, config.width]);
  const query = queries(graph, parameters, state);
  // The item side does not depend on an input: the runtime computes it once, when it loads the model.
  const scores = graph.node('Gemm', [query, comparable(graph, config, known)], [-1, count], {
    transB: { int: 1 },
  });
  const size = answered(config, top);
  const [best, places] = graph.manyNode(
    'TopK',
    [scores, graph.integers([size])],
    [
      { shape: [-1, size], dtype: 'float' },
      { shape: [-1, size], dtype: 'int64' },
    ],
  );
  if (!best || !places) throw new RangeError('TopK has two outputs');
  graph.output('items', graph.node('Add', [places, graph.integers([RESERVED])], [-1, size], {}, 'int64'));
  graph.output('scores', best);
}

function answerOutcomes(graph: Graph, parameters: Parameters, state: Value): void {
  const outcomes = dense(graph, parameters, 'outcomes', state);
  const column = (i: number): Value => {
    const bounds = [i, i + 1, 1].map((n) => graph.integers([n]));
    return graph.node('Slice', [outcomes, ...bounds], [-1, 1]);
  };
  graph.output('purchase', graph.node('Sigmoid', [column(0)], [-1, 1]));
  graph.output('churn', graph.node('Sigmoid', [column(1)], [-1, 1]));
  const logarithm = graph.node('Clip', [column(2), graph.scalar(0), graph.scalar(HIGHEST)], [-1, 1]);
  const amount = graph.node('Sub', [graph.node('Exp', [logarithm], [-1]), graph.scalar(1)], [-1, 1]);
  graph.output('value', amount);
}
