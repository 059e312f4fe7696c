/** Answers of a trained network in this process. */
import type { Tensor } from '../../domain/endpoint.ts';
import { type Feed, Session } from '../engine/session.ts';
import { answersOf, type BehaviourAnswer } from './answers.ts';
import type { Example } from './example.ts';
import { rowsOf } from './rank.ts';
import { Scorer } from './scorer.ts';
import { RESERVED } from './sequence.ts';
import { servingGraph } from './serving-graph.ts';
import { encodeBatch } from './tokens.ts';
import type { TrainedBehaviour } from './train.ts';
import type { TrainedSessions } from './train-sessions.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Examples that are answered in one run. */
const BATCH = 64;

/** Release it when done. */
export class BehaviourModel {
  readonly #session: Session;
  readonly #vocabulary: Vocabulary;
  readonly #length: number;

  private constructor(session: Session, vocabulary: Vocabulary, length: number) {
    this.#session = session;
    this.#vocabulary = vocabulary;
    this.#length = length;
  }

  /** `top`: items in an answer. */
  static async of(
    { config, weights, vocabulary }: TrainedBehaviour,
    { top = 20, threads = 1 }: { readonly top?: number; readonly threads?: number } = {},
  ): Promise<BehaviourModel> {
    const session = await Session.of(servingGraph(config, weights, top), { threads });
    return new BehaviourModel(session, vocabulary, config.length);
  }

  /** From packed files; `length`: tokens of its inputs. @throws when the bytes are no model. */
  static async load(
    {
      onnx,
      vocabulary,
      length,
    }: { readonly onnx: Uint8Array; readonly vocabulary: Vocabulary; readonly length: number },
    threads = 1,
  ): Promise<BehaviourModel> {
    return new BehaviourModel(await Session.load(onnx, { threads }), vocabulary, length);
  }

  async answer(examples: readonly Example[]): Promise<BehaviourAnswer[]> {
    const answers: BehaviourAnswer[] = [];
    for (let at = 0; at < examples.length; at += BATCH) {
      const inputs = encodeBatch(examples.slice(at, at + BATCH), this.#vocabulary, this.#length);
      const outputs = await this.#session.run(Object.fromEntries(inputs.map(feedOf)));
      answers.push(...answersOf(inputs, (name) => outputs[name] ?? [], this.#vocabulary));
    }
    return answers;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function feedOf({ name, data, shape }: Tensor): [string, Feed] {
  if (data instanceof Int32Array) throw new TypeError(`${name} is INT32`);
  return [name, { data, shape }];
}

/** A network for integer sessions, opened for scoring. Release `scorer` when done. */
export interface SessionModel {
  /** Items are 0 .. items - 1. */
  readonly items: number;
  readonly scorer: Scorer;
}

export const openSessions = ({ config, weights }: TrainedSessions, threads = 1): SessionModel => ({
  items: config.items - RESERVED,
  scorer: new Scorer(config, weights, threads),
});

/**
 * Cosine times the scale of every item as the next one: [prefixes, items]. Prefixes hold items in order, the newest last;
 * one that is empty, or has integers that are no items, is scored as unknown there.
 */
export async function scoreItems(
  { items, scorer }: SessionModel,
  prefixes: readonly (readonly number[])[],
): Promise<Float32Array> {
  const out = new Float32Array(prefixes.length * items);
  const sequences = prefixes.map((prefix) => ({ items: rowsOf(prefix.length > 0 ? prefix : [-1], items) }));
  await scorer.score(sequences, (i, scores) =>
    out.set(scores.subarray(RESERVED, RESERVED + items), i * items),
  );
  return out;
}
