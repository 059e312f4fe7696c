/** Segment's SDK for Node as it is, with only the host changed. */
import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestHost, type TestHost } from '../fixtures/host.ts';
import { expectAllApplied, personOf, recentOf } from './known.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.remove());

test('all six calls arrive in one profile', async () => {
  const analytics = new Analytics({ writeKey: host.secretKey, host: host.url });
  const failures: unknown[] = [];
  analytics.on('error', (error) => failures.push(error));
  analytics.track({ anonymousId: 'phone-0', event: 'App Opened' });
  analytics.identify({
    userId: 'ada',
    anonymousId: 'phone-1',
    traits: { plan: 'gold', logins: 3, address: { city: 'Turin' } },
  });
  analytics.track({
    userId: 'ada',
    event: 'Order Completed',
    properties: {
      order_id: 'o-1',
      total: 42.5,
      currency: 'EUR',
      products: [{ product_id: 'p-1', quantity: 2 }],
    },
  });
  analytics.page({ userId: 'ada', category: 'Docs', name: 'Start' });
  analytics.screen({ userId: 'ada', name: 'Basket' });
  analytics.group({ userId: 'ada', groupId: 'acme', traits: { seats: 7 } });
  analytics.alias({ userId: 'ada', previousId: 'phone-0' });
  await analytics.closeAndFlush();

  expect(failures).toEqual([]);
  await expectAllApplied(host, 'server', 7);
  const person = await personOf(host, 'ada');
  expect(person.static).toMatchObject({
    traits: { plan: 'gold', logins: 3, address: { city: 'Turin' } },
    userIds: ['ada'],
    anonymousIds: ['phone-0', 'phone-1'],
  });
  expect(person.dynamic).toMatchObject({ events: 7, totals: { orders: 1, revenue: 42.5, pageViews: 2 } });
  expect(recentOf(person).sort()).toEqual([
    'alias',
    'group',
    'identify',
    'page Start',
    'screen Basket',
    'track App Opened',
    'track Order Completed',
  ]);
});

test('events beyond the rate of the key come later, each once', async () => {
  const writeKey = await host.addKey({ kind: 'secret', source: 'slow', eventsPerSecond: 1 });
  const analytics = new Analytics({ writeKey, host: host.url, flushAt: 1 });
  for (let n = 0; n < 11; n++) analytics.track({ userId: 'eve', event: 'Clicked', properties: { n } });
  await analytics.closeAndFlush();

  await expectAllApplied(host, 'slow', 11);
  expect((await personOf(host, 'eve')).dynamic.events).toBe(11);
});
