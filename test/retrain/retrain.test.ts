/** History in the lake -> the state machine -> a model that serves; and what happens when it should not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { WellspringError } from '../../domain/errors.ts';
import { makeRetrain } from '../../functions/retrain/retrain.ts';
import { modelNames, retrainWorkflow, steps } from '../../functions/retrain/workflow.ts';
import { LOCAL_TASK, runStateMachine } from '../../local/state-machine/run.ts';
import { list, readCurrent, readPointer } from '../../models/registry/registry.ts';
import { readWatch } from '../../models/registry/watch.ts';
import { makeWorld, type World } from './world.ts';

describe('retraining', () => {
  let world: World;
  let objects: EmbeddedObjects;
  const broken = new Set<string>();
  const failsOnce = new Set<string>();
  const calls: string[] = [];
  const counted: string[] = [];
  /** The run in which the network was trained. */
  let trainedIn: string | undefined;

  beforeAll(async () => {
    world = await makeWorld(200);
    ({ objects } = world);
  });
  afterAll(() => world.close());

  const said: string[] = [];
  async function run(models: readonly string[] = modelNames, tenant = 't'): Promise<unknown> {
    const time = world.tick();
    const retrain = makeRetrain({
      ...world.services,
      metrics: { count: (name, _, { of = '' } = {}) => counted.push(`${name} ${of}`) },
      onProgress: ({ step, model = '' }) => said.push(`${step} ${model}`),
    });
    return runStateMachine({
      definition: retrainWorkflow(LOCAL_TASK),
      tasks: steps,
      input: { tenant, run: `${time}`, seed: 1, models },
      call: async (call) => {
        const { step, input } = call as { step: string; input: { model?: string } };
        const name = `${step} ${input.model ?? ''}`.trim();
        calls.push(name);
        if (broken.has(name)) throw new Error('it broke');
        if (failsOnce.delete(name)) throw new WellspringError('objects_unavailable', 'not now');
        if (name !== 'train behaviour') return retrain(call);
        // The same seed on the same history gives the same network: once is enough.
        if (trainedIn !== undefined) return copyRun(trainedIn, `${time}`);
        trainedIn = `${time}`;
        return retrain(call);
      },
      retryMs: 0,
    });
  }

  async function copyRun(from: string, to: string): Promise<object> {
    const { items } = await objects.list({ prefix: `runs/t/${from}/behaviour/` });
    for (const { key } of items)
      await objects.put(key.replace(from, to), (await objects.get(key)) ?? new Uint8Array());
    return { files: [] };
  }

  it('trains, compares and promotes', async () => {
    const result = await run();
    expect(result).toMatchObject({
      results: [
        { model: 'neighbours', gate: { passed: true } },
        { model: 'behaviour', gate: { passed: true } },
        { model: 'classes', gate: { passed: true } },
      ],
    });
    const models = await list(objects, 't');
    expect(models.map(({ name }) => name)).toEqual(['behaviour', 'classes', 'neighbours']);
    const [behaviour] = models;
    expect(behaviour?.champion).toBe(behaviour?.versions[0]?.version);
    const table = behaviour?.versions[0]?.comparison.map(({ model }) => model);
    expect(table).toEqual(['popularity', 'co-visitation', 'neighbours', 'gradient boosting', 'challenger']);
    const figure = (name: string, metric = 'MRR@20'): number =>
      behaviour?.versions[0]?.comparison.find(({ model }) => model === name)?.metrics[metric]?.value ?? 0;
    expect(figure('challenger')).toBeGreaterThan(2 * figure('popularity'));
    // People's habits differ, which trees see as well as the network does.
    for (const name of ['gradient boosting', 'challenger'])
      expect(figure(name, 'churn AUC')).toBeGreaterThan(0.6);
    expect(said).toContain('train behaviour');
    expect(result).toMatchObject({ snapshot: { digest: behaviour?.versions[0]?.dataDigest, share: 1 } });
    expect(behaviour?.versions[0]?.gate.checks.map(({ name }) => name)).toEqual([
      'beats popularity',
      'beats co-visitation',
      'beats neighbours',
      'calibration of purchase',
      'calibration of churn',
      'Brier of purchase against how common it was',
      'Brier of churn against how common it was',
      'spread of item vectors',
      'coverage of the catalogue',
    ]);
  }, 60_000);

  it('refuses the same again, because it is not better than the champion', async () => {
    const ref = { tenant: 't', name: 'behaviour' };
    const before = await readPointer(objects, ref);
    expect(await run(['behaviour'])).toMatchObject({
      results: [
        {
          gate: { passed: false },
          refuse: { reasons: [expect.stringContaining('Not clearly better than champion')] },
        },
      ],
    });
    expect(await readPointer(objects, ref)).toEqual(before);
    // The champion was looked at on the way: it saw the very people it was judged on before.
    const watch = await readWatch(objects, ref);
    expect(watch).toMatchObject({
      version: before?.champion,
      calibration: { purchase: { ece: expect.any(Number) } },
    });
    expect(watch?.drift.map(({ name, verdict }) => [name, verdict])).toContainEqual([
      'score.churn',
      'stable',
    ]);
    expect(counted).toEqual(
      expect.arrayContaining([
        'ModelDrift score.churn',
        'ModelDrift input.events',
        'ModelCalibrationError churn',
      ]),
    );
  }, 60_000);

  it('repeats a step that a repeat may mend, and no other', async () => {
    calls.length = 0;
    failsOnce.add('train neighbours').add('gate neighbours');
    broken.add('promote neighbours');
    expect(await run(['neighbours'])).toMatchObject({ results: [{ fail: { error: 'failed' } }] });
    broken.clear();
    const times = (name: string): number => calls.filter((call) => call === name).length;
    expect(['train', 'evaluate', 'gate', 'promote'].map((step) => times(`${step} neighbours`))).toEqual([
      2, 1, 2, 1,
    ]);
  });

  it('ends early and well when there is too little history', async () => {
    expect(await run(['neighbours'], 'nobody')).toMatchObject({
      error: { Error: 'too_little_history', Cause: expect.stringContaining('the history spans 0 days') },
    });
  });

  it('leaves the champion when a step fails, and goes on with the other models', async () => {
    const before = await readPointer(objects, { tenant: 't', name: 'neighbours' });
    broken.add('train neighbours');
    const result = await run(['neighbours', 'neighbours']);
    broken.clear();
    expect(result).toMatchObject({ results: [{ fail: { cause: expect.stringContaining('it broke') } }, {}] });
    expect(await readPointer(objects, { tenant: 't', name: 'neighbours' })).toEqual(before);
  });

  it('rolls back a promoted version that does not open', async () => {
    const ref = { tenant: 't', name: 'neighbours' };
    const before = await readPointer(objects, ref);
    broken.add('watch neighbours');
    expect(await run(['neighbours'])).toMatchObject({
      results: [{ rollback: { champion: before?.champion } }],
    });
    expect((await readPointer(objects, ref))?.champion).toBe(before?.champion);
    await objects.delete(['models/t/neighbours/current.json']);
    expect(await run(['neighbours'])).toMatchObject({ results: [{ rollback: { champion: null } }] });
    broken.clear();
    expect(await readCurrent(objects, ref)).toBeUndefined();
  });
});
