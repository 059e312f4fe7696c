/**
 * The behaviour network: a causal transformer over what a customer did (Vaswani et al., 2017; read left to right as in
 * SASRec, Kang & McAuley, 2018), normalised before each part. Distances between tokens enter as a learned bias of the
 * attention; items are compared with the state by cosine.
 */
import { add, multiply, scale } from '../engine/arithmetic.ts';
import type { Graph, Value } from '../engine/graph.ts';
import { normal, ones, zeros } from '../engine/init.ts';
import { gelu, layerNorm, softmax, unitLength } from '../engine/neural.ts';
import { matmul, reshape, transpose } from '../engine/shaping.ts';
import { type Fields, fieldNames, type NetworkConfig } from './config.ts';

/** Weights by name; the item table is `item`. */
export type Weights = Record<string, Float32Array>;
/** The same weights inside a graph; without the item table. */
export type Parameters = Record<string, Value>;

/** `small`: parts that begin as little more than nothing. `identity`: with a little noise. */
type Start = 'normal' | 'small' | 'identity' | 'zeros' | 'ones';

interface Spec {
  readonly shape: readonly number[];
  readonly start: Start;
}

export const ITEM = 'item';
/** Purchase and churn as logits, value as log(1 + amount). */
export const OUTCOMES = 3;
/** Widening inside a block. */
const WIDER = 4;

/** Names and shapes of all weights but the item table, in a stable order. */
export function specs(config: NetworkConfig): Record<string, Spec> {
  const { width, heads, length, fields } = config;
  const all: Record<string, Spec> = { position: { shape: [length, width], start: 'small' } };
  for (const field of fields ? fieldNames : []) {
    all[tableOf(field)] = { shape: [fields?.[field] ?? 0, width], start: 'normal' };
  }
  for (let block = 0; block < config.blocks; block++) {
    const at = `block${block}`;
    Object.assign(all, norm(`${at}.before`, width), norm(`${at}.between`, width));
    for (const part of ['query', 'key', 'value']) Object.assign(all, linear(`${at}.${part}`, width, width));
    Object.assign(all, linear(`${at}.out`, width, width, 'small'));
    all[`${at}.distance`] = { shape: [heads, length], start: 'zeros' };
    Object.assign(
      all,
      linear(`${at}.wide`, width, width * WIDER),
      linear(`${at}.narrow`, width * WIDER, width, 'small'),
    );
  }
  // A state begins as the item just seen: what is near it is a good first guess.
  Object.assign(all, norm('after', width), linear('next', width, width, 'identity'));
  if (config.outcomes) Object.assign(all, linear('outcomes', width, OUTCOMES));
  return all;
}

/** Weights of a field; the field itself is an input of the same graph. */
const tableOf = (field: keyof Fields): string => `${field}Table`;

const norm = (name: string, width: number): Record<string, Spec> => ({
  [`${name}.gain`]: { shape: [width], start: 'ones' },
  [`${name}.shift`]: { shape: [width], start: 'zeros' },
});

const linear = (name: string, from: number, to: number, start: Start = 'normal'): Record<string, Spec> => ({
  [`${name}.weight`]: { shape: [from, to], start },
  [`${name}.bias`]: { shape: [to], start: 'zeros' },
});

/** First weights. `random`: uniform in [0, 1). */
export function initialWeights(config: NetworkConfig, random: () => number): Weights {
  const weights: Weights = { [ITEM]: normal(config.items * config.width, config.width ** -0.5, random) };
  for (const [name, { shape, start }] of Object.entries(specs(config))) {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    // Rows of a table are as long as item vectors; a matrix keeps the length of what it is given.
    const deviation = name.includes('.') ? (shape[0] ?? 1) ** -0.5 : config.width ** -0.5;
    weights[name] = started(start, size, deviation, shape[1] ?? 1, random);
  }
  return weights;
}

function started(
  start: Start,
  size: number,
  deviation: number,
  columns: number,
  random: () => number,
): Float32Array {
  if (start === 'zeros') return zeros(size);
  if (start === 'ones') return ones(size);
  const factor = { normal: 1, small: 0.25, identity: 0.1 }[start];
  const drawn = normal(size, deviation * factor, random);
  if (start === 'identity') {
    for (let at = 0; at < size; at += columns + 1) drawn[at] = (drawn[at] ?? 0) + 1;
  }
  return drawn;
}

export interface Tokens {
  /** Rows of the item table: [batch, length, width]. */
  readonly item: Value;
  /** One-hot of each other field: [batch, length, size]. */
  readonly fields?: Readonly<Record<keyof Fields, Value>>;
}

