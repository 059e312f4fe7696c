/** Scores of all items for many sequences at once: for evaluation, and for learning the blend. */
import { scale } from '../engine/arithmetic.ts';
import { gather } from '../engine/embedding.ts';
import { Graph } from '../engine/graph.ts';
import { type Feed, Session } from '../engine/session.ts';
import { fieldNames, type NetworkConfig } from './config.ts';
import { ITEM, type Parameters, queries, specs, states, type Weights } from './network.ts';
import { lengthFor, lengthsUpTo, PADDING, type Sequence } from './sequence.ts';
import { fieldInputs } from './training-graph.ts';

const BATCH = 256;

/** Holds a copy of the weights. Release it when done. */
export class Scorer {
  readonly #config: NetworkConfig;
  readonly #weights: Weights;
  readonly #threads: number;
  readonly #lengths: readonly number[];
  readonly #states = new Map<number, Promise<Session>>();
  #products: Promise<Session> | undefined;

  constructor(config: NetworkConfig, weights: Weights, threads = 1) {
    this.#config = config;
    this.#weights = weights;
    this.#threads = threads;
    this.#lengths = lengthsUpTo(config.length);
  }

  /**
   * Calls `each` with the place of every sequence and its scores, one per row of the item table (cosine times scale; the
   * reserved rows mean nothing). The array is used again: copy what must stay.
   */
  async score(
    sequences: readonly Sequence[],
    each: (index: number, scores: Float32Array) => void,
  ): Promise<void> {
    const byLength = Map.groupBy(sequences.keys(), (i) =>
      lengthFor(Math.min(this.#config.length, sequences[i]?.items.length ?? 0), this.#lengths),
    );
    for (const [length, places] of byLength) {
      for (let at = 0; at < places.length; at += BATCH) {
        const part = places.slice(at, at + BATCH);
        const found = await this.#run(
          length,
          part.map((i) => sequences[i] ?? { items: [] }),
        );
        part.forEach((place, i) =>
          each(place, found.subarray(i * this.#config.items, (i + 1) * this.#config.items)),
        );
      }
    }
  }

  async release(): Promise<void> {
    for (const session of this.#states.values()) await (await session).release();
    await (await this.#products)?.release();
  }

  /** [sequences, items]. */
  async #run(length: number, sequences: readonly Sequence[]): Promise<Float32Array> {
    const { width, items } = this.#config;
    const count = sequences.length;
    const found = await (await this.#stateSession(length)).run(this.#feeds(length, sequences));
    const all = found['query'];
    if (!(all instanceof Float32Array)) throw new TypeError('the network gave no queries');
    const last = new Float32Array(count * width);
    sequences.forEach((sequence, i) => {
      const at = (i * length + Math.min(length, sequence.items.length) - 1) * width;
      last.set(all.subarray(at, at + width), i * width);
    });
    this.#products ??= this.#productSession();
    const products = await (await this.#products).run({ query: { data: last, shape: [count, width] } });
    const scores = products['scores'];
    if (!(scores instanceof Float32Array) || scores.length !== count * items)
      throw new TypeError('the network gave no scores');
    return scores;
  }

  #feeds(length: number, sequences: readonly Sequence[]): Record<string, Feed> {
    const { width, fields } = this.#config;
    const cells = sequences.length * length;
    const items = new Int32Array(cells).fill(PADDING);
    const fed = Object.fromEntries(fieldNames.map((name) => [name, new BigInt64Array(fields ? cells : 0)]));
    sequences.forEach((sequence, i) => {
      const inputs = Math.min(length, sequence.items.length);
      for (let j = 0; j < inputs; j++) {
        const from = sequence.items.length - inputs + j;
        items[i * length + j] = sequence.items[from] ?? PADDING;
        for (const name of fields ? fieldNames : []) {
          const into = fed[name];
          if (into) into[i * length + j] = BigInt(sequence.fields?.[name][from] ?? 0);
        }
      }
    });
    const rows = gather(this.#weights[ITEM] ?? new Float32Array(), width, items);
    const feeds: Record<string, Feed> = { rows: { data: rows, shape: [sequences.length, length, width] } };
    for (const name of fields ? fieldNames : []) {
      feeds[name] = { data: fed[name] ?? new BigInt64Array(), shape: [sequences.length, length] };
    }
    return feeds;
  }

  #stateSession(length: number): Promise<Session> {
    let session = this.#states.get(length);
    if (!session) {
      const graph = new Graph();
      const parameters: Parameters = {};
      for (const [name, { shape }] of Object.entries(specs(this.#config))) {
        parameters[name] = graph.constant(this.#weights[name] ?? new Float32Array(), shape, name);
      }
      const rows = graph.input('rows', [-1, length, this.#config.width]);
      const fields = this.#config.fields && fieldInputs(graph, this.#config.fields, [-1, length]);
      const state = states(
        graph,
        this.#config,
        parameters,
        { item: rows, ...(fields && { fields }) },
        (value) => value,
      );
      graph.output('query', queries(graph, parameters, state));
      session = Session.of(graph, { threads: this.#threads });
      this.#states.set(length, session);
    }
    return session;
  }

  #productSession(): Promise<Session> {
    const { width, items } = this.#config;
    const graph = new Graph();
    const table = graph.constant(transposedUnits(this.#weights[ITEM] ?? new Float32Array(), items, width), [
      width,
      items,
    ]);
    const query = graph.input('query', [-1, width]);
    graph.output(
      'scores',
      scale(graph, graph.node('MatMul', [query, table], [-1, items]), this.#config.scale),
    );
    return Session.of(graph, { threads: this.#threads });
  }
}

/** Rows of a table as unit vectors, transposed: [width, rows]. */
export function transposedUnits(table: Float32Array, rows: number, width: number): Float32Array {
  const out = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let i = 0; i < width; i++) square += (table[row * width + i] ?? 0) ** 2;
    const length = Math.sqrt(square + 1e-5);
    for (let i = 0; i < width; i++) out[i * rows + row] = (table[row * width + i] ?? 0) / length;
  }
  return out;
}
