/** A typical event of a shop's page, for tests and measurements. */
import type { Outcome } from '../../domain/outcome.ts';
import type { CleanEvent, Envelope } from '../../events/envelope.ts';
import type { CleanContext } from './draft.ts';
import { cleanEvent } from './event.ts';
import { defaultRules } from './rules.ts';

export const RECEIVED = Date.UTC(2026, 10, 23, 15);

export const exampleEnvelope: Envelope = {
  version: 1,
  tenant: 'shop',
  source: 'web',
  trust: 'public',
  receivedAt: RECEIVED,
  sentAt: RECEIVED - 40,
  ip: '203.0.113.0',
};

export const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** About 650 bytes as JSON. `n` makes ids and values differ. */
export const exampleEvent = (n: number): Record<string, unknown> => ({
  type: 'track',
  event: 'Product Viewed',
  userId: `user-${n}`,
  anonymousId: `5a3c0c3e-1f0d-4e8e-9b53-${n}`,
  messageId: `ajs-next-1700000000000-${n}`,
  timestamp: new Date(RECEIVED - 1000).toISOString(),
  properties: {
    product_id: `sku-${n % 500}`,
    name: 'Cotton shirt, blue',
    category: 'shirts/men',
    price: 5 + (n % 40),
    currency: 'EUR',
    quantity: 1,
  },
  context: {
    page: {
      url: `https://shop.example/p/${n % 500}?utm_source=news&utm_medium=email`,
      path: `/p/${n % 500}`,
      referrer: 'https://www.google.com/',
      title: 'Cotton shirt, blue',
    },
    userAgent: chrome,
    locale: 'en-GB',
    library: { name: 'analytics.js', version: 'next-1.84.3' },
  },
});

export const exampleContext: CleanContext = { secret: '00'.repeat(32), rules: defaultRules };

/** Cleans a value written as JSON, or JSON text as it is. */
export function cleanJson(
  event: unknown,
  envelope: Partial<Envelope> = {},
  context: Partial<CleanContext> = {},
): Outcome<CleanEvent> {
  const bytes = new TextEncoder().encode(typeof event === 'string' ? event : JSON.stringify(event));
  const input = { envelope: { ...exampleEnvelope, ...envelope }, bytes, receipt: '0:1:2' };
  return cleanEvent(input, { ...exampleContext, ...context });
}

/** The clean event. @throws when the event was refused. */
export function cleanOk(...parameters: Parameters<typeof cleanJson>): CleanEvent {
  const outcome = cleanJson(...parameters);
  if (outcome.kind !== 'ok') throw new Error(`${outcome.kind}: ${outcome.reason}`);
  return outcome.value;
}
