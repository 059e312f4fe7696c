import { describe, expect, it } from 'vitest';
import { cleanJson, cleanOk, exampleEvent } from '../functions/clean/example.ts';
import { calls } from './calls.ts';
import { checkProperties, type EventName, type EventProperties, eventSchemas } from './index.ts';
import type { JsonObject } from './json.ts';
import { problemIn } from './problem.ts';
import { callSamples, eventSamples, type Samples } from './samples.ts';

const pathOf = (problem: string | undefined): string | undefined => problem?.split(' ')[0];

/** Texts and numbers anywhere in a value, long enough not to be in a message by chance. */
function valuesIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(valuesIn);
  return typeof value === 'string' && value.length > 8 ? [value] : [];
}

const check = (name: string, properties: JsonObject): string | undefined => {
  const before = structuredClone(properties);
  const problem = checkProperties(name, properties);
  expect(properties).toEqual(before);
  return problem;
};

describe('samples of events', () => {
  it('exist for every event: one that is right, several that are wrong', () => {
    expect(Object.keys(eventSamples).toSorted()).toEqual(Object.keys(eventSchemas).toSorted());
    const few = Object.entries(eventSamples).filter(([, { invalid }]) => invalid.length < 2);
    expect(few).toEqual([]);
  });

  it.each(Object.entries(eventSamples))(
    '%s: right passes, wrong is refused at its place',
    (name, samples) => {
      expect(check(name, samples.valid)).toBeUndefined();
      expect(samples.invalid.map(({ value }) => pathOf(check(name, value)))).toEqual(
        samples.invalid.map(({ path }) => path),
      );
    },
  );

  it.each(Object.entries(eventSamples))(
    '%s: unknown keys pass, and null where absent may be',
    (name, samples) => {
      const withMore: JsonObject = { ...samples.valid, something_else: { deep: [1] } };
      expect(check(name, withMore)).toBeUndefined();
      for (const key of Object.keys(samples.valid)) {
        const { [key]: _, ...without } = samples.valid;
        const asNull = check(name, { ...samples.valid, [key]: null });
        expect([key, asNull]).toEqual([key, check(name, without)]);
      }
    },
  );

  it('are refused in words that never hold a value', () => {
    const leaks = Object.entries(eventSamples).flatMap(([name, { invalid }]) =>
      invalid.flatMap(({ value }) => valuesIn(value).filter((text) => check(name, value)?.includes(text))),
    );
    expect(leaks).toEqual([]);
  });
});

describe('samples of calls', () => {
  const pathIn = (name: keyof typeof calls, value: unknown): string | undefined =>
    problemIn(calls[name], value, 'call')?.path;

  it.each(['track', 'identify', 'page', 'screen', 'group', 'alias', 'batch'] as const)(
    '%s: right passes, wrong is refused at its place',
    (name) => {
      const samples: Samples | undefined = callSamples[name];
      expect(pathIn(name, samples?.valid)).toBeUndefined();
      expect(samples?.invalid.map(({ value }) => pathIn(name, value))).toEqual(
        samples?.invalid.map(({ path }) => path),
      );
      expect(samples?.invalid.length).toBeGreaterThan(1);
    },
  );

  it('need no type where the route names it', () => {
    for (const name of ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const) {
      const { type: _, ...body } = callSamples[name]?.valid ?? {};
      expect([name, pathIn(name, body)]).toEqual([name, undefined]);
    }
  });

  it('that are right are cleaned without a refusal', () => {
    const batch = callSamples['batch']?.valid['batch'];
    const items = Array.isArray(batch) ? batch : [];
    expect(items.map((item) => cleanJson(item).kind)).toEqual(items.map(() => 'ok'));
    expect(items).toHaveLength(6);
  });
});

