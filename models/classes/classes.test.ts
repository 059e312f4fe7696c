import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import type { BehaviourEvent, Example } from '../behaviour/example.ts';
import { trainClasses } from './classes.ts';
import { cluster } from './clusters.ts';
import { featureRows, featureSchema, featuresOf } from './features.ts';
import { lifecycleOf, outcomeOf } from './lifecycle.ts';
import { classesFileSchema, packClasses } from './pack.ts';
import { evaluateLifecycle, predictClasses } from './predict.ts';
import { simulate } from './simulated.ts';

const DAY_MS = 86_400_000;
const CUT = Date.UTC(2025, 5, 1);
const at = (days: number): number => CUT + days * DAY_MS;
const viewed = (days: number): BehaviourEvent => ({ kind: 'Product Viewed', at: at(days) });
const ordered = (days: number): BehaviourEvent => ({ kind: 'Order Completed', at: at(days) });
const example = (events: BehaviourEvent[]): Example => ({ profile: 'one', cut: CUT, events, labels: {} });

describe('the lifecycle class of the next period', () => {
  test.each([
    ['lapsed', [ordered(-5)], [viewed(31)]],
    ['loyal', [ordered(-50)], [ordered(3)]],
    ['new', [viewed(-1)], [viewed(2), ordered(29.9)]],
    ['at risk', [viewed(-9), viewed(-5), viewed(-1)], [viewed(1)]],
    ['active', [viewed(-9), viewed(-5)], [viewed(1)]],
    ['active', [], [viewed(1)]],
  ] as const)('%s', (name, before, later) => {
    expect(lifecycleOf(example([...before]), outcomeOf(later, CUT))).toBe(name);
  });
});

test('features of a small history are what one would count by hand', () => {
  const plan = { kinds: ['Product Viewed'], categories: ['lamps'] };
  const events: BehaviourEvent[] = [
    { kind: 'Product Viewed', category: 'lamps', price: 30, at: at(-20.5) },
    { kind: 'Product Added', category: 'rugs', price: 10, at: at(-20.5) },
    { kind: 'Product Added', category: 'lamps', price: 30, at: at(-20.4) },
    { kind: 'Order Completed', at: at(-20.3) },
    { kind: 'Product Viewed', at: at(-3.5) },
    { kind: 'Product Added', at: at(-3.5) },
  ];
  const row = featureRows([example(events)], plan).data;
  const named = Object.fromEntries(featuresOf(plan).map(({ name }, i) => [name, row[i] ?? Number.NaN]));
  const expected = {
    recency: Math.log(4.5),
    'recency of order': Math.log(21.3),
    tenure: Math.log(21.5),
    orders: Math.log(2),
    spending: Math.log(41),
    'basket size': 2,
    'open basket': Math.log(2),
    'Product Viewed, 7 days': Math.log(2),
    'Product Viewed, 30 days': Math.log(3),
    'active days, 7 days': 1,
    'active days, 30 days': 2,
    'mean gap': Math.log(18),
    overdue: Math.log(1 + 3.5 / 17),
    'category lamps': 2 / 3,
    'other categories': 1 / 3,
    variety: Math.log(3),
  };
  for (const [name, value] of Object.entries(expected))
    expect([name, named[name]]).toEqual([name, expect.closeTo(value, 6)]);
});

const train = simulate(1200, 1);
const fresh = simulate(600, 2);
const model = trainClasses({ ...train, seed: 1, personas: 6 });

