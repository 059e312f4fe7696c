/** One training step after another: gathers rows, runs the graph, moves the weights. */
import { adamDense, adamRows, clip, type Moments, moments } from '../engine/adam.ts';
import { gather, RowGradients } from '../engine/embedding.ts';
import { type Feed, Session } from '../engine/session.ts';
import { Candidates } from './candidates.ts';
import { fieldNames, type NetworkConfig, type TrainingConfig } from './config.ts';
import { type Laid, lay, positionShares } from './layout.ts';
import { ITEM, initialWeights, OUTCOMES, specs, type Weights } from './network.ts';
import { type Batch, batchSize, PADDING, RESERVED, type Sequence } from './sequence.ts';
import { maskCount, trainingGraph } from './training-graph.ts';

/** All that a training run has reached; plain arrays, so that a checkpoint can hold it. */
export interface TrainerState {
  readonly weights: Weights;
  readonly moments: Record<string, Moments>;
  /** Steps taken. */
  step: number;
}

export function freshState(config: NetworkConfig, random: () => number): TrainerState {
  const weights = initialWeights(config, random);
  const entries = Object.entries(weights).map(([name, array]) => [name, moments(array.length)] as const);
  return { weights, moments: Object.fromEntries(entries), step: 0 };
}

export class Trainer {
  readonly state: TrainerState;
  readonly #config: NetworkConfig;
  readonly #training: TrainingConfig;
  readonly #random: () => number;
  readonly #threads: number;
  readonly #candidates: Candidates;
  readonly #sessions = new Map<number, Promise<Session>>();
  readonly #rowGradients: RowGradients;

  /** `random` decides dropout and candidates. */
  constructor(
    config: NetworkConfig,
    training: TrainingConfig,
    state: TrainerState,
    sequences: readonly Sequence[],
    options: { random: () => number; threads: number },
  ) {
    this.state = state;
    this.#config = config;
    this.#training = training;
    this.#random = options.random;
    this.#threads = options.threads;
    this.#candidates = new Candidates(targetCounts(sequences, config), options.random);
    this.#rowGradients = new RowGradients(config.items, config.width);
  }

  /** Moves the weights once; returns the loss of the next item. `rate`: learning rate of this step. */
  async step(batch: Batch, rate: number): Promise<number> {
    const { config, size } = { config: this.#config, size: batchSize(batch.length, this.#training.tokens) };
    const laid = lay(batch, size, config);
    const candidates = this.#candidates.draw(laid.targets, this.#candidateCount());
    const session = await this.#sessionOf(batch.length, size);
    const results = await session.run(this.#feeds(batch.length, size, laid, candidates));
    const result = (name: string): Float32Array => {
      const value = results[name];
      if (!(value instanceof Float32Array)) throw new TypeError(`the training graph has no output ${name}`);
      return value;
    };
    this.#move(result, laid, candidates.rows, rate);
    return Number(result('nextLoss')[0]);
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).release();
    this.#sessions.clear();
  }

  #candidateCount(): number {
    return Math.min(this.#training.candidates, Math.max(1, this.#candidates.items));
  }

  #sessionOf(length: number, batch: number): Promise<Session> {
    let session = this.#sessions.get(length);
    if (!session) {
      const shape = {
        batch,
        length,
        candidates: this.#candidateCount(),
        dropout: this.#training.dropout > 0,
      };
      session = Session.of(trainingGraph(this.#config, shape), { threads: this.#threads });
      this.#sessions.set(length, session);
    }
    return session;
  }

  #feeds(
    length: number,
    size: number,
    laid: Laid,
    candidates: ReturnType<Candidates['draw']>,
  ): Record<string, Feed> {
    const { weights } = this.state;
    const table = weights[ITEM] ?? new Float32Array();
    const { width, fields } = this.#config;
    const count = this.#candidateCount();
    const feeds: Record<string, Feed> = {};
    for (const [name, { shape }] of Object.entries(specs(this.#config))) {
      feeds[name] = { data: weights[name] ?? new Float32Array(), shape };
    }
    feeds['rows'] = { data: gather(table, width, laid.items), shape: [size, length, width] };
    const held = new Float32Array(count * width);
    feeds['candidates'] = { data: gather(table, width, candidates.rows, held), shape: [count, width] };
    const shares = positionShares(laid, candidates, { size, length, repeats: this.#training.repeats });
    feeds['shares'] = { data: shares, shape: [size * length, count] };
    const places = new BigInt64Array(size * length);
    candidates.places.forEach((place, i) => {
      places[laid.positions[i] ?? 0] = BigInt(place);
    });
    feeds['targets'] = { data: places, shape: [size * length, 1] };
    feeds['weights'] = { data: laid.weights, shape: [size * length, 1] };
    for (const field of fields ? fieldNames : []) {
      feeds[field] = { data: laid.fields[field], shape: [size, length] };
    }
    if (this.#config.outcomes) {
      feeds['labels'] = { data: laid.labels, shape: [size * length, OUTCOMES] };
      feeds['counts'] = { data: laid.counts, shape: [size * length, OUTCOMES] };
    }
    for (let i = 0; i < (this.#training.dropout > 0 ? maskCount(this.#config) : 0); i++) {
      feeds[`mask${i}`] = { data: this.#mask(size * length * width), shape: [size, length, width] };
    }
    return feeds;
  }

  #mask(size: number): Float32Array {
    const { dropout } = this.#training;
    const kept = 1 / (1 - dropout);
    const mask = new Float32Array(size);
    for (let i = 0; i < size; i++) mask[i] = this.#random() < dropout ? 0 : kept;
    return mask;
  }

  #move(
    result: (name: string) => Float32Array,
    laid: Laid,
    candidates: readonly number[],
    rate: number,
  ): void {
    const { state } = this;
    const { decay } = this.#training;
    state.step++;
    const names = Object.keys(specs(this.#config));
    const dense = names.map((name) => result(`d.${name}`));
    clip(dense, this.#training.clip);
    names.forEach((name, i) => {
      const [weights, own, gradient] = [state.weights[name], state.moments[name], dense[i]];
      if (!weights || !own || !gradient) throw new RangeError(`the state has no weights ${name}`);
      adamDense(weights, gradient, own, rate, state.step, name.endsWith('.weight') ? { decay } : {});
    });
    this.#rowGradients.add(laid.items, result('d.rows'), PADDING);
    this.#rowGradients.add(candidates, result('d.candidates'), PADDING);
    const { rows, gradient } = this.#rowGradients.take();
    const [table, own] = [state.weights[ITEM], state.moments[ITEM]];
    if (!table || !own) throw new RangeError('the state has no item table');
    adamRows(table, this.#config.width, rows, gradient, own, rate, state.step, { decay });
  }
}

/** How often each row is a target. */
function targetCounts(sequences: readonly Sequence[], config: NetworkConfig): Int32Array {
  const counts = new Int32Array(config.items);
  for (const { items } of sequences) {
    for (let i = 1; i < items.length; i++) {
      const row = items[i] ?? 0;
      if (row >= RESERVED) counts[row] = (counts[row] ?? 0) + 1;
    }
  }
  return counts;
}