/** Multiplies a value by a mask that is 0 for what is dropped; the identity when nothing is dropped. */
export type Drop = (value: Value) => Value;

const need = (parameters: Parameters, name: string): Value => {
  const value = parameters[name];
  if (!value) throw new RangeError(`the network has no weights ${name}`);
  return value;
};

export const dense = (graph: Graph, parameters: Parameters, name: string, x: Value): Value =>
  add(graph, matmul(graph, x, need(parameters, `${name}.weight`)), need(parameters, `${name}.bias`));

const normed = (graph: Graph, parameters: Parameters, name: string, x: Value): Value =>
  layerNorm(graph, x, need(parameters, `${name}.gain`), need(parameters, `${name}.shift`));

/**
 * States after each token: [batch, length, width]. `length` may be shorter than the configured one; tokens begin at
 * position 0 and padding follows them, so that no token ever looks at padding.
 */
export function states(
  graph: Graph,
  config: NetworkConfig,
  parameters: Parameters,
  tokens: Tokens,
  drop: Drop,
): Value {
  const length = tokens.item.shape[1] ?? 0;
  let x = unitLength(graph, tokens.item);
  for (const field of tokens.fields ? fieldNames : []) {
    const hot = tokens.fields?.[field];
    if (hot) x = add(graph, x, matmul(graph, hot, need(parameters, tableOf(field))));
  }
  const select = graph.constant(firstRows(length, config.length), [length, config.length]);
  x = drop(add(graph, x, matmul(graph, select, need(parameters, 'position'))));
  for (let block = 0; block < config.blocks; block++)
    x = transform(graph, config, parameters, `block${block}`, x, drop);
  return normed(graph, parameters, 'after', x);
}

function transform(
  graph: Graph,
  config: NetworkConfig,
  parameters: Parameters,
  at: string,
  x: Value,
  drop: Drop,
): Value {
  const attended = attend(graph, config, parameters, at, normed(graph, parameters, `${at}.before`, x));
  const between = add(graph, x, drop(attended));
  const wide = gelu(
    graph,
    dense(graph, parameters, `${at}.wide`, normed(graph, parameters, `${at}.between`, between)),
  );
  return add(graph, between, drop(dense(graph, parameters, `${at}.narrow`, wide)));
}

function attend(graph: Graph, config: NetworkConfig, parameters: Parameters, at: string, x: Value): Value {
  const { heads, width } = config;
  const [batch = 1, length = 1] = x.shape;
  const size = width / heads;
  const split = (name: string): Value =>
    transpose(
      graph,
      reshape(graph, dense(graph, parameters, `${at}.${name}`, x), [batch, length, heads, size]),
      [0, 2, 1, 3],
    );
  const key = transpose(graph, split('key'), [0, 1, 3, 2]);
  const fit = scale(graph, matmul(graph, split('query'), key), size ** -0.5);
  const bias = add(
    graph,
    distanceBias(graph, config, need(parameters, `${at}.distance`), length),
    causal(graph, length),
  );
  const mixed = matmul(graph, softmax(graph, add(graph, fit, bias)), split('value'));
  const joined = reshape(graph, transpose(graph, mixed, [0, 2, 1, 3]), [batch, length, width]);
  return dense(graph, parameters, `${at}.out`, joined);
}

/** How much each head minds a token that lies so many tokens back: [heads, length, length]. */
function distanceBias(graph: Graph, config: NetworkConfig, table: Value, length: number): Value {
  const pairs = new Float32Array(config.length * length * length);
  for (let to = 0; to < length; to++) {
    for (let from = 0; from <= to; from++) pairs[(to - from) * length * length + to * length + from] = 1;
  }
  const spread = graph.constant(pairs, [config.length, length * length]);
  return reshape(graph, matmul(graph, table, spread), [config.heads, length, length]);
}

/** Shuts out what comes later. */
function causal(graph: Graph, length: number): Value {
  const mask = new Float32Array(length * length);
  for (let to = 0; to < length; to++) mask.fill(-1e9, to * length + to + 1, (to + 1) * length);
  return graph.constant(mask, [length, length]);
}

/** The first `rows` rows of the unit matrix. */
function firstRows(rows: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) out[i * columns + i] = 1;
  return out;
}

/** States to compare with items: unit vectors. */
export const queries = (graph: Graph, parameters: Parameters, state: Value): Value =>
  unitLength(graph, dense(graph, parameters, 'next', state));

/** Item vectors to compare with: unit vectors, times the scale. */
export const comparable = (graph: Graph, config: NetworkConfig, rows: Value): Value =>
  multiply(graph, unitLength(graph, rows), graph.scalar(config.scale));