describe('on a population whose classes are known', () => {
  test('lifecycle chances beat the shares of the classes by far', () => {
    const { accuracy, logLoss, baseline } = evaluateLifecycle(model, fresh.examples, fresh.outcomes);
    expect(logLoss).toBeLessThan(baseline * 0.6);
    expect(accuracy).toBeGreaterThan(0.75);
  });

  test('personas are the tastes that customers were made with, and carry their names', () => {
    const named = new Set(model.personas.names.map((name) => name.split(',')[0] ?? ''));
    expect([...named].sort()).toEqual(['books', 'lamps', 'rugs']);
    const liked = ['lamps', 'rugs', 'books'];
    const right = predictClasses(model, fresh.examples).filter(
      ({ persona }, i) => persona.class.split(',')[0] === liked[fresh.taste[i] ?? -1],
    );
    expect(right.length / fresh.examples.length).toBeGreaterThan(0.9);
  });

  test('what drives a class is what made it: a long silence for those who lapse', () => {
    const answers = predictClasses(model, fresh.examples);
    const lapsed = answers.filter(({ lifecycle }) => lifecycle.class === 'lapsed');
    expect(lapsed.length).toBeGreaterThan(20);
    const silent = lapsed.filter(({ lifecycle: { drivers } }) =>
      drivers.some(({ feature }) => /recency|overdue|days|events/u.test(feature)),
    );
    expect(silent.length / lapsed.length).toBeGreaterThan(0.9);
  });

  test('the number of personas is found, and the same data give the same model', () => {
    const small = { examples: train.examples.slice(0, 400), outcomes: train.outcomes.slice(0, 400), seed: 3 };
    const found = trainClasses(small);
    expect(found.personas.names.length).toBeGreaterThanOrEqual(3);
    expect(packClasses(found)).toEqual(packClasses(trainClasses(small)));
  });

  test('ONNX Runtime answers the same within 1e-5 from what was packed', async () => {
    const { files, schema } = packClasses(model);
    const { plan, lifecycle, row } = classesFileSchema.parse(
      JSON.parse(new TextDecoder().decode(files['features.json'])),
    );
    expect(row).toEqual(featureSchema(plan));
    const session = await InferenceSession.create(files['model.onnx'], {
      intraOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    expect(session.outputNames).toEqual(schema.outputs.map(({ name }) => name));
    const x = featureRows(fresh.examples, plan);
    const answer = await session.run({
      x: new Tensor('float32', Float32Array.from(x.data), [x.rows, x.columns]),
    });
    await session.release();
    const theirs = answer['lifecycle_prediction']?.data;
    if (!(theirs instanceof Float32Array)) throw new TypeError();
    const ours = predictClasses(model, fresh.examples).flatMap(({ lifecycle: { probabilities } }) =>
      lifecycle.map((name) => probabilities[name] ?? Number.NaN),
    );
    expect(Math.max(...ours.map((p, i) => Math.abs(p - (theirs[i] ?? Number.NaN))))).toBeLessThan(1e-5);
    expect(answer['persona_contributions']?.dims).toEqual([x.rows, 6, x.columns]);
  });
});

describe('refuses', () => {
  test.each<[string, () => unknown]>([
    [
      'too few customers',
      () =>
        trainClasses({
          examples: train.examples.slice(0, 30),
          outcomes: train.outcomes.slice(0, 30),
          seed: 1,
        }),
    ],
    [
      'outcomes that are not known yet',
      () => trainClasses({ examples: train.examples, outcomes: [], seed: 1 }),
    ],
    [
      'customers who are all alike',
      () => cluster({ rows: 50, columns: 2, data: new Float64Array(100) }, 3, 1),
    ],
  ])('%s', (_, act) => {
    expect(act).toThrow(WellspringError);
  });
});

test('empty and endless histories, strange kinds, prices and times give finite numbers and chances that sum to 1', () => {
  const odd = [
    example([]),
    example([{ kind: '', category: '', price: -5, at: CUT }]),
    example(Array.from({ length: 50 }, () => ({ kind: 'x'.repeat(1000), price: 1e12, at: 0 }))),
    example([{ kind: 'Order Completed', at: CUT + DAY_MS }]),
    example([{ kind: 'Product Viewed', price: Number.NaN, at: Number.NaN }]),
    example(Array.from({ length: 10_000 }, (_, i) => ({ kind: 'Order Completed', price: 9, at: CUT - i }))),
  ];
  for (const { lifecycle, persona } of predictClasses(model, odd)) {
    for (const { probabilities } of [lifecycle, persona]) {
      expect(Object.values(probabilities).every((chance) => chance >= 0 && chance <= 1)).toBe(true);
      expect(Object.values(probabilities).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    }
  }
});
