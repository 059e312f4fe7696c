/** What is asked of the funnel, as the page keeps it, and as the API takes it. */
import type { Attribute } from '../../../../events/attributes.ts';
import type { Input } from '../../../api/client.ts';

export interface Filter {
  readonly id: number;
  readonly property: string;
  readonly value: string;
}
export interface Step {
  /** Names the step while it is moved about. */
  readonly id: number;
  readonly event: string;
  readonly filters: readonly Filter[];
}
export interface Question {
  readonly steps: readonly Step[];
  readonly windowHours: number;
  readonly by: Attribute | 'none' | 'property';
  readonly property: string;
}

export const MOST_STEPS = 8;
export const MOST_FILTERS = 4;

/** From looking to buying, as every shop with Segment's e-commerce events has it. */
export const firstQuestion: Question = {
  steps: ['Product Viewed', 'Product Added', 'Checkout Started', 'Order Completed'].map((event, id) => ({
    id,
    event,
    filters: [],
  })),
  windowHours: 7 * 24,
  by: 'none',
  property: '',
};

/** Names to choose from; any other may be typed. */
export const usualEvents = [
  'Product List Viewed',
  'Products Searched',
  'Product Viewed',
  'Product Added',
  'Cart Viewed',
  'Checkout Started',
  'Order Completed',
  'Order Refunded',
  'Survey Answered',
  'Review Submitted',
  'Ad Impression',
  'Ad Clicked',
  'Email Opened',
  'Email Link Clicked',
];

/** A text that reads as a number or truth value is one; in quotes it is a text. */
function valueOf(text: string): string | number | boolean {
  const trimmed = text.trim();
  if (/^".*"$/.test(trimmed)) return trimmed.slice(1, -1);
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  const number = Number(trimmed);
  return trimmed !== '' && Number.isFinite(number) ? number : trimmed;
}

type Body = Input<'POST /api/funnel'>['body'];

/** The body of the request; undefined while a step has no name. */
export function bodyOf({ steps, windowHours, by, property }: Question, from: string): Body | undefined {
  const named = steps.filter(({ event }) => event.trim() !== '');
  if (named.length < 2) return undefined;
  return {
    from,
    windowHours,
    steps: named.map(({ event, filters }) => ({
      event: event.trim(),
      where: filters
        .filter((filter) => filter.property.trim() !== '')
        .map((filter) => ({ property: filter.property.trim(), is: valueOf(filter.value) })),
    })),
    ...breakdownOf(by, property.trim()),
  };
}

function breakdownOf(by: Question['by'], property: string): Pick<Body, 'breakdown'> {
  if (by === 'none' || (by === 'property' && property === '')) return {};
  return { breakdown: by === 'property' ? { property } : { attribute: by } };
}
