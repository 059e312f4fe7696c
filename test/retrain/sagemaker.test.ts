/** The states in which SageMaker works: a stand-in answers as AWS would, the steps and the definition are the real ones. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRetrain } from '../../functions/retrain/retrain.ts';
import { modelRunSchema, takeSet } from '../../functions/retrain/run.ts';
import { sizeFor } from '../../functions/retrain/trainers.ts';
import { retrainWorkflow, steps } from '../../functions/retrain/workflow.ts';
import { LOCAL_TASK, runStateMachine } from '../../local/state-machine/run.ts';
import { ITEM } from '../../models/behaviour/network.ts';
import { type TrainedBehaviour, trainBehaviour } from '../../models/behaviour/train.ts';
import { readPointer } from '../../models/registry/registry.ts';
import { tar } from '../../models/sagemaker/tar.ts';
import { writeWeights } from '../../models/sagemaker/weights-file.ts';
import { makeWorld, type World } from './world.ts';

const place = {
  region: 'eu-west-1',
  role: 'arn:aws:iam::1:role/r',
  prefix: 'wellspring-test',
  bucket: 'lake',
};
const machines = {
  training: { ...place, machine: 'ml.g6.2xlarge', leastExamples: 1 },
  serving: {
    ...place,
    size: { kind: 'machines', type: 'ml.g6.xlarge', least: 2, most: 6 },
    perMinute: 600,
    capturePercent: 1,
  },
} as const;
const ref = { tenant: 't', name: 'behaviour' };

interface Endpoint {
  status: string;
  config: string;
}

describe('with machines beside the function', () => {
  let world: World;
  let endpoint: Endpoint | undefined;
  let healthy = true;
  let atPromotion = async (): Promise<void> => {};
  let learned: Promise<TrainedBehaviour> | undefined;
  let spoil = (trained: TrainedBehaviour): TrainedBehaviour => trained;
  const asked: [string, unknown][] = [];

  beforeAll(async () => {
    world = await makeWorld(200);
  });
  afterAll(() => world.close());

  /** Trains what the job was given, once for the same history, and leaves it where SageMaker would. */
  async function job(name: string): Promise<object> {
    const { objects } = world;
    learned ??= takeSet(objects, { tenant: 't', run: name }).then((set) =>
      trainBehaviour({
        examples: set.examples.train,
        validation: set.examples.validation,
        config: sizeFor(set),
        seed: 1,
      }),
    );
    const trained = spoil(await learned);
    const text = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const files = { ...writeWeights(trained.config, trained.weights), 'metrics.json': text({ epochs: 3 }) };
    const archive = tar(Object.entries(files).map(([path, data]) => ({ path, data })));
    const key = `runs/t/${name}/behaviour/job/output/wellspring-test-t-behaviour-${name}/output/model.tar.gz`;
    await objects.put(key, gzipSync(archive));
    return {};
  }

  const move = (input: unknown): object => {
    const config = String(Object(input).EndpointConfigName);
    // SageMaker goes back by itself when an alarm rings.
    if (healthy || !endpoint) endpoint = { status: 'Creating', config };
    else endpoint = { ...endpoint, status: 'RollingBack' };
    return {};
  };

  function look(): object {
    if (!endpoint) throw new Error('Could not find endpoint');
    const { status, config } = endpoint;
    endpoint = { config, status: 'InService' };
    return { EndpointStatus: status, EndpointConfigName: config };
  }

  async function run(models: readonly string[] = ['behaviour']): Promise<unknown> {
    const name = `${world.tick()}`;
    asked.length = 0;
    const retrain = makeRetrain({ ...world.services, trainer: '# train.py', onProgress: () => {} });
    const told = (state: string, answer: (input: unknown) => Promise<object> | object) => [
      state,
      async (input: unknown) => {
        asked.push([state, input]);
        return answer(input);
      },
    ];
    return runStateMachine({
      definition: retrainWorkflow(LOCAL_TASK, machines),
      tasks: steps,
      input: { tenant: 't', run: name, seed: 1, models },
      call: async (call) => {
        const { step, input } = Object(call);
        if (step === 'promote' && modelRunSchema.parse(input).model === 'behaviour') await atPromotion();
        return retrain(call);
      },
      services: Object.fromEntries([
        told('job', () => job(name)),
        ...['createModel', 'createConfig', 'createCapturing', 'scale', 'policy'].map((state) =>
          told(state, () => ({})),
        ),
        told('find', look),
        told('look', look),
        ...['create', 'update', 'backFromRollback', 'backFromFailure'].map((state) => told(state, move)),
      ]),
      retryMs: 0,
    });
  }

  const states = (): string[] => asked.map(([state]) => state);

  it('trains in a job, then makes the endpoint, waits until it serves, and promotes', async () => {
    const result = await run(['neighbours', 'behaviour']);
    expect(result).toMatchObject({
      results: [
        { model: 'neighbours', gate: { passed: true } },
        { model: 'behaviour', gate: { passed: true }, watch: {} },
      ],
    });
    expect(states()).toEqual([
      'job',
      'createModel',
      'createCapturing',
      'find',
      'create',
      'look',
      'look',
      'scale',
      'policy',
    ]);
    const champion = (await readPointer(world.objects, ref))?.champion;
    expect(endpoint).toEqual({ status: 'InService', config: `wellspring-test-t-behaviour-${champion}` });
    const archive = `models/t/behaviour/${champion}/triton/model.tar.gz`;
    expect(asked[1]?.[1]).toMatchObject({ PrimaryContainer: { ModelDataUrl: `s3://lake/${archive}` } });
    expect(await world.objects.get(archive)).toBeDefined();
    const prepared = await world.objects.list({ prefix: `runs/t/` });
    expect(prepared.items.map(({ key }) => key.split('/').at(-1))).toContain('train.py');
  }, 60_000);

  it('leaves the champion when the new version does not come to serve', async () => {
    const before = { pointer: await readPointer(world.objects, ref), config: endpoint?.config };
    await world.objects.delete(['models/t/behaviour/current.json']);
    healthy = false;
    const result = await run();
    healthy = true;
    expect(result).toMatchObject({ results: [{ fail: { error: 'model_unavailable' } }] });
    expect(states()).toContain('update');
    expect(await readPointer(world.objects, ref)).toBeUndefined();
    expect(endpoint?.config).toBe(before.config);
  }, 60_000);

  it('moves the endpoint back to the champion when the promotion fails', async () => {
    await run();
    const pointer = 'models/t/behaviour/current.json';
    const before = await world.objects.get(pointer);
    const { config } = endpoint ?? {};
    // The gate is to see no champion, or it would refuse the same again; the promotion finds one.
    await world.objects.delete([pointer]);
    atPromotion = async () => {
      if (before) await world.objects.put(pointer, before);
      throw new Error('it broke');
    };
    expect(await run()).toMatchObject({
      results: [{ fail: { cause: expect.stringContaining('it broke') } }],
    });
    expect(states().slice(-3)).toEqual(['scale', 'policy', 'backFromFailure']);
    expect(endpoint?.config).toBe(config);
  }, 90_000);

  it('refuses a network that tells no two items apart, before anything of it is served', async () => {
    await world.objects.delete(['models/t/behaviour/current.json']);
    spoil = collapsed;
    const result = await run();
    spoil = (trained) => trained;
    expect(result).toMatchObject({
      results: [
        {
          gate: { passed: false },
          refuse: { reasons: expect.arrayContaining([expect.stringMatching(/cosine of 1\.00; above 0\.9/)]) },
        },
      ],
    });
    expect(states()).toEqual(['job']);
    expect(await readPointer(world.objects, ref)).toBeUndefined();
  }, 60_000);
});

/** The same network after its item vectors have all become one. */
function collapsed(trained: TrainedBehaviour): TrainedBehaviour {
  const { weights, config } = trained;
  const table = weights[ITEM] ?? new Float32Array();
  const row = table.subarray(-config.width);
  return { ...trained, weights: { ...weights, [ITEM]: table.map((_, i) => row[i % config.width] ?? 0) } };
}
