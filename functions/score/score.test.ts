/** Word of changes -> scores, with an endpoint that does what the test says. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { StreamRecord, Table } from '../../domain/ports.ts';
import { encodeProfile, freshProfile, PROFILE, profileKey } from '../../domain/profile/item.ts';
import { decodeScores, SCORES, type Scores } from '../../domain/scores/scores.ts';
import type { ProfileChanged } from '../../events/envelope.ts';
import { pack } from '../../events/packed.ts';
import { Catalogue } from '../../models/neighbours/catalogue.ts';
import { type TestFolder, testFolder } from '../../test/fixtures/folder.ts';
import { serveTiny, vocabulary } from '../../test/fixtures/models.ts';
import { makeScore, type Scorer } from './score.ts';

const NOW = Date.UTC(2026, 5, 1);
const T = 't';
const [first = '', second = '', third = ''] = vocabulary.items;
const catalogue = Catalogue.fit([
  [first, second],
  [first, third],
  [first, second, third],
]);
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('score', () => {
  let folder: TestFolder;
  let objects: EmbeddedObjects;
  let profiles: EmbeddedTable;
  let time: number;
  let asked: number[];
  let behave: 'answer' | 'unavailable' | 'throw' | 'refuse large' | 'refuse' | 'no number' | 'other version';
  let purchase: number;
  let scorer: Scorer;
  /** Whether reads of profiles show the state before. */
  let lag: boolean;

  /** Answers every row with `purchase`, and the third item as best. */
  const endpoint: Endpoint = {
    predict: async ({ model, inputs }) => {
      const rows = inputs[0]?.shape[0] ?? 0;
      asked.push(rows);
      if (behave === 'unavailable') throw new WellspringError('model_unavailable', 'down');
      if (behave === 'throw') throw new TypeError('not ours');
      if (behave === 'refuse' || (behave === 'refuse large' && rows > 1))
        throw new WellspringError('model_refused', 'one of them does not fit');
      const floats = (value: number): Float32Array => new Float32Array(rows).fill(value);
      const row = BigInt(vocabulary.itemRow(third));
      return {
        model,
        version: behave === 'other version' ? 'v0' : 'v1',
        outputs: [
          { name: 'items', datatype: 'INT64', shape: [rows, 1], data: new BigInt64Array(rows).fill(row) },
          { name: 'scores', datatype: 'FP32', shape: [rows, 1], data: floats(9) },
          {
            name: 'purchase',
            datatype: 'FP32',
            shape: [rows],
            data: floats(behave === 'no number' ? Number.NaN : purchase),
          },
          { name: 'churn', datatype: 'FP32', shape: [rows], data: floats(0.5) },
          { name: 'value', datatype: 'FP32', shape: [rows], data: floats(30) },
        ],
      };
    },
  };

  beforeEach(() => {
    folder = testFolder();
    objects = new EmbeddedObjects(folder.path);
    const clock = { now: () => time };
    time = NOW;
    profiles = new EmbeddedTable({ path: ':memory:', clock });
    asked = [];
    behave = 'answer';
    purchase = 0.2;
    lag = false;
    const table: Table = {
      get: async (keys) =>
        (await profiles.get(keys)).map((item) =>
          lag && item?.sk === PROFILE ? { ...item, version: 1 } : item,
        ),
      put: (writes) => profiles.put(writes),
      delete: (keys) => profiles.delete(keys),
      query: (query) => profiles.query(query),
      queryIndex: (query) => profiles.queryIndex(query),
      scan: (query) => profiles.scan(query),
    };
    const services = {
      clock,
      metrics: { count: () => {} },
      secret: '',
      streams: {},
      tables: { profiles: table },
      objects,
      endpoint,
    };
    scorer = makeScore(services);
  });
  afterEach(() => {
    profiles.close();
    folder[Symbol.dispose]();
  });

  async function serve(name: 'behaviour' | 'neighbours', version = 'v1'): Promise<void> {
    const files = name === 'neighbours' ? catalogue.files() : {};
    await serveTiny(objects, { tenant: T, name, version, files });
    // Beyond what was looked at last.
    time += 60_000;
  }

  async function save(
    id: string,
    change: (profile: ReturnType<typeof freshProfile>) => void = () => {},
  ): Promise<void> {
    const profile = freshProfile(T, id);
    profile.state.recent.push({ time: NOW, tie: 1, type: 'track', event: 'Product Viewed', item: first });
    change(profile);
    await profiles.put([{ ...profileKey(T, id), data: encodeProfile(profile) }]);
  }

  const changes = (...ids: string[]): StreamRecord[] => changed('changed', ...ids);

  const changed = (kind: ProfileChanged['kind'], ...ids: string[]): StreamRecord[] =>
    ids.map((profileId, i) => {
      const change: ProfileChanged = {
        version: 1,
        id: `${i}`,
        tenant: T,
        profileId,
        profileVersion: 1,
        kind,
        at: NOW,
      };
      return {
        key: 'k',
        shard: '0',
        sequence: `${i + 1}`,
        arrivedAt: NOW,
        data: pack('{}', [JSON.stringify(change)]),
      };
    });

  async function stored(id: string): Promise<Scores | undefined> {
    const [item] = await profiles.get([profileKey(T, id, SCORES)]);
    return item && decodeScores(item);
  }

  it('costs nothing while no model serves', async () => {
    await save('a');
    expect(await scorer.step(changes('a'))).toEqual({});
    expect(await stored('a')).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('comes back to who was handled just before a model began to serve', async () => {
    await save('a');
    await scorer.step(changes('a'));
    await serve('neighbours');
    await save('b');
    await scorer.step(changes('b'));
    expect((await stored('a'))?.next?.mode).toBe('neighbours');
  });

  it('scores each changed profile once, in one question', async () => {
    await serve('neighbours');
    await serve('behaviour');
    await Promise.all(['a', 'b'].map((id) => save(id)));
    await scorer.step(changes('a', 'b', 'a'));
    expect(asked).toEqual([2]);
    expect(await stored('a')).toMatchObject({
      profileVersion: 1,
      behaviour: {
        model: 'behaviour',
        modelVersion: 'v1',
        profileVersion: 1,
        at: time,
        purchase: expect.closeTo(0.2),
        nextOrderValue: 30,
      },
      next: { mode: 'blend', model: 'behaviour', items: [{ item: expect.any(String) }, {}] },
      missing: { classes: 'no_model' },
    });
  });

  it('answers by neighbours while there is no behaviour model', async () => {
    await serve('neighbours');
    await save('a');
    await scorer.step(changes('a'));
    const found = await stored('a');
    expect(found?.behaviour).toBeUndefined();
    expect(found?.missing).toEqual({ behaviour: 'no_model', classes: 'no_model' });
    expect(found?.next).toMatchObject({
      model: 'neighbours',
      mode: 'neighbours',
      items: [{ item: second }, { item: third }],
    });
  });

  it('stops asking an endpoint that fails, keeps the last chances, and asks again later', async () => {
    await serve('neighbours');
    await serve('behaviour');
    await save('a');
    await scorer.step(changes('a'));
    const before = await stored('a');
    await save('a');
    behave = 'unavailable';
    for (let i = 0; i < 6; i++) await scorer.step(changes('a'));
    expect(asked).toHaveLength(4);
    const kept = await stored('a');
    expect(kept).toMatchObject({
      profileVersion: 2,
      next: { mode: 'neighbours', profileVersion: 2 },
      missing: { behaviour: 'endpoint_unavailable' },
    });
    expect(kept?.behaviour).toEqual(before?.behaviour);
    behave = 'answer';
    purchase = 0.7;
    time += 60_000;
    await scorer.step(changes('a'));
    expect(await stored('a')).toMatchObject({
      profileVersion: 2,
      behaviour: { profileVersion: 2, purchase: expect.closeTo(0.7) },
    });
  });

  it('finds the one that the endpoint refuses, and scores the others', async () => {
    await serve('neighbours');
    await serve('behaviour');
    await Promise.all(['a', 'b', 'c'].map((id) => save(id)));
    behave = 'refuse large';
    await scorer.step(changes('a', 'b', 'c'));
    expect(
      (await Promise.all(['a', 'b', 'c'].map(stored))).map((scores) => scores?.behaviour?.modelVersion),
    ).toEqual(['v1', 'v1', 'v1']);
  });

  it.each(['throw', 'refuse', 'no number', 'other version'] as const)(
    'goes on with the fallback when the endpoint does this: %s',
    async (what) => {
      await serve('neighbours');
      await serve('behaviour');
      await Promise.all(['a', 'b'].map((id) => save(id)));
      behave = what;
      for (let i = 0; i < 9; i++) await scorer.step(changes('a', 'b'));
      const found = await stored('a');
      expect(found?.behaviour).toBeUndefined();
      expect(found?.next?.mode).toBe('neighbours');
      // Three rounds, each with both halves where that may help; then the breaker is open.
      expect(asked).toHaveLength(what === 'refuse' ? 9 : 3);
    },
  );

  it('takes the version before when files of the promoted one were changed', async () => {
    await serve('neighbours');
    await serve('behaviour', 'v0');
    await serve('behaviour', 'v1');
    await objects.put(`models/${T}/behaviour/v1/vocabulary.json`, json({}));
    await save('a');
    behave = 'other version';
    await scorer.step(changes('a'));
    expect((await stored('a'))?.behaviour?.modelVersion).toBe('v0');
  });

  it('never replaces scores by ones of an older state', async () => {
    await serve('neighbours');
    await save('a');
    await save('a');
    await scorer.step(changes('a'));
    expect((await stored('a'))?.profileVersion).toBe(2);
    const [newer] = await profiles.get([profileKey(T, 'a', SCORES)]);
    lag = true;
    await scorer.step(changes('a'));
    expect((await profiles.get([profileKey(T, 'a', SCORES)]))[0]?.version).toBe(newer?.version);
  });

  it('says the same however often a change is delivered', async () => {
    await serve('neighbours');
    await save('a');
    await scorer.step(changes('a'));
    const once = await stored('a');
    await scorer.step(changes('a', 'a'));
    expect(await stored('a')).toEqual(once);
  });

  it('gives none to the erased, and takes away what they had', async () => {
    await serve('neighbours');
    await save('a');
    await scorer.step(changes('a'));
    expect(await stored('a')).toBeDefined();
    await save('a', (profile) => {
      profile.meta.erased = true;
    });
    await scorer.step(changes('a', 'nobody'));
    expect(await stored('a')).toBeUndefined();
    expect(await stored('nobody')).toBeUndefined();
  });

  it('takes away what a profile had that was joined into another', async () => {
    await serve('neighbours');
    await Promise.all(['device', 'user'].map((id) => save(id)));
    await scorer.step(changes('device', 'user'));
    await save('user', (profile) => profile.meta.linked.push('device'));
    await scorer.step(changes('user'));
    expect(await stored('device')).toBeDefined();
    await scorer.step(changed('merged', 'user'));
    expect(await stored('device')).toBeUndefined();
    expect(await stored('user')).toBeDefined();
  });
});
