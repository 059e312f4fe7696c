/** Threats that come as events: ids of others, people of others, prototypes, bombs, keys that were ended. */
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { KeyCache, newKey, registration } from '../../domain/keys.ts';
import { ledgerReply } from '../../functions/api/ledger.ts';
import { profileReply } from '../../functions/api/profiles.ts';
import { segmentView } from '../../functions/api/segments/definitions.ts';
import { readBody } from '../../functions/collect/body.ts';
import { NOW, type TestChain, testChain } from '../api/chain.ts';
import { valueOf } from '../api/reply.ts';

const timestamp = new Date(NOW - 60_000).toISOString();
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0';
const profileOf = async ({ ask }: TestChain, id: string) =>
  valueOf(await ask(`/api/profiles/${id}`), profileReply);

it('an attacker who uses a thousand message ids of another source suppresses none of its events', async () => {
  using chain = await testChain();
  const track = (anonymousId: string) =>
    Array.from({ length: 1000 }, (_, i) => ({
      type: 'track',
      event: 'Looked',
      messageId: `m-${i}`,
      anonymousId,
      timestamp,
    }));
  await chain.send({ source: 'attacker', trust: 'public', userAgent }, ...track('victim'));
  await chain.send({ source: 'web', trust: 'public', userAgent }, ...track('victim'));
  const { totals } = valueOf(await chain.ask('/api/ledger'), ledgerReply);
  expect(totals).toMatchObject({ accepted: 2000, applied: 2000, duplicates: 0 });
  await chain.send({ source: 'web', trust: 'public', userAgent }, ...track('victim'));
  const after = valueOf(await chain.ask('/api/ledger'), ledgerReply);
  expect(after.totals).toMatchObject({ accepted: 3000, applied: 2000, duplicates: 1000 });
});

it('a page that says it is somebody changes nothing of that person, and makes them enter nothing', async () => {
  using chain = await testChain();
  const rule = { kind: 'trait', name: 'plan', op: 'eq', value: 'evil' };
  const body = JSON.stringify({ name: 'Evil', rule });
  valueOf(await chain.ask('/api/segments', { method: 'POST', body }), segmentView);
  const identify = { type: 'identify', userId: 'ada', timestamp };
  await chain.send({}, { ...identify, messageId: 'a', traits: { plan: 'gold' } });
  const before = await profileOf(chain, 'ada');
  await chain.send(
    { trust: 'public', userAgent },
    {
      ...identify,
      messageId: 'b',
      anonymousId: 'evil-1',
      traits: { plan: 'evil', email: 'evil@example.com' },
    },
    { type: 'alias', userId: 'evil', previousId: 'ada', messageId: 'c', timestamp },
    { type: 'track', event: 'Looked', userId: 'ada', anonymousId: 'evil-2', messageId: 'd', timestamp },
  );
  chain.wait(60_000);
  await chain.sweep();
  const after = await profileOf(chain, 'ada');
  expect(after.items[0]).toEqual(before.items[0]);
  const own = before.items[0]?.profileId;
  expect(chain.announced().filter(({ profileId }) => profileId === own)).toEqual([]);
});

it('no worker’s prototypes change, wherever an event reaches for them', async () => {
  using chain = await testChain();
  const names = ['__proto__', 'constructor', 'prototype'];
  const reach = (name: string): string =>
    `{"${name}":{"polluted":1,"prototype":{"polluted":1},"__proto__":{"polluted":1}}}`;
  const places = ['properties', 'traits', 'context', 'integrations', 'options'];
  const events = names.flatMap((name) => [
    ...places.map((place) => `"${place}":${reach(name)}`),
    `"properties":{"products":[${reach(name)},{"${name}":[${reach(name)}]}]}`,
    `"context":{"traits":${reach(name)},"campaign":${reach(name)},"consent":${reach(name)}}`,
    `"${name}":{"polluted":1}`,
    `"traits":{"a":{"b":{"c":${reach(name)}}}}`,
  ]);
  const whole = events.flatMap((part, i) =>
    ['track', 'identify'].map(
      (type) =>
        `{"type":"${type}","event":"Order Completed","userId":"u-${i}","messageId":"${type}-${i}","timestamp":"${timestamp}",${part}}`,
    ),
  );
  await chain.send({}, ...whole);
  const ids = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
  await chain.send(
    {},
    ...ids.flatMap((id) => [
      { type: 'identify', userId: id, messageId: `i-${id}`, timestamp, traits: { plan: id } },
      {
        type: 'track',
        event: id,
        anonymousId: id,
        messageId: `t-${id}`,
        timestamp,
        properties: { product_id: id, category: id },
      },
    ]),
  );
  for (const id of ids) expect((await profileOf(chain, id)).profile.static.traits).toEqual({ plan: id });
  const { balanced, totals } = valueOf(await chain.ask('/api/ledger'), ledgerReply);
  expect({ balanced, accepted: totals.accepted }).toEqual({
    balanced: true,
    accepted: whole.length + 2 * ids.length,
  });
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

it('a megabyte that unfolds to a gigabyte costs next to nothing', () => {
  // Members of a gzip file follow one another: a thousand times the same.
  const member = gzipSync(Buffer.alloc(1 << 20), { level: 9 });
  const bomb = Buffer.concat(Array.from({ length: 1000 }, () => member));
  expect(bomb.length).toBeGreaterThan(1_000_000);
  const before = process.memoryUsage().rss;
  const begun = process.cpuUsage();
  expect(() => readBody(bomb, 'gzip')).toThrow('larger than 500 KB');
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1000).toBeLessThan(50);
  expect(process.memoryUsage().rss - before).toBeLessThan(20 << 20);
});

it('a key that was ended is refused within a minute by processes that remember it', async () => {
  const table = new EmbeddedTable({ path: ':memory:', clock: { now: () => NOW } });
  const key = newKey('secret');
  const source = { tenant: 't', source: 's', kind: 'secret', disabled: false, eventsPerSecond: 1 } as const;
  await table.put([registration(key, source)]);
  const remembering = new KeyCache(table);
  expect(await remembering.find(key, NOW)).toMatchObject({ disabled: false });
  await table.put([registration(key, { ...source, disabled: true })]);
  expect(await remembering.find(key, NOW + 60_000)).toMatchObject({ disabled: true });
  table.close();
});