describe('checkProperties', () => {
  it('lets events pass that nobody described, whatever their name', () => {
    for (const name of ['Lesson Finished', 'order completed', 'constructor', '__proto__', '']) {
      expect(checkProperties(name, { order_id: {}, products: 1 })).toBeUndefined();
    }
  });

  it('says what is wrong', () => {
    const problems: [EventName, JsonObject, string][] = [
      ['Order Completed', { total: 1 }, 'properties.order_id is missing'],
      ['Order Completed', { order_id: null, total: 1 }, 'properties.order_id is missing'],
      ['Order Completed', { order_id: '', total: 1 }, 'properties.order_id must not be empty'],
      ['Order Completed', { order_id: true, total: 1 }, 'properties.order_id has the wrong type'],
      ['Email Opened', {}, 'properties needs one of campaign_id, email_id'],
      ['Cart Viewed', { products: [{}] }, 'properties.products[0] needs one of product_id, sku'],
      ['Cart Viewed', { products: {} }, 'properties.products must be an array'],
      ['Cart Viewed', { value: '1' }, 'properties.value must be a number'],
      [
        'Survey Answered',
        { survey_id: 1, kind: 'x' },
        'properties.kind must be one of nps, csat, rating, text',
      ],
      ['Survey Answered', { survey_id: 1, kind: 'nps', score: 11 }, 'properties.score is not on the scale'],
    ];
    expect(problems.map(([name, properties]) => checkProperties(name, properties))).toEqual(
      problems.map(([, , problem]) => problem),
    );
  });

  it('knows the scale of a satisfaction score', () => {
    const score = (properties: JsonObject): string | undefined =>
      checkProperties('Survey Answered', { survey_id: 's', kind: 'csat', ...properties });
    expect([1, 5, 0, 6].map((value) => score({ score: value }) === undefined)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(score({ score: 7, scale_max: 7 })).toBeUndefined();
    expect(score({ score: 0, scale_min: 0 })).toBeUndefined();
  });
});

describe('in cleaning', () => {
  const order = eventSamples['Order Completed']?.valid ?? {};
  const event = (properties: JsonObject): Record<string, unknown> => ({
    ...exampleEvent(1),
    event: 'Order Completed',
    properties,
  });

  it('accepts a right order and keeps all of it', () => {
    expect(cleanOk(event(order), {}, { checkProperties })).toMatchObject({
      event: 'Order Completed',
      properties: {
        order_id: 'o-1001',
        total: 75.7,
        revenue: 67.8,
        products: [{ sku: 'S-12-M' }, { sku: 4711 }],
      },
    });
  });

  it('quarantines a broken order and names the field', () => {
    const { order_id: _, ...nameless } = order;
    expect(cleanJson(event(nameless), {}, { checkProperties })).toEqual({
      kind: 'quarantine',
      reason: 'invalid_properties',
      detail: 'properties.order_id is missing',
    });
    const products = [
      { product_id: 'a', price: 1 },
      { name: 'Mug', price: 8 },
    ];
    expect(cleanJson(event({ ...order, products }), {}, { checkProperties })).toMatchObject({
      reason: 'invalid_properties',
      detail: 'properties.products[1] needs one of product_id, sku',
    });
  });

  it('does not refuse an order for an amount that cleaning can drop', () => {
    const products = [{ product_id: 'a', price: 'about 8' }];
    const cleaned = cleanOk(event({ ...order, products }), {}, { checkProperties });
    expect(cleaned.flags).toContain('not_a_number');
    expect(cleaned.properties['products']).toEqual([{ product_id: 'a' }]);
    const bare = cleanOk(event({ order_id: 'o', revenue: '12,50' }), {}, { checkProperties });
    expect(bare.properties).toEqual({ order_id: 'o' });
  });
});

it('infers types from the schemas', () => {
  const answered: EventProperties<'Survey Answered'> = { survey_id: 's', kind: 'nps', score: 9 };
  const ordered: EventProperties<'Order Completed'> = { order_id: 1, products: [{ sku: 'a', price: 2 }] };
  // @ts-expect-error an order needs its id
  const wrong: EventProperties<'Order Completed'> = { total: 1 };
  expect([answered, ordered, wrong].map((value) => typeof value)).toEqual(['object', 'object', 'object']);
});
