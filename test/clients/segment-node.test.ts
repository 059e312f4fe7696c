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
  analytics.identify({
    userId: 'ada',
    anonymousId: 'phone-1',
    traits: { plan: 'gold', logins: 3, address: { city: 'Turin' } },
  });
  analytics.track({
    userId: 'ada',
    event: 'Order Completed',
    properties: { order_id: 'o-1', total: 42.5, currency: 'EUR', products: [{ product_id: 'p-1', quantity: 2 }] },
  });
  analytics.page({ userId: 'ada', category: 'Docs', name: 'Start', properties: { url: 'https://shop.example/' } });
  analytics.screen({ userId: 'ada', name: 'Basket' });
  analytics.group({ userId: 'ada', groupId: 'acme', traits: { seats: 7 } });
  analytics.alias({ userId: 'ada', previousId: 'phone-0' });
  await analytics.closeAndFlush();

  expect(failures).toEqual([]);
  await expectAllApplied(host, 6);
  const { static: who, dynamic } = await personOf(host, 'ada');
  expect(who).toMatchObject({
    traits: { plan: 'gold', logins: 3, address: { city: 'Turin' } },
    userIds: ['ada'],
    anonymousIds: ['phone-0', 'phone-1'],
  });
  expect(dynamic).toMatchObject({ events: 6, totals: { orders: 1, revenue: 42.5, pageViews: 2 } });
});
