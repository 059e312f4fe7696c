import { CopyObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeRecord } from '../../adapters/aws/stream.ts';
import { AwsTable } from '../../adapters/aws/table.ts';
import { LedgerBatch, readLedger } from '../../domain/ledger.ts';
import { unpack } from '../../events/packed.ts';
import { entryOf, type FunctionName, functionNames, type StreamName } from '../../functions/chain.ts';
import { createSource } from '../../local/commands/aws.ts';
import { BUCKET, type Deployed, startDeployed } from '../fixtures/deployed.ts';
import type { FunctionProcess } from '../fixtures/function-process.ts';
import { readShards } from '../fixtures/kinesis-shards.ts';
import { kinesisEvent, lambdaEvent } from '../fixtures/lambda.ts';
import { rightFor, rightsOf } from './rights.ts';

const TENANT = 'shop';
let deployed: Deployed;
let writeKey = '';
let secretKey = '';

beforeAll(async () => {
  deployed = await startDeployed();
  const source = { table: 'sources', tenant: TENANT, source: 'web', rate: 1000 };
  writeKey = await createSource({ ...source, kind: 'public' });
  secretKey = await createSource({ ...source, source: 'server', kind: 'secret' });
});
afterAll(() => deployed.stop());

const basic = (key: string): string => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

/** A request in API Gateway's words, with more events after its own two. */
function batchEvent(...more: object[]): unknown {
  const event = lambdaEvent('http-batch');
  const { batch, ...rest }: { batch: object[] } = JSON.parse(String(event['body']));
  return {
    ...event,
    headers: { ...Object(event['headers']), authorization: basic(writeKey) },
    body: JSON.stringify({ ...rest, batch: [...batch, ...more] }),
  };
}

/** One environment of each function, started when first used and warm from then on. */
const warm = new Map<FunctionName, Promise<FunctionProcess>>();
function environmentOf(name: FunctionName): Promise<FunctionProcess> {
  const known = warm.get(name) ?? deployed.start(name);
  warm.set(name, known);
  return known;
}

const ledgerTable = (): AwsTable =>
  new AwsTable({ client: deployed.emulators.dynamo, name: 'ledger', clock: Date });

async function totals(): Promise<unknown> {
  const ledger = await readLedger(ledgerTable(), TENANT);
  return { ...ledger.totals, reasons: ledger.reasons, inFlight: ledger.inFlight };
}

/** Delivers everything in a stream to a function, shard by shard. */
async function deliver(target: FunctionProcess, stream: StreamName): Promise<unknown[]> {
  const replies: unknown[] = [];
  for (const { shard, records } of await readShards(deployed.emulators.kinesis, stream)) {
    replies.push(await target.invoke(kinesisEvent(stream, shard, records)));
  }
  return replies;
}

async function partsOf(stream: StreamName): Promise<string[]> {
  const shards = await readShards(deployed.emulators.kinesis, stream);
  return shards
    .flatMap(({ records }) => records)
    .flatMap(({ Data }) => unpack(decodeRecord(Data ?? new Uint8Array())).parts)
    .map((part) => Buffer.from(part).toString());
}

async function objectsBelow(prefix: string): Promise<string[]> {
  const list = new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix });
  const { Contents = [] } = await deployed.emulators.s3.send(list);
  return Contents.map(({ Key = '' }) => Key);
}

