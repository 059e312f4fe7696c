/** Runs models. The one file of this room that knows ONNX Runtime. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel } from './encode.ts';
import type { Graph } from './graph.ts';

export interface Feed {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

export interface SessionOptions {
  /** Threads for one run. @default 1 */
  readonly threads?: number;
}

/** A loaded model. Release it when done: its memory lies outside of JavaScript's heap. */
export class Session {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async load(model: Uint8Array, { threads = 1 }: SessionOptions = {}): Promise<Session> {
    const session = await InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // Warnings about what the optimiser folded are of no use to anybody here.
      logSeverityLevel: 3,
    });
    return new Session(session);
  }

  static of(graph: Graph, options?: SessionOptions): Promise<Session> {
    return Session.load(encodeModel(graph), options);
  }

  get inputs(): readonly string[] {
    return this.#session.inputNames;
  }

  /** Outputs by name; the arrays are the caller's. */
  async run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, Float32Array | BigInt64Array>> {
    const tensors = Object.entries(feeds).map(([name, { data, shape }]) => [name, tensorOf(data, shape)]);
    const results = await this.#session.run(Object.fromEntries(tensors));
    const out: Record<string, Float32Array | BigInt64Array> = {};
    for (const [name, { data }] of Object.entries(results)) {
      if (!(data instanceof Float32Array || data instanceof BigInt64Array))
        throw new TypeError(`output ${name} holds neither floats nor integers`);
      out[name] = data;
    }
    return out;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

const tensorOf = (data: Feed['data'], shape: readonly number[]): Tensor =>
  data instanceof Float32Array ? new Tensor('float32', data, shape) : new Tensor('int64', data, shape);
