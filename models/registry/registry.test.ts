import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { type TestFolder, testFolder } from '../../test/fixtures/folder.ts';
import type { ModelPackage } from './manifest.ts';
import {
  list,
  promote,
  publish,
  readCurrent,
  readFile,
  readManifest,
  readPointer,
  rollback,
  versionAt,
} from './registry.ts';

const ref = { tenant: 't', name: 'behaviour' };

const packageOf = (version: string, name = ref.name): ModelPackage => ({
  manifest: {
    contract: 1,
    name,
    version,
    createdAt: '2026-01-01T00:00:00.000Z',
    dataDigest: 'd'.repeat(64),
    data: { train: 8, validation: 1, holdout: 1, from: '2025-01-01', to: '2026-01-01' },
    config: { width: 8 },
    seed: 1,
    code: '0.1.0',
    schema: { inputs: [], outputs: [] },
    metrics: { ndcg: { value: 0.2, low: 0.1, high: 0.3 } },
    comparison: [],
    gate: { passed: true, checks: [] },
    calibration: {},
    distributions: {},
  },
  files: { 'model.onnx': Uint8Array.of(1, 2, 3) },
});

const reason = { now: 0, why: 'better' };

describe('registry', () => {
  let folder: TestFolder;
  let objects: EmbeddedObjects;
  beforeEach(() => {
    folder = testFolder();
    objects = new EmbeddedObjects(folder.path);
  });
  afterEach(() => folder[Symbol.dispose]());

  it('serves nothing before a promotion', async () => {
    await publish(objects, 't', packageOf('1'));
    expect(await readCurrent(objects, ref)).toBeUndefined();
    await promote(objects, ref, '1', reason);
    expect((await readCurrent(objects, ref))?.version).toBe('1');
  });

  it('returns files as they were, and refuses changed ones', async () => {
    const manifest = await publish(objects, 't', packageOf('1'));
    expect([...(await readFile(objects, ref, manifest, 'model.onnx'))]).toEqual([1, 2, 3]);
    await objects.put('models/t/behaviour/1/model.onnx', Uint8Array.of(1, 2, 4));
    await expect(readFile(objects, ref, manifest, 'model.onnx')).rejects.toMatchObject({
      code: 'model_corrupt',
    });
    const wider = { ...manifest, config: { width: 9 } };
    await objects.put('models/t/behaviour/1/manifest.json', Buffer.from(JSON.stringify(wider)));
    await expect(readManifest(objects, ref, '1')).rejects.toMatchObject({ code: 'model_corrupt' });
    await objects.put('models/t/behaviour/1/manifest.json', Uint8Array.of(1));
    await expect(readManifest(objects, ref, '1')).rejects.toMatchObject({ code: 'model_corrupt' });
  });

  it('refuses versions that do not exist, and a rollback with nothing before', async () => {
    await expect(promote(objects, ref, '9', reason)).rejects.toMatchObject({ code: 'model_unknown' });
    await publish(objects, 't', packageOf('1'));
    await promote(objects, ref, '1', reason);
    await expect(rollback(objects, ref, reason)).rejects.toMatchObject({ code: 'model_unknown' });
  });

  it('lists models of one tenant only, newest version first', async () => {
    for (const version of ['1', '2']) await publish(objects, 't', packageOf(version));
    await publish(objects, 't', packageOf('1', 'classes'));
    await publish(objects, 'other', packageOf('7'));
    await promote(objects, ref, '2', reason);
    const found = await list(objects, 't');
    expect(
      found.map(({ name, champion, versions }) => [name, champion, versions.map(({ version }) => version)]),
    ).toEqual([
      ['behaviour', '2', ['2', '1']],
      ['classes', undefined, ['1']],
    ]);
  });

  it('undoes promotions one by one, whatever their order', async () => {
    const versions = ['1', '2', '3'];
    for (const version of versions) await publish(objects, 't', packageOf(version));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...versions), { minLength: 1, maxLength: 8 }),
        async (order) => {
          await objects.delete(['models/t/behaviour/current.json']);
          for (const version of order) await promote(objects, ref, version, reason);
          const expected = order.filter((version, i) => version !== order[i - 1]);
          while (expected.length > 1) {
            expect((await readPointer(objects, ref))?.champion).toBe(expected.pop());
            await rollback(objects, ref, reason);
          }
          expect((await readPointer(objects, ref))?.champion).toBe(expected[0]);
        },
      ),
      { numRuns: 20 },
    );
  });
});

it('names versions so that they sort by time', () => {
  expect(versionAt(Date.UTC(2026, 0, 31, 9, 30), 'abcdef0123')).toBe('20260131T093000Z-abcdef01');
});
