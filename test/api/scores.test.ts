/** What the models say of a person, as the API shows it: with drivers, fresh or stale, or with the reason why not. */
import { describe, expect, it } from 'vitest';
import { EmbeddedEndpoint } from '../../adapters/embedded/endpoint.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { Objects } from '../../domain/ports.ts';
import { decodeProfile, encodeProfile, profileKey } from '../../domain/profile/item.ts';
import { SCORES } from '../../domain/scores/scores.ts';
import { modelReply, modelsReply } from '../../functions/api/models.ts';
import { profileReply } from '../../functions/api/profiles.ts';
import { scoresReply } from '../../functions/api/scores.ts';
import { readCurrent, readFile } from '../../models/registry/registry.ts';
import { type Watch, writeWatch } from '../../models/registry/watch.ts';
import { serveTiny, vocabulary } from '../fixtures/models.ts';
import { profileIdOf } from '../fixtures/person.ts';
import { NOW, SECRET, type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

const T = 'test';
const [first = '', second = ''] = vocabulary.items;

/** An endpoint that runs what serves, until it is told to be out. */
class Switch implements Endpoint {
  out = false;
  #inner: EmbeddedEndpoint | undefined;

  over(objects: Objects): this {
    this.#inner = new EmbeddedEndpoint({
      resolve: async (model) => {
        const [tenant = '', name = ''] = model.split('/');
        const manifest = await readCurrent(objects, { tenant, name });
        if (!manifest) return undefined;
        const { version, schema } = manifest;
        const onnx = () => readFile(objects, { tenant, name }, manifest, 'model.onnx');
        return { version, schema, onnx };
      },
    });
    return this;
  }

  predict(question: Parameters<Endpoint['predict']>[0]): ReturnType<Endpoint['predict']> {
    if (this.out || !this.#inner) throw new WellspringError('model_unavailable', 'out');
    return this.#inner.predict(question);
  }
}

async function scoringChain(): Promise<TestChain & { readonly plug: Switch }> {
  const plug = new Switch();
  return Object.assign(await testChain({ endpoint: (objects) => plug.over(objects) }), { plug });
}

async function serveAll({ objects }: TestChain, version = 'v1', seed = 1): Promise<void> {
  for (const name of ['neighbours', 'behaviour', 'classes'] as const)
    await serveTiny(objects, { tenant: T, name, version, seed });
}

const looks = (item: string, minutesAgo: number, messageId: string): object => ({
  type: 'track',
  event: 'Product Viewed',
  userId: 'u-1',
  messageId,
  timestamp: new Date(NOW - minutesAgo * 60_000).toISOString(),
  properties: { product_id: item, category: 'ring 0', price: 10, currency: 'USD' },
});

const scoresOf = async (chain: TestChain, id = 'u-1') =>
  valueOf(await chain.ask(`/api/profiles/${id}/scores`), scoresReply);
const profileOf = async (chain: TestChain) => valueOf(await chain.ask('/api/profiles/u-1'), profileReply);