/** A request to the API, and its reply with the body parsed. */
async function ask(method: string, path: string, key = secretKey, body?: object): Promise<unknown> {
  const event = lambdaEvent('http-health');
  const { requestContext, ...rest } = event;
  const api = await environmentOf('api');
  const reply = await api.invoke({
    ...rest,
    rawPath: path,
    routeKey: 'ANY /api/{proxy+}',
    headers: { ...Object(event['headers']), authorization: `Bearer ${key}` },
    requestContext: { ...Object(requestContext), http: { ...Object(requestContext).http, method, path } },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { ...Object(reply), body: JSON.parse(Object(reply).body) };
}

async function copy(from: string, to: string): Promise<void> {
  const source = new CopyObjectCommand({ Bucket: BUCKET, CopySource: `${BUCKET}/${from}`, Key: to });
  await deployed.emulators.s3.send(source);
}

const done = { batchItemFailures: [] };

const onStream = functionNames.filter((name) => entryOf(name).trigger.kind === 'stream');

describe('bundles', () => {
  it.each(onStream)('%s is under 400 kB', (name: FunctionName) => {
    expect(deployed.bundles.get(name)?.size).toBeLessThan(400_000);
  });
});

describe('the chain, from bundles', () => {
  it('collect answers once the events are in the stream', async () => {
    const collect = await environmentOf('collect');
    expect(await collect.invoke(lambdaEvent('http-health'))).toMatchObject({ statusCode: 200 });
    expect(await collect.invoke(lambdaEvent('http-batch'))).toMatchObject({ statusCode: 401 });
    expect(
      await collect.invoke(batchEvent({ type: 'track', userId: 'ada', messageId: 'm-3' })),
    ).toMatchObject({ statusCode: 200, body: '{"success":true}' });
    expect((await partsOf('clickstream')).map((text) => JSON.parse(text).messageId)).toEqual([
      'm-1',
      'm-2',
      'm-3',
    ]);
  });

  it('clean hands on what is good and keeps what is not', async () => {
    const clean = await environmentOf('clean');
    expect(await deliver(clean, 'clickstream')).toEqual([done]);
    expect(await partsOf('events')).toHaveLength(2);
    expect(await objectsBelow('quarantine/')).toHaveLength(1);
  });

  it('features applies each event once, however often it is delivered', async () => {
    const features = await environmentOf('features');
    expect(await deliver(features, 'events')).toEqual([done]);
    const again = await deployed.start('features');
    expect(await deliver(again, 'events')).toEqual([done]);
    expect(await totals()).toEqual({
      accepted: 3,
      applied: 2,
      duplicates: 0,
      quarantined: 1,
      suppressed: 0,
      reasons: { missing_event: 1 },
      inFlight: 0,
    });
    const changes = (await partsOf('changes')).map((text): unknown => JSON.parse(text));
    expect(changes).toContainEqual(expect.objectContaining({ tenant: TENANT, kind: 'changed' }));
  });

  it('two environments that hold the same person do not write over each other', async () => {
    const collect = await environmentOf('collect');
    const properties = { product_id: 'lamp', name: 'Lamp', price: 12 };
    const looked = { type: 'track', event: 'Product Viewed', userId: 'ada', messageId: 'm-4', properties };
    await collect.invoke(batchEvent(looked));
    // Everything is delivered once more, from the first record on.
    await deliver(await environmentOf('clean'), 'clickstream');
    const second = await deployed.start('features');
    expect(await deliver(second, 'events')).toEqual([done]);
    // What the first remembers of the person is older than the table.
    expect(await deliver(await environmentOf('features'), 'events')).toEqual([done]);
    expect(await totals()).toEqual({
      accepted: 6,
      applied: 3,
      duplicates: 2,
      quarantined: 1,
      suppressed: 0,
      reasons: { missing_event: 1 },
      inFlight: 0,
    });
  });

  it('score takes word of changes, and writes nothing while no model serves', async () => {
    const score = await environmentOf('score');
    expect(await deliver(score, 'changes')).toEqual([done]);
    expect(await ask('GET', '/api/profiles/ada/scores')).toMatchObject({
      statusCode: 200,
      body: { reason: 'no_model' },
    });
  });

  it('products remembers what events say of a product, and the api shows it', async () => {
    const products = await environmentOf('products');
    expect(await deliver(products, 'events')).toEqual([done]);
    expect(await ask('GET', '/api/products')).toMatchObject({
      body: { products: [{ item: 'lamp', name: 'Lamp', price: 12 }] },
    });
    expect(await ask('GET', '/api/profiles/ada/recommendations')).toMatchObject({
      body: { items: [], visit: ['lamp'], missing: 'no_model' },
    });
  });

  it('segment and sweep list who is in a segment, and say so once', async () => {
    const rule = { kind: 'count', of: 'events', op: 'gte', value: 1 };
    const made = await ask('POST', '/api/segments', secretKey, { name: 'Everybody', rule });
    expect(made).toMatchObject({ statusCode: 200, body: { version: 1 } });
    const segment = await environmentOf('segment');
    expect(await deliver(segment, 'changes')).toEqual([done]);
    const moves = (await partsOf('memberships')).length;
    expect(moves).toBeGreaterThan(0);
    const sweep = await environmentOf('sweep');
    expect(await sweep.invoke(lambdaEvent('schedule'))).toEqual({ due: 0, passed: moves });
    expect(await deliver(segment, 'changes')).toEqual([done]);
    expect(await partsOf('memberships')).toHaveLength(moves);
    const { id } = Object(Object(made).body);
    expect(await ask('GET', `/api/segments/${id}/members`)).toMatchObject({
      statusCode: 200,
      body: { members: { length: moves } },
    });
  });

  it('deliver queues word of them for a destination, and redeliver tries again what it did not take', async () => {
    const made = await ask('POST', '/api/destinations', secretKey, { url: 'https://receiver.invalid/' });
    expect(made).toMatchObject({ statusCode: 200, body: { secret: expect.stringMatching(/^whsec_/) } });
    const deliverTo = await environmentOf('deliver');
    expect(await deliver(deliverTo, 'memberships')).toEqual([done]);
    const behind = { behind: true, delivered: 0, lastFailure: { reason: 'unresolved' } };
    expect(await ask('GET', '/api/destinations')).toMatchObject({ body: { destinations: [behind] } });
    const redeliver = await environmentOf('redeliver');
    expect(await redeliver.invoke(lambdaEvent('schedule'))).toEqual({ destinations: 1, waiting: 1 });
  });

  it('reconcile compares the books of closed minutes', async () => {
    // A closed minute, and one that changes no total: all else that was counted here is too young to be compared.
    const closed = new LedgerBatch();
    const at = { tenant: TENANT, source: 'web', receivedAt: Date.now() - 2 * 3_600_000, sequence: '1' };
    closed.note(at, 'accepted', 0);
    await closed.save(ledgerTable(), 'clean', 'closed');
    const reconcile = await environmentOf('reconcile');
    const report = { tenants: 1, compared: 1, difference: 0 };
    expect(await reconcile.invoke(lambdaEvent('schedule'))).toEqual(report);
    expect(await ask('GET', '/api/ledger')).toMatchObject({
      body: { reconciled: { difference: 0, open: [] } },
    });
  });

  it('archive writes the events to the lake, and again over themselves', async () => {
    const archive = await environmentOf('archive');
    expect(await deliver(archive, 'events')).toEqual([done]);
    const written = await objectsBelow('events/');
    expect(written).toEqual([
      expect.stringMatching(/^events\/tenant=shop\/day=[\d-]+\/hour=\d\d\/.+\.parquet$/),
    ]);
    expect(await deliver(archive, 'events')).toEqual([done]);
    expect(await objectsBelow('events/')).toEqual(written);
  });

  it('compact joins the hours that are over, without repeats, and leaves the one that is not', async () => {
    const [young = ''] = await objectsBelow('events/');
    const old = 'events/tenant=shop/day=2026-01-01/hour=00';
    for (const name of ['a', 'b']) await copy(young, `${old}/batch-${name}.parquet`);
    const compact = await environmentOf('compact');
    expect(await compact.invoke(lambdaEvent('schedule'))).toEqual({
      hours: 1,
      filesBefore: 2,
      filesAfter: 1,
      rowsBefore: 14,
      rowsAfter: 3,
    });
    expect(await objectsBelow(`${old}/`)).toHaveLength(1);
    expect(await objectsBelow('events/')).toContain(young);
    expect(await compact.invoke(lambdaEvent('schedule'))).toMatchObject({ hours: 0 });
  });

  it('api answers about the person, the events and the account', async () => {
    expect(await ask('GET', '/api/profiles/ada')).toMatchObject({
      statusCode: 200,
      body: { profile: { static: { traits: { plan: 'gold' } } } },
    });
    expect(await ask('GET', '/api/profiles/ada/events')).toMatchObject({
      body: { events: [{ messageId: 'm-4' }, { messageId: 'm-2' }, { messageId: 'm-1' }] },
    });
    expect(await ask('GET', '/api/ledger')).toMatchObject({
      body: { totals: { applied: 3 }, balanced: true },
    });
    expect(await ask('GET', '/api/quarantine')).toMatchObject({
      body: { items: [{ reason: 'missing_event' }] },
    });
    expect(await ask('GET', '/api/models')).toMatchObject({ statusCode: 200, body: { models: [] } });
    expect(await ask('GET', '/api/pipeline')).toMatchObject({
      body: { functions: [{ function: 'clean' }, { function: 'features' }] },
    });
  });

  it('api answers about nobody, and nothing to a write key', async () => {
    expect(await ask('GET', '/api/profiles/nobody')).toMatchObject({ statusCode: 404 });
    expect(await ask('GET', '/api/profiles/ada', writeKey)).toMatchObject({ statusCode: 403 });
  });

  it('api puts refused events back into the stream', async () => {
    const before = await partsOf('clickstream');
    expect(await ask('POST', '/api/quarantine/replay')).toMatchObject({ body: { replayed: 1 } });
    expect(await partsOf('clickstream')).toHaveLength(before.length + 1);
  });

  it('forget erases the person from every store, and says so once nothing holds them any more', async () => {
    const officer = await ask('POST', '/api/keys', secretKey, {
      source: 'o',
      kind: 'secret',
      role: 'privacy',
    });
    const { key } = Object(Object(officer).body);
    const made = await ask('POST', '/api/privacy/requests', key, { kind: 'erase', id: 'ada' });
    expect(made).toMatchObject({ statusCode: 200, body: { state: 'initialised' } });
    const forget = await environmentOf('forget');
    await forget.invoke(lambdaEvent('schedule'));
    expect(await forget.invoke(lambdaEvent('schedule'))).toMatchObject({ failed: 0 });
    const { id } = Object(Object(made).body);
    const request = await ask('GET', `/api/privacy/requests/${id}`);
    expect(request).toMatchObject({ body: { state: 'finished', subjects: [] } });
    const { steps } = Object(Object(request).body);
    expect(steps.map((step: { name: string; state: string }) => [step.name, step.state])).toContainEqual([
      'disk',
      'not_needed',
    ]);
    expect(await ask('GET', '/api/profiles/ada')).toMatchObject({ statusCode: 404 });
    expect(await objectsBelow('quarantine/')).toEqual([]);
  });

  it('retrain reads the history, and fails under the name that its state machine knows', async () => {
    const retrain = await environmentOf('retrain');
    const input = { tenant: TENANT, run: '2026-11-24T02:00:00Z', models: ['neighbours'] };
    await expect(retrain.invoke({ step: 'snapshot', input })).rejects.toThrow(
      'retrain failed: too_little_history',
    );
    const gate = { step: 'gate', input: { ...input, seed: 1, model: 'neighbours' } };
    await expect(retrain.invoke(gate)).rejects.toThrow('retrain failed: model_unknown');
  });

  it.each(functionNames)('%s asked for nothing that its policy denies', (name) => {
    const used = new Set(deployed.calls(name).map(rightFor));
    expect(used).toContain('secretsmanager:GetSecretValue');
    expect([...used].filter((right) => !rightsOf(name).includes(right))).toEqual([]);
  });

  it('no log names a person, an address or a key', () => {
    expect(deployed.logs()).toContain('"function":"compact"');
    expect(deployed.logs()).not.toMatch(/\bada\b|device-1|203\.0\.113|\b[sw]k_/);
  });
});
