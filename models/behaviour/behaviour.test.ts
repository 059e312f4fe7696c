/** A small model learns what made-up customers do, is packed, served and resumed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../engine/session.ts';
import { Ranking } from '../measure/ranking.ts';
import { answersOf } from './answers.ts';
import { type BehaviourFigures, evaluateBehaviour } from './evaluate.ts';
import type { Example } from './example.ts';
import type { Checkpoint } from './fit.ts';
import { packBehaviour } from './pack.ts';
import { BehaviourModel } from './predict.ts';
import { madeUp, RING, RINGS } from './samples.ts';
import { Scorer } from './scorer.ts';
import { RESERVED, UNKNOWN } from './sequence.ts';
import { encodeBatch, tokensOf } from './tokens.ts';
import { type BehaviourConfig, type TrainedBehaviour, trainBehaviour } from './train.ts';
import { Vocabulary } from './vocabulary.ts';

const config: BehaviourConfig = {
  network: { width: 16, heads: 2, blocks: 1, length: 12, scale: 12 },
  training: {
    epochs: 12,
    patience: 12,
    tokens: 256,
    candidates: 64,
    rate: 1e-2,
    warmUp: 0.1,
    dropout: 0.1,
    decay: 0,
    clip: 5,
    repeats: true,
  },
};
const [examples, validation, unseen] = [madeUp(1200, 1), madeUp(150, 2), madeUp(400, 3)];

let trained: TrainedBehaviour;
let model: BehaviourModel;
let figures: BehaviourFigures;

beforeAll(async () => {
  trained = await trainBehaviour({ examples, validation, config, seed: 1 });
  model = await BehaviourModel.of(trained);
  figures = await evaluateBehaviour(model, unseen);
});
afterAll(() => model.release());

describe('on customers it has not seen', () => {
  it('ranks the next item far above chance', () => {
    // One of 32 items by chance has a mean reciprocal rank of about 0.12.
    expect(figures.next.cases).toBe(unseen.length);
    expect(figures.next.reciprocalRank).toBeGreaterThan(0.7);
  });
  it('ranks it three times as high as popularity does', () => {
    const counts = new Map<string, number>();
    for (const { events } of examples)
      for (const { item = '' } of events) counts.set(item, (counts.get(item) ?? 0) + 1);
    const popular = [...counts].sort((a, b) => b[1] - a[1]).map(([item]) => item);
    const ranking = new Ranking(20);
    for (const { events } of unseen) ranking.add(1 + popular.indexOf(events.at(-1)?.item ?? ''));
    expect(figures.next.reciprocalRank).toBeGreaterThan(3 * ranking.reciprocalRank);
  });
  it('tells buyers and leavers from others, with chances that come true', () => {
    for (const head of [figures.purchase, figures.churn]) {
      expect(head?.auc).toBeGreaterThan(0.8);
      expect(head?.ece).toBeLessThan(0.1);
      expect(head?.brier).toBeLessThan((head?.base ?? 0) * (1 - (head?.base ?? 0)));
    }
  });
  it('learns from the labels that are there, and only from those', () => {
    expect(figures.purchase?.cases).toBe(unseen.filter(({ labels }) => labels.purchase !== undefined).length);
    expect(figures.value?.cases).toBe(unseen.filter(({ labels }) => labels.value !== undefined).length);
    expect(figures.value?.error).toBeLessThan(0.4 * (figures.value?.constant ?? 0));
  });
});

describe('packed', () => {
  it('answers as in this process, through bytes alone', async () => {
    const { files, schema } = packBehaviour(trained, { top: 5 });
    const vocabulary = Vocabulary.parse(new TextDecoder().decode(files['vocabulary.json']));
    const session = await Session.load(files['model.onnx']);
    for (const count of [1, 3]) {
      const asked = unseen.slice(0, count);
      const inputs = encodeBatch(asked, vocabulary, config.network.length);
      expect(inputs.map(({ name, datatype }) => ({ name, datatype }))).toEqual(
        schema.inputs.map(({ name, datatype }) => ({ name, datatype })),
      );
      const feeds = inputs.map(({ name, data, shape }) => [name, { data, shape }]);
      const outputs = await session.run(Object.fromEntries(feeds));
      expect(Object.keys(outputs)).toEqual(schema.outputs.map(({ name }) => name));
      const here = await model.answer(asked);
      answersOf(inputs, (name) => outputs[name] ?? [], vocabulary).forEach((answer, i) => {
        expect(answer.items.map(({ item }) => item)).toEqual(
          here[i]?.items.slice(0, 5).map(({ item }) => item),
        );
        expect(answer.purchase).toBeCloseTo(here[i]?.purchase ?? 0, 5);
      });
    }
    await session.release();
  });

  it('has the same bytes for the same weights', () => {
    expect(packBehaviour(trained).files).toEqual(packBehaviour(trained).files);
  });

  it('scores items as the evaluation does', async () => {
    const [example] = unseen;
    if (!example) throw new RangeError('no example');
    const [answer] = await model.answer([example]);
    const tokens = tokensOf(example, trained.vocabulary, config.network.length);
    // Without the closing token: the next item is read from the last event.
    const cut = tokens.items.length - 1;
    const fields = Object.fromEntries(
      Object.entries(tokens.fields ?? {}).map(([name, column]) => [name, Array.from(column).slice(0, cut)]),
    );
    const scorer = new Scorer(trained.config, trained.weights);
    const scores: number[] = [];
    const { kind = [], category = [], price = [], gap = [] } = fields;
    await scorer.score(
      [{ items: Array.from(tokens.items).slice(0, cut), fields: { kind, category, price, gap } }],
      (_, found) => scores.push(...found),
    );
    await scorer.release();
    for (const { item, score } of answer?.items ?? [])
      expect(scores[trained.vocabulary.itemRow(item)]).toBeCloseTo(score, 3);
  });
});

describe('bad input', () => {
  const odd: Record<string, Example> = {
    'an empty history': { profile: 'p', cut: 1, events: [], labels: {} },
    'unknown items and kinds': {
      profile: 'p',
      cut: 2,
      events: [{ kind: '?', item: '?', category: '?', at: 1 }],
      labels: {},
    },
    'numbers that are none': {
      profile: 'p',
      cut: Number.NaN,
      events: [
        { kind: 'Product Viewed', item: 'item 0-0', price: Number.NaN, at: Number.NaN },
        { kind: 'Product Viewed', item: 'item 0-1', price: -5, at: Number.POSITIVE_INFINITY },
      ],
      labels: {},
    },
    'ten thousand events': {
      profile: 'p',
      cut: 10_000,
      events: Array.from({ length: 10_000 }, (_, at) => ({ kind: 'Product Viewed', item: 'item 1-1', at })),
      labels: {},
    },
  };
  it.each(Object.entries(odd))('%s: every number is in its range', async (_, example) => {
    const [answer] = await model.answer([example]);
    for (const chance of [answer?.purchase, answer?.churn]) {
      expect(chance).toBeGreaterThanOrEqual(0);
      expect(chance).toBeLessThanOrEqual(1);
    }
    expect(answer?.value).toBeGreaterThanOrEqual(0);
    expect(answer?.value).toBeLessThan(1e9);
    for (const { item, score } of answer?.items ?? []) {
      expect(Number.isFinite(score)).toBe(true);
      expect(item).toMatch(/^item /);
    }
  });
  it('a history without a known item has no ranking', async () => {
    const answers = await model.answer(
      ['an empty history', 'unknown items and kinds'].map((name) => odd[name]!),
    );
    expect(answers.map(({ items }) => items)).toEqual([[], []]);
  });
  it('examples without any item that occurs twice are refused', async () => {
    await expect(
      trainBehaviour({ examples: [odd['an empty history']!], validation: [], config, seed: 1 }),
    ).rejects.toThrow(RangeError);
  });
});

describe('training', () => {
  const short = { ...config, training: { ...config.training, epochs: 2 } };
  const few = examples.slice(0, 100);

  it('gives the same weights for a seed, also when it is interrupted and resumed', async () => {
    const checkpoints: Checkpoint[] = [];
    const whole = await trainBehaviour({
      examples: few,
      validation,
      config: short,
      seed: 4,
      onCheckpoint: (checkpoint) => void checkpoints.push(structuredClone(checkpoint)),
    });
    const again = await trainBehaviour({ examples: few, validation, config: short, seed: 4 });
    const other = await trainBehaviour({ examples: few, validation, config: short, seed: 5 });
    const [first] = checkpoints;
    if (!first) throw new RangeError('no checkpoint');
    const resumed = await trainBehaviour({
      examples: few,
      validation,
      config: short,
      seed: 4,
      resume: first,
    });
    expect(again.weights).toEqual(whole.weights);
    expect(resumed.weights).toEqual(whole.weights);
    expect(other.weights).not.toEqual(whole.weights);
  });
});

describe('tokens', () => {
  it('know the items of the training examples; 0 is padding and 1 is unknown', () => {
    expect(trained.vocabulary.items).toHaveLength(RINGS * RING);
    expect(trained.vocabulary.itemRow('item 0-0')).toBeGreaterThanOrEqual(RESERVED);
    expect(trained.vocabulary.itemRow('a new item')).toBe(UNKNOWN);
    expect(trained.vocabulary.itemAt(trained.vocabulary.itemRow('item 0-0'))).toBe('item 0-0');
  });
  it('do not change for the events that remain when a history is cut', () => {
    const long = unseen.find(({ events }) => events.length === 9);
    if (!long) throw new RangeError('no long history');
    const whole = tokensOf(long, trained.vocabulary, 12);
    const cut = tokensOf(long, trained.vocabulary, 5);
    expect(cut.items).toEqual(Array.from(whole.items).slice(-5));
    expect(cut.fields?.gap).toEqual(Array.from(whole.fields?.gap ?? []).slice(-5));
  });
});
