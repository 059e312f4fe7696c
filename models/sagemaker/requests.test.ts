/** The requests against what AWS's own API models demand (`fixtures/api.json`); none was sent to AWS. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { networkSchema, trainingSchema } from '../behaviour/config.ts';
import api from './fixtures/api.json' with { type: 'json' };
import { run } from './fixtures/example.ts';
import { named, requests, serverless, training } from './fixtures/requests.ts';
import { createEndpointConfig, createModel, createTrainingJob, resourceName } from './requests.ts';
import { createEndpoint, scaling, updateEndpoint } from './rollout.ts';
import { monthly, onGpu, prices, sizes } from './sizes.ts';

const shapes = z
  .record(
    z.string(),
    z.object({
      type: z.string(),
      required: z.optional(z.array(z.string())),
      members: z.optional(z.record(z.string(), z.string())),
      member: z.optional(z.string()),
      key: z.optional(z.string()),
      value: z.optional(z.string()),
      min: z.optional(z.number()),
      max: z.optional(z.number()),
      pattern: z.optional(z.string()),
      enum: z.optional(z.array(z.string())),
    }),
  )
  .parse(api);

/** What is wrong with a value of a shape, with its place. */
function faults(name: string, value: unknown, at: string): string[] {
  const shape = shapes[name];
  if (!shape) return [`${at}: no shape ${name}`];
  const between = (size: number): string[] =>
    size < (shape.min ?? 0) || size > (shape.max ?? Number.POSITIVE_INFINITY) ? [`${at}: size ${size}`] : [];
  if (Array.isArray(value))
    return shape.type === 'list'
      ? [
          ...between(value.length),
          ...value.flatMap((part, i) => faults(shape.member ?? '', part, `${at}[${i}]`)),
        ]
      : [`${at}: a list`];
  switch (typeof value) {
    case 'object':
      return fieldFaults(shape, Object.entries(value ?? {}), at);
    case 'string':
      return shape.type === 'string'
        ? [...between(value.length), ...textFaults(shape, value, at)]
        : [`${at}: a text`];
    case 'number':
      if (!['integer', 'float', 'double', 'long'].includes(shape.type)) return [`${at}: a number`];
      return shape.type === 'integer' && !Number.isInteger(value) ? [`${at}: not whole`] : between(value);
    default:
      return typeof value === shape.type ? [] : [`${at}: ${typeof value}`];
  }
}

function fieldFaults(shape: (typeof shapes)[string], entries: [string, unknown][], at: string): string[] {
  if (shape.type === 'map')
    return entries.flatMap(([key, part]) => [
      ...faults(shape.key ?? '', key, `${at} key`),
      ...faults(shape.value ?? '', part, `${at}.${key}`),
    ]);
  if (shape.type !== 'structure') return [`${at}: an object`];
  const missing = (shape.required ?? []).filter((field) => !entries.some(([key]) => key === field));
  return [
    ...missing.map((field) => `${at}: no ${field}`),
    ...entries.flatMap(([key, part]) => faults(shape.members?.[key] ?? `${key}?`, part, `${at}.${key}`)),
  ];
}

function textFaults(shape: (typeof shapes)[string], value: string, at: string): string[] {
  // Java's name for printable characters.
  const pattern = shape.pattern?.replace('\\p{Print}', '[\\x20-\\x7e]');
  const fits = pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(value);
  return [
    ...(fits ? [] : [`${at}: "${value}" does not match ${pattern}`]),
    ...(shape.enum && !shape.enum.includes(value) ? [`${at}: "${value}" is no choice`] : []),
  ];
}

