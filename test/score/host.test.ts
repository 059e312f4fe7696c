/** Scores on the running system: events in through the front door, scores out of it, with tiny models that are run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { scoresReply } from '../../functions/api/scores.ts';
import { files } from '../../local/files.ts';
import { type Host, startHost, TENANT } from '../../local/host.ts';
import { rollback } from '../../models/registry/registry.ts';
import { basic } from '../fixtures/host.ts';
import { serveTiny, vocabulary } from '../fixtures/models.ts';

let data: string;
let objects: EmbeddedObjects;
let host: Host | undefined;
let sent = 0;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'wellspring-'));
  objects = new EmbeddedObjects(files.lake(data));
});
afterEach(async () => {
  await stop();
  rmSync(data, { recursive: true });
});

const start = async (): Promise<Host> => (host = await startHost({ data, port: 0 }));
async function stop(): Promise<void> {
  const running = host;
  host = undefined;
  await running?.stop();
}

/** Several people look at an item, and everything that follows from it is done. */
async function look(running: Host, item = '', people = 3): Promise<void> {
  const batch = Array.from({ length: people }, (_, i) => ({
    type: 'track',
    event: 'Product Viewed',
    userId: `u-${i}`,
    messageId: `m-${++sent}`,
    properties: { product_id: item },
  }));
  const response = await fetch(`${running.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: basic(running.secretKey) },
    body: JSON.stringify({ batch }),
  });
  expect(response.status).toBe(200);
  const { inFlight } = await running.drain();
  expect(inFlight).toBe(0);
}

async function scoresOf(running: Host, id: string): Promise<z.infer<typeof scoresReply>> {
  const response = await fetch(`${running.url}/api/profiles/${id}/scores`, {
    headers: { authorization: `Bearer ${running.secretKey}` },
  });
  return z.parse(scoresReply, await response.json());
}

test('an event in gives scores out; a model that does not open holds nothing up; the way back works', async () => {
  const behaviour = { tenant: TENANT, name: 'behaviour' } as const;
  await serveTiny(objects, { tenant: TENANT, name: 'neighbours', version: 'v1' });
  await serveTiny(objects, { ...behaviour, version: 'v1' });

  let running = await start();
  await look(running, vocabulary.items[0]);
  const first = (await scoresOf(running, 'u-0')).scores;
  expect(first).toMatchObject({
    purchase: {
      modelVersion: 'v1',
      profileVersion: 1,
      stale: false,
      drivers: [{ effect: expect.any(Number) }],
    },
    nextItems: { model: 'behaviour', mode: 'blend', items: { length: 20 } },
    missing: { classes: 'no_model' },
  });
  await stop();

  // What was promoted is what was stored, and yet no model.
  const broken = { 'model.onnx': new TextEncoder().encode('no model') };
  await serveTiny(objects, { ...behaviour, version: 'v2', files: broken });
  running = await start();
  for (const item of vocabulary.items.slice(1, 4)) await look(running, item);
  const second = (await scoresOf(running, 'u-0')).scores;
  expect(second).toMatchObject({
    purchase: { value: first?.purchase?.value, modelVersion: 'v1', profileVersion: 1 },
    nextItems: { model: 'neighbours', mode: 'neighbours', profileVersion: 4 },
    missing: { behaviour: 'endpoint_unavailable' },
  });
  await stop();

  await rollback(objects, behaviour, { now: 0, why: 'test' });
  running = await start();
  await look(running, vocabulary.items[4]);
  for (const id of ['u-0', 'u-1', 'u-2'])
    expect((await scoresOf(running, id)).scores).toMatchObject({
      stale: false,
      purchase: { modelVersion: 'v1', profileVersion: 5, stale: false },
      nextItems: { mode: 'blend' },
    });
}, 60_000);

test('a model whose file was changed on disk gives way to the one before', async () => {
  const neighbours = { tenant: TENANT, name: 'neighbours' } as const;
  await serveTiny(objects, { ...neighbours, version: 'v1' });
  await serveTiny(objects, { tenant: TENANT, name: 'behaviour', version: 'v1', seed: 1 });
  await serveTiny(objects, { tenant: TENANT, name: 'behaviour', version: 'v2', seed: 2 });
  const key = `models/${TENANT}/behaviour/v2/model.onnx`;
  const stored = (await objects.get(key)) ?? new Uint8Array();
  await objects.put(key, stored.with(stored.length >> 1, 255 - (stored[stored.length >> 1] ?? 0)));

  const running = await start();
  await look(running, vocabulary.items[0], 1);
  expect((await scoresOf(running, 'u-0')).scores).toMatchObject({
    purchase: { modelVersion: 'v1' },
    nextItems: { mode: 'blend' },
    missing: { classes: 'no_model' },
  });
}, 60_000);
