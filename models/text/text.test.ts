import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/random.ts';
import { evaluateText } from './evaluate.ts';
import { describe as describeText } from './features.ts';
import { explainText, predictText } from './model.ts';
import { packText, textFileSchema, textInputs } from './onnx.ts';
import { bucketOf, featurePlan, termsOf } from './terms.ts';
import { negated, normalise, tokensOf } from './tokens.ts';
import { trainText } from './train.ts';

describe('one form for what means the same', () => {
  test.each([
    ['ＧＯＯＤ！！', 'good!!'],
    ['soooooo', 'soo'],
    ['it’s &lt;3 &amp; more', "it's <3 & more"],
    ['see https://a.example/b?c=d now', 'see  ⟨url⟩  now'],
    ['@VirginAmerica hi', ' ⟨user⟩  hi'],
    ['me@example.org', 'me@example.org'],
    ['flight 1234, 3 h', 'flight  ⟨0000⟩ ,  ⟨0⟩  h'],
  ])('%s', (text, form) => {
    expect(normalise(text)).toBe(form);
  });

  test('words, Chinese characters, emoticons, emoji and punctuation are tokens', () => {
    expect(tokensOf("Don't buy 质量差:( wo n't return!!! 👍")).toEqual([
      "don't",
      'buy',
      '质',
      '量',
      '差',
      ':(',
      'wo',
      "n't",
      'return',
      '!!!',
      '👍',
    ]);
    expect(tokensOf('')).toEqual([]);
  });

  test('a negation turns the words after it, up to punctuation or but', () => {
    const tokens = tokensOf('not very good, fun but never dull however great');
    expect(tokens.filter((_, at) => negated(tokens)[at])).toEqual(['very', 'good', 'dull']);
  });

  test('Chinese text is described by its characters, two and three together', () => {
    expect([...termsOf('不错啊', featurePlan).keys()]).toEqual([
      'w 不',
      'w 不 错',
      'w 不 错 啊',
      'w 错',
      'w 错 啊',
      'w 啊',
    ]);
  });
});

const parts = {
  positive: ['great', 'lovely', 'works well', '很好', '喜欢', '质量不错'],
  neutral: ['arrived on monday', 'blue cover', 'is it new', '多少钱', '什么时候到', '颜色蓝'],
  negative: ['terrible', 'broken', 'not good', '很差', '失望', '退货'],
};
const classes = ['negative', 'neutral', 'positive'] as const;
const fillers = ['the lamp', 'this phone', 'my order', '这个手机', '水果', '衣服', 'today', '昨天'];

function texts(count: number, seed: number): { texts: string[]; labels: string[] } {
  const random = seededRandom(seed);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const labels = Array.from({ length: count }, () => pick(classes));
  const all = labels.map((label) => {
    const said = classes.find((name) => name === label) ?? 'neutral';
    // One in ten says something else: chances of 1 would be wrong.
    const shown = random() < 0.1 ? (classes.find((name) => name !== said) ?? said) : said;
    return `${pick(fillers)} ${pick(parts[shown])} ${pick(fillers)}`;
  });
  return { texts: all, labels };
}

const settings = { plan: { ...featurePlan, buckets: 2 ** 14 } };
const train = texts(1500, 1);
const fresh = texts(2000, 2);
const model = trainText({ ...train, classes, settings, seed: 1 });

describe('a classifier of both languages', () => {
  test('answers for new texts, with chances that mean what they say', () => {
    const { accuracy, ece } = evaluateText(model, fresh.texts, fresh.labels);
    expect(accuracy).toBeGreaterThan(0.85);
    expect(ece).toBeLessThan(0.06);
  });

  test('learns by inverse document frequency as well', () => {
    const other = trainText({ ...train, classes, settings: { ...settings, weighting: 'idf' }, seed: 1 });
    expect(other.theta).not.toEqual(model.theta);
    expect(evaluateText(other, fresh.texts, fresh.labels).accuracy).toBeGreaterThan(0.85);
  });

  test('says which n-grams drove an answer', () => {
    const [first] = explainText(model, 'the lamp broken', 'negative');
    expect(first?.contribution).toBeGreaterThan(0);
    const terms = explainText(model, '这个手机很差', 'negative').map(({ term }) => term);
    expect(terms).toContain('w 很 差');
  });

  test('is the same for the same seed', () => {
    expect(trainText({ ...train, classes, settings, seed: 1 })).toEqual(model);
  });

  test('stays a number for texts without known terms, without terms, and of any length', () => {
    for (const text of [
      '',
      ' ',
      '\uD800',
      'zzzzqq',
      '很'.repeat(10_000),
      'good '.repeat(5000),
      '🤷'.repeat(300),
    ]) {
      const chances = predictText(model, [text]);
      expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    }
  });

  test('ONNX Runtime answers the same within 1e-5, for a batch of texts of several lengths', async () => {
    const batch = [...fresh.texts.slice(0, 40), '', 'broken', '很差'.repeat(50)];
    const { files, schema } = packText(model);
    const onnx = files['model.onnx'];
    const { plan } = textFileSchema.parse(JSON.parse(new TextDecoder().decode(files['features.json'])));
    expect(onnx.length).toBeLessThan(settings.plan.buckets * 3 + 2000);
    const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1, logSeverityLevel: 3 });
    expect(session.inputNames).toEqual(schema.inputs.map(({ name }) => name));
    const feeds = textInputs({ plan }, batch).map(({ name, datatype, data, shape }) => [
      name,
      datatype === 'INT32'
        ? new Tensor('int32', data, shape)
        : new Tensor('float32', Float32Array.from(data, Number), shape),
    ]);
    const answer = await session.run(Object.fromEntries(feeds));
    await session.release();
    const theirs = answer['probabilities']?.data;
    if (!(theirs instanceof Float32Array)) throw new TypeError();
    const ours = predictText(model, batch);
    expect(theirs).toHaveLength(ours.length);
    expect(Math.max(...ours.map((p, i) => Math.abs(p - (theirs[i] ?? Number.NaN))))).toBeLessThan(1e-5);
    expect(answer['contributions']?.dims[2]).toBe(3);
  });
});

test('weights of a text have length 1, and its buckets are spread over the range', () => {
  const { buckets, weights } = describeText('a lamp, and another lamp', featurePlan);
  expect(weights.reduce((sum, w) => sum + w * w, 0)).toBeCloseTo(1, 5);
  expect([...buckets].sort((a, b) => a - b)).toEqual([...buckets]);
  const spread = new Set(Array.from({ length: 1000 }, (_, i) => bucketOf(`term ${i}`, 2 ** 20)));
  expect(spread.size).toBeGreaterThan(995);
});

test.each<[string, string[], string[]]>([
  ['a label that is no class', ['a'], ['other']],
  ['too few texts of a class', train.texts.slice(0, 6), train.labels.slice(0, 6)],
  ['a text without label', train.texts, train.labels.slice(1)],
])('refuses %s', (_, all, labels) => {
  expect(() => trainText({ texts: all, labels, classes, settings, seed: 1 })).toThrow(WellspringError);
});