describe('requests to SageMaker', () => {
  it.each(requests)('%s is what the API demands', (shape, request) => {
    expect(faults(shape, request, shape)).toEqual([]);
  });

  it('the check finds what is wrong', () => {
    const config = createEndpointConfig({ ...named, size: sizes.prod.serving });
    const at = 'CreateEndpointConfigInput';
    expect(faults(at, { ...config, EndpointConfigName: 'a_b' }, '')).toHaveLength(1);
    expect(faults(at, { ...config, Extra: 1 }, '')).toEqual(['.Extra: no shape Extra?']);
    expect(faults(at, { EndpointConfigName: 'a' }, '')).toEqual([': no ProductionVariants']);
    const [variant] = config.ProductionVariants;
    const other = { ...config, ProductionVariants: [{ ...variant, InstanceType: 'ml.g5.huge' }] };
    expect(faults(at, other, '')).toEqual(['.ProductionVariants[0].InstanceType: "ml.g5.huge" is no choice']);
  });

  it('the job carries the configuration as JSON, and may resume', () => {
    const job = createTrainingJob(training);
    expect(networkSchema.parse(JSON.parse(job.HyperParameters['network'] ?? ''))).toEqual(run.network);
    expect(trainingSchema.parse(JSON.parse(job.HyperParameters['training'] ?? ''))).toEqual(run.training);
    expect(job.HyperParameters['seed']).toBe('11');
    expect(job).toMatchObject({
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 },
      CheckpointConfig: { LocalPath: '/opt/ml/checkpoints' },
    });
    expect(() => createTrainingJob({ ...training, waitSeconds: 60 })).toThrow(RangeError);
    expect(() => createTrainingJob({ ...training, region: 'moon-1' })).toThrow(RangeError);
  });

  it('a GPU gets the GPU image, anything else the CPU image', () => {
    const imageFor = (size: Parameters<typeof onGpu>[0]): string =>
      createModel({ ...training, size, archive: 's3://bucket/a' }).PrimaryContainer.Image;
    expect(imageFor(sizes.prod.serving)).toMatch(/^763104351884\.dkr\.ecr\.eu-west-1\..*-py3$/);
    expect(imageFor(sizes.dev.serving)).toMatch(/-py3-cpu$/);
    expect(imageFor(serverless)).toMatch(/-py3-cpu$/);
  });

  it('two versions share endpoint and variant, and nothing else', () => {
    const other = { ...named, version: '20261124T000000Z-ffffffff' };
    const [a, b] = [named, other].map((each) => createEndpointConfig({ ...each, size: sizes.prod.serving }));
    expect(a?.EndpointConfigName).not.toBe(b?.EndpointConfigName);
    expect(a?.ProductionVariants[0]?.ModelName).not.toBe(b?.ProductionVariants[0]?.ModelName);
    expect(a?.ProductionVariants[0]?.VariantName).toBe(b?.ProductionVariants[0]?.VariantName);
    expect(createEndpoint(named).EndpointName).toBe(createEndpoint(other).EndpointName);
  });

  it('an update begins with a canary and goes back on an alarm', () => {
    const update = updateEndpoint({
      ...named,
      alarms: ['errors', 'slow'],
      canaryPercent: 5,
      watchSeconds: 900,
    });
    expect(update.DeploymentConfig).toMatchObject({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { CanarySize: { Value: 5 }, WaitIntervalInSeconds: 900 },
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }, { AlarmName: 'slow' }] },
    });
    expect(() => updateEndpoint({ ...named, alarms: [] })).toThrow(RangeError);
    expect(() => updateEndpoint({ ...named, alarms: ['errors'], canaryPercent: 60 })).toThrow(RangeError);
  });

  it('only machines whose number may change are scaled', () => {
    expect(scaling(named, sizes.dev.serving, 100)).toBeUndefined();
    expect(scaling(named, serverless, 100)).toBeUndefined();
    const scaled = scaling(named, sizes.prod.serving, 100);
    expect(scaled?.registerScalableTarget).toMatchObject({ MinCapacity: 2, MaxCapacity: 6 });
    expect(scaled?.putScalingPolicy.ResourceId).toBe(scaled?.registerScalableTarget.ResourceId);
  });

  it('refuses names that SageMaker refuses, and capture where there is none', () => {
    for (const parts of [['a', ''], ['a_b'], ['a'.repeat(64)], ['-a']]) {
      expect(() => resourceName(...parts)).toThrow(RangeError);
    }
    const capture = { folder: 's3://bucket/captured', percent: 10 };
    expect(() => createEndpointConfig({ ...named, size: serverless, capture })).toThrow(RangeError);
  });

  it('dev serves without a GPU and for less than prod', () => {
    expect([onGpu(sizes.dev.serving), onGpu(sizes.prod.serving)]).toEqual([false, true]);
    expect(prices.machines[sizes.dev.training].gpu).toBe(true);
    expect(monthly(sizes.dev.serving)).toBeLessThan(monthly(sizes.prod.serving) ?? 0);
    expect(monthly(serverless)).toBeUndefined();
  });
});
