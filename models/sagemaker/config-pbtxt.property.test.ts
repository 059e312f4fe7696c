import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelSchema } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import { networkSchema } from '../behaviour/config.ts';
import { servingSchema } from '../behaviour/serving-graph.ts';
import { configText, parseConfig, type TritonConfig } from './config-pbtxt.ts';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,12}$/);
const dimension = fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 5000 }));
const tensor = fc.record({
  name,
  datatype: fc.constantFrom('FP32' as const, 'INT32' as const, 'INT64' as const),
  shape: fc.array(dimension, { minLength: 1, maxLength: 3 }).map((dims) => [-1, ...dims]),
});
const config: fc.Arbitrary<TritonConfig> = fc
  .record({
    name,
    schema: fc.record({
      inputs: fc.array(tensor, { maxLength: 4 }),
      outputs: fc.array(tensor, { maxLength: 4 }),
    }),
    sizes: fc.uniqueArray(fc.integer({ min: 1, max: 512 }), { maxLength: 4 }),
    room: fc.nat(64),
    maxQueueDelayMicroseconds: fc.nat(1_000_000),
    instances: fc.record({
      kind: fc.constantFrom('CPU' as const, 'GPU' as const),
      count: fc.integer({ min: 1, max: 8 }),
    }),
  })
  .map(({ sizes, room, ...rest }) => ({
    ...rest,
    preferredBatchSizes: sizes.sort((a, b) => a - b),
    maxBatchSize: Math.max(1, ...sizes) + room,
  }));

const schema: ModelSchema = servingSchema(
  networkSchema.parse({ items: 100, width: 8, heads: 2, blocks: 1, length: 50, scale: 16, outcomes: true }),
  20,
);
const small: TritonConfig = {
  name: 'behaviour',
  schema,
  maxBatchSize: 64,
  preferredBatchSizes: [16, 64],
  maxQueueDelayMicroseconds: 2000,
  instances: { kind: 'GPU', count: 1 },
};

describe('config.pbtxt', () => {
  it('reads back whatever it wrote', () => {
    fc.assert(
      fc.property(config, (any) => {
        expect(parseConfig(configText(any))).toEqual(any);
      }),
    );
  });

  it('leaves the batch out of dims', () => {
    const text = configText(small);
    expect(text).toContain('backend: "onnxruntime"\nmax_batch_size: 64\n');
    expect(text).toContain('name: "item"\n    data_type: TYPE_INT64\n    dims: [ 50 ]\n');
    expect(text).toContain('name: "purchase"\n    data_type: TYPE_FP32\n    dims: [ 1 ]\n');
    expect(text).toContain('kind: KIND_GPU\n    count: 1');
  });

  it('reads other spacing, comments, and fields without lists', () => {
    const text = `# by hand\nname:"a" backend : "onnxruntime"\nmax_batch_size:4\ninput{name:"x" data_type:TYPE_FP32 dims:3 dims:-1}
      dynamic_batching{max_queue_delay_microseconds:5}, instance_group{kind:KIND_CPU; count:2}`;
    expect(parseConfig(text)).toEqual({
      name: 'a',
      schema: { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3, -1] }], outputs: [] },
      maxBatchSize: 4,
      preferredBatchSizes: [],
      maxQueueDelayMicroseconds: 5,
      instances: { kind: 'CPU', count: 2 },
    });
  });

  it('refuses what it does not know', () => {
    const text = configText(small);
    const wrong = [
      '',
      `${text}sequence_batching { }`,
      text.replace('onnxruntime', 'python'),
      text.replace('TYPE_INT64', 'TYPE_STRING'),
      text.replace('max_batch_size: 64', 'max_batch_size: 8'),
      text.replace('dims: [ 50 ]', 'dims: [ 0 ]'),
      text.replace('max_batch_size: 64', 'max_batch_size 64'),
      `${text}name: "twice"`,
      `${text}__proto__ { }`,
      text.slice(0, -3),
      `${text}\\`,
    ];
    for (const each of wrong) expect(() => parseConfig(each)).toThrow(WellspringError);
  });

  it.each([
    ['a fixed batch', { schema: { inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 4] }], outputs: [] } }],
    [
      'one number a row without a dimension',
      { schema: { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1] }], outputs: [] } },
    ],
    ['a name that needs quoting', { name: 'a"b' }],
    ['a name that is a path', { name: '../a' }],
    ['sizes that fall', { preferredBatchSizes: [8, 4] }],
    ['a size above the largest batch', { preferredBatchSizes: [65] }],
    ['no instances', { instances: { kind: 'CPU', count: 0 } }],
  ] as const)('does not write %s', (_, change) => {
    expect(() => configText({ ...small, ...change })).toThrow(RangeError);
  });
});
