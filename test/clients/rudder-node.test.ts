/** RudderStack's SDK for Node as it is, with only the data plane's address changed. */
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestHost, type TestHost } from '../fixtures/host.ts';
import { expectAllApplied, personOf, recentOf } from './known.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.remove());

test.each([
  { body: 'gzip labelled as a form, its default', gzip: true, userId: 'ada', source: 'packed' },
  { body: 'plain JSON', gzip: false, userId: 'eve', source: 'plain' },
])('all six calls arrive in one profile: $body', async ({ gzip, userId, source }) => {
  const writeKey = await host.addKey({ kind: 'secret', source });
  const analytics = new RudderAnalytics(writeKey, { dataPlaneUrl: host.url, gzip, logLevel: 'error' });
  analytics.identify({ userId, anonymousId: `${userId}-phone`, traits: { plan: 'gold', logins: 3 } });
  analytics.track({
    userId,
    event: 'Order Completed',
    properties: { order_id: 'o-1', total: 42.5, currency: 'EUR' },
  });
  analytics.page({ userId, name: 'Start' });
  analytics.screen({ userId, name: 'Basket' });
  analytics.group({ userId, groupId: 'acme', traits: { seats: 7 } });
  analytics.alias({ userId, previousId: `${userId}-tablet` });
  // The first call leaves at once; this one sends the rest.
  await analytics.flush();

  await expectAllApplied(host, source, 6);
  const person = await personOf(host, userId);
  expect(person.static).toMatchObject({
    traits: { plan: 'gold', logins: 3 },
    userIds: [userId],
    anonymousIds: [`${userId}-phone`, `${userId}-tablet`],
  });
  expect(person.dynamic).toMatchObject({ events: 6, totals: { orders: 1, revenue: 42.5, pageViews: 2 } });
  expect(recentOf(person).sort()).toEqual([
    'alias',
    'group',
    'identify',
    'page Start',
    'screen Basket',
    'track Order Completed',
  ]);
});

test('events beyond the rate of the key come later, each once', async () => {
  const writeKey = await host.addKey({ kind: 'secret', source: 'slow', eventsPerSecond: 1 });
  const analytics = new RudderAnalytics(writeKey, { dataPlaneUrl: host.url, flushAt: 1, logLevel: 'none' });
  for (let n = 0; n < 11; n++) analytics.track({ userId: 'max', event: 'Clicked', properties: { n } });
  await analytics.flush();

  await expectAllApplied(host, 'slow', 11);
  expect((await personOf(host, 'max')).dynamic.events).toBe(11);
});
