/** The events of the shop, by Segment's e-commerce spec. */

import { type Product, productOf } from './catalogue.ts';
import type { Person } from './people.ts';
import type { Line } from './state.ts';
import { call } from './tag.ts';

export const CURRENCY = 'USD';
const CAMPAIGN = { campaign_id: 'shop-banner', campaign_name: 'For you', channel: 'site' } as const;

const fieldsOf = ({ product_id, name, category, price }: Product) => ({
  product_id,
  name,
  category,
  price,
  currency: CURRENCY,
  url: new URL(`/shop/product/${product_id}`, location.origin).href,
});

const linesOf = (lines: readonly Line[]) =>
  lines.flatMap(({ item, quantity }) => {
    const product = productOf(item);
    return product ? [{ ...fieldsOf(product), quantity }] : [];
  });

/** In units of the currency, exact to the cent. */
export const totalOf = (lines: readonly Line[]): number =>
  Math.round(linesOf(lines).reduce((sum, { price, quantity }) => sum + 100 * price * quantity, 0)) / 100;

const money = (lines: readonly Line[]) => ({
  total: totalOf(lines),
  revenue: totalOf(lines),
  currency: CURRENCY,
  products: linesOf(lines),
});
const track = (event: string, properties: object): void => call('track', event, properties);

export const page = (name: string): void => call('page', name);

export const listViewed = (category: string | undefined, products: readonly Product[]): void =>
  track('Product List Viewed', {
    list_id: category ?? 'all',
    ...(category === undefined ? {} : { category }),
    products: products.slice(0, 12).map(fieldsOf),
  });
export const searched = (query: string): void => track('Products Searched', { query });
export const viewed = (product: Product): void => track('Product Viewed', fieldsOf(product));
export const added = (product: Product, quantity: number): void =>
  track('Product Added', { ...fieldsOf(product), quantity });
export const removed = (product: Product, quantity: number): void =>
  track('Product Removed', { ...fieldsOf(product), quantity });
export const cartViewed = (lines: readonly Line[]): void =>
  track('Cart Viewed', { value: totalOf(lines), currency: CURRENCY, products: linesOf(lines) });
export const checkoutStarted = (order: string, lines: readonly Line[]): void =>
  track('Checkout Started', { order_id: order, ...money(lines) });
export const ordered = (order: string, lines: readonly Line[]): void =>
  track('Order Completed', { order_id: order, ...money(lines) });

const adOf = (product: Product, placement: string) => ({
  ...CAMPAIGN,
  ad_id: `shop-banner-${product.product_id}`,
  creative_id: product.product_id,
  placement,
});
export const adSeen = (product: Product, placement: string): void =>
  track('Ad Impression', adOf(product, placement));
export const adClicked = (product: Product, placement: string): void =>
  track('Ad Clicked', adOf(product, placement));

export interface Answer {
  readonly question_id: string;
  readonly question: string;
  readonly kind: 'nps' | 'csat' | 'text';
  readonly score?: number;
  readonly comment?: string;
}

/** One event per question; the order joins them. */
export function surveyAnswered(order: string, answers: readonly Answer[]): void {
  for (const answer of answers)
    track('Survey Answered', {
      survey_id: 'after-order',
      survey_name: 'After the order',
      response_id: order,
      stage: 'order',
      channel: 'site',
      ...answer,
    });
}

/** `token`: with which the shop's server vouches for the person. Nobody: the device is a stranger again. */
export function identified(person: Person | undefined, token: string | undefined): void {
  if (!person) call('reset');
  else
    call('identify', person.userId, { name: person.name }, token === undefined ? {} : { userToken: token });
}