describe('scores', () => {
  it('say what is expected, by which version, on which state, and what drove it', async () => {
    using chain = await scoringChain();
    await serveAll(chain);
    await chain.send({}, looks(first, 20, 'a'), looks(second, 10, 'b'));
    const { scores } = await scoresOf(chain);
    const made = { modelVersion: 'v1', at: new Date(NOW).toISOString(), profileVersion: 1, stale: false };
    expect(scores).toMatchObject({
      stale: false,
      purchase: { ...made, model: 'behaviour', value: expect.toSatisfy((p: number) => p > 0 && p < 1) },
      churn: { ...made, model: 'behaviour' },
      nextOrderValue: { ...made, model: 'behaviour' },
      lifecycle: { ...made, model: 'classes', drivers: expect.any(Array) },
      persona: { ...made, model: 'classes' },
      nextItems: { ...made, model: 'behaviour', mode: 'blend' },
      missing: {},
    });
    for (const { probabilities = {} } of [scores?.lifecycle ?? {}, scores?.persona ?? {}]) {
      expect(Object.values(probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    }
    expect(scores?.nextItems?.items).toHaveLength(20);
    expect(scores?.purchase?.drivers?.map(({ item }) => item).sort()).toEqual([first, second].sort());
    expect(scores?.purchase?.drivers?.some(({ effect }) => effect !== 0)).toBe(true);
  });

  it('are in the profile too, and change its tag', async () => {
    using chain = await scoringChain();
    await chain.send({}, looks(first, 20, 'a'));
    const before = (await chain.ask('/api/profiles/u-1')).headers['etag'];
    await serveAll(chain);
    chain.wait(60_000);
    await chain.send({}, looks(second, 10, 'b'));
    const { scores } = await profileOf(chain);
    const alone = (await scoresOf(chain)).scores;
    const { drivers: _, ...purchase } = alone?.purchase ?? {};
    expect(scores?.purchase).toEqual(purchase);
    expect(scores?.nextItems).toEqual(alone?.nextItems);
    expect((await chain.ask('/api/profiles/u-1')).headers['etag']).not.toBe(before);
  });

  it('are missing with a reason while nothing serves, and before the first change', async () => {
    using chain = await scoringChain();
    await chain.send({}, looks(first, 20, 'a'));
    expect(await scoresOf(chain)).toEqual({ reason: 'no_model' });
    expect(await profileOf(chain)).not.toHaveProperty('scores');
    await serveTiny(chain.objects, { tenant: T, name: 'neighbours', version: 'v1' });
    chain.wait(60_000);
    expect(await scoresOf(chain)).toEqual({ reason: 'not_scored_yet' });
    await chain.send({}, looks(second, 10, 'b'));
    const { scores } = await scoresOf(chain);
    expect(scores).toMatchObject({
      nextItems: { model: 'neighbours', mode: 'neighbours' },
      missing: { behaviour: 'no_model', classes: 'no_model' },
    });
    expect(scores).not.toHaveProperty('purchase');
    expect(errorOf(await chain.ask('/api/profiles/u-2/scores')).code).toBe('unknown_profile');
  });

  it('stay while the endpoint is out, marked stale, and are made anew when it is back', async () => {
    using chain = await scoringChain();
    await serveAll(chain);
    await chain.send({}, looks(first, 20, 'a'));
    const before = (await scoresOf(chain)).scores;
    chain.plug.out = true;
    for (const messageId of ['b', 'c', 'd', 'e']) await chain.send({}, looks(second, 10, messageId));
    chain.wait(20_000);
    const { scores } = await scoresOf(chain);
    expect(scores).toMatchObject({
      stale: true,
      purchase: { value: before?.purchase?.value, profileVersion: 1, stale: true },
      lifecycle: { profileVersion: 5, stale: false },
      nextItems: { model: 'neighbours', mode: 'neighbours', profileVersion: 5, stale: false },
      missing: { behaviour: 'endpoint_unavailable' },
    });
    // Nobody can say what drove chances of a state that is gone.
    expect(scores?.purchase).not.toHaveProperty('drivers');
    chain.plug.out = false;
    await chain.send({}, looks(first, 5, 'f'));
    expect((await scoresOf(chain)).scores).toMatchObject({
      stale: false,
      purchase: { profileVersion: 6, stale: false, drivers: expect.any(Array) },
      missing: {},
    });
  });

  it('are shown without drivers while the endpoint is out', async () => {
    using chain = await scoringChain();
    await serveAll(chain);
    await chain.send({}, looks(first, 20, 'a'));
    chain.plug.out = true;
    const { scores } = await scoresOf(chain);
    expect(scores?.purchase?.value).toBeGreaterThan(0);
    expect(scores?.purchase).not.toHaveProperty('drivers');
  });

  it('are the same whatever the order of arrival, and however often it arrives', async () => {
    const events = [looks(first, 30, 'a'), looks(second, 20, 'b'), looks(first, 10, 'c')];
    const orders = [events, events.toReversed(), [...events, ...events]];
    const seen = await Promise.all(
      orders.map(async (order) => {
        using chain = await scoringChain();
        await serveAll(chain);
        for (const event of order) await chain.send({}, event);
        const { scores } = await scoresOf(chain);
        return [scores?.purchase?.value, scores?.persona?.probabilities, scores?.nextItems?.items];
      }),
    );
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  it('are not kept of somebody who was erased', async () => {
    using chain = await scoringChain();
    await serveAll(chain);
    await chain.send({}, looks(first, 20, 'a'));
    const id = profileIdOf(SECRET, T, 'user', 'u-1');
    const key = profileKey(T, id);
    const profile = decodeProfile(T, id, (await chain.profiles.get([key]))[0]);
    profile.meta.erased = true;
    await chain.profiles.put([{ ...key, data: encodeProfile(profile) }]);
    expect(errorOf(await chain.ask('/api/profiles/u-1/scores')).code).toBe('unknown_profile');
    // The change that was under way is delivered again.
    await chain.redeliver('score');
    expect(await chain.profiles.get([profileKey(T, id, SCORES)])).toEqual([undefined]);
  });
});

describe('models', () => {
  it('are listed with figures, digests, verdicts and which version serves', async () => {
    using chain = await scoringChain();
    await serveAll(chain);
    await serveAll(chain, 'v2', 2);
    const { models } = valueOf(await chain.ask('/api/models'), modelsReply);
    expect(models.map(({ name, champion }) => [name, champion])).toEqual([
      ['behaviour', 'v2'],
      ['classes', 'v2'],
      ['neighbours', 'v2'],
    ]);
    expect(models[0]?.versions).toMatchObject([
      { version: 'v2', serves: true, metrics: { 'MRR@20': { value: 0.4, low: 0.3, high: 0.5 } } },
      { version: 'v1', serves: false, dataDigest: expect.any(String), gate: { passed: true } },
    ]);
    expect(models[0]).not.toHaveProperty('watch');
    const one = valueOf(await chain.ask('/api/models/behaviour'), modelReply);
    expect(one.versions.map(({ version, calibration }) => [version, calibration])).toEqual([
      ['v2', {}],
      ['v1', {}],
    ]);
    expect(valueOf(await chain.ask('/api/models', { key: chain.keys.stranger }), modelsReply)).toEqual({
      models: [],
    });
    expect(errorOf(await chain.ask('/api/models/other')).code).toBe('unknown_model');
  });

  it('show how what serves has drifted, and whether its chances came true', async () => {
    using chain = await scoringChain();
    await serveAll(chain);
    const watch: Watch = {
      contract: 1,
      version: 'v1',
      at: new Date(NOW).toISOString(),
      cases: 900,
      drift: [{ name: 'input.events', index: 0.31, verdict: 'large' }],
      calibration: { churn: { ece: 0.02, luck: 0.03, brier: 0.1, table: [] } },
    };
    await writeWatch(chain.objects, { tenant: T, name: 'behaviour' }, watch);
    const { models } = valueOf(await chain.ask('/api/models'), modelsReply);
    expect(models.map((one) => one.watch)).toEqual([watch, undefined, undefined]);
    expect(valueOf(await chain.ask('/api/models/behaviour'), modelReply).watch).toEqual(watch);
  });
});
