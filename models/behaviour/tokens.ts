/**
 * Histories as token indices. A token is one event: its item, kind, category, price bucket and the bucket of the time
 * since the event before. One more token closes every history: "now", with the time since the last event, so that
 * silence counts. What happens next is read from the last event, what becomes of the customer from "now".
 */
import type { Tensor, TensorSpec } from '../../domain/endpoint.ts';
import { type Fields, fieldNames } from './config.ts';
import type { BehaviourEvent, Example } from './example.ts';
import { PADDING, type Sequence, UNKNOWN } from './sequence.ts';
import type { Vocabulary } from './vocabulary.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Upper bounds of the time buckets, ms. */
const gaps = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  12 * HOUR,
  DAY,
  3 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  60 * DAY,
  120 * DAY,
];
/** Kind of the closing token; the vocabulary's own kinds come after it. */
export const NOW = 2;

/** Tokens of the inputs of the served model, all [batch, length], and `lengths` [batch, 1] with the closing token. */
export const inputSpecs = (length: number): readonly TensorSpec[] => [
  ...['item', ...fieldNames].map((name) => ({ name, datatype: 'INT64' as const, shape: [-1, length] })),
  { name: 'lengths', datatype: 'INT64', shape: [-1, 1] },
];

/** Sizes of the tables beside the item's. */
export const fieldSizes = ({ kinds, categories, prices }: Vocabulary): Fields => ({
  kind: NOW + 1 + kinds.length,
  category: UNKNOWN + 1 + categories.length,
  // n cuts make n + 1 buckets.
  price: UNKNOWN + 2 + prices.length,
  gap: UNKNOWN + 2 + gaps.length,
});

/** The newest `length - 1` events and the closing token. Never fails: what is not known or no number becomes unknown. */
export function tokensOf(example: Example, vocabulary: Vocabulary, length: number): Sequence {
  const events = example.events.slice(Math.max(0, example.events.length - (length - 1)));
  // The event before the first one that is kept, so that cutting a history changes no bucket.
  const before = example.events[example.events.length - events.length - 1];
  const times = [before?.at, ...events.map(({ at }) => at)];
  const column = (of: (event: BehaviourEvent) => number, last: number): number[] => [...events.map(of), last];
  return {
    items: column(({ item }) => vocabulary.itemRow(item), UNKNOWN),
    fields: {
      kind: column(({ kind }) => vocabulary.kindRow(kind), NOW),
      category: column(({ category }) => vocabulary.categoryRow(category), UNKNOWN),
      price: column(({ price }) => priceBucket(price, vocabulary.prices), UNKNOWN),
      gap: [...events.map(({ at }) => at), example.cut].map((at, i) => gapBucket(times[i], at)),
    },
    outcomes: example.labels,
  };
}

const bucketOf = (value: number, bounds: readonly number[]): number => {
  const at = bounds.findIndex((bound) => value < bound);
  return UNKNOWN + 1 + (at < 0 ? bounds.length : at);
};

const priceBucket = (price: number | undefined, prices: readonly number[]): number =>
  price === undefined || !Number.isFinite(price) ? UNKNOWN : bucketOf(price, prices);

function gapBucket(from: number | undefined, to: number): number {
  const gap = from === undefined ? Number.NaN : to - from;
  return Number.isNaN(gap) ? UNKNOWN : bucketOf(gap, gaps);
}

/** The served model's inputs, in the order of {@link inputSpecs}. */
export function encodeBatch(examples: readonly Example[], vocabulary: Vocabulary, length: number): Tensor[] {
  const shape = [examples.length, length];
  const cells = (): BigInt64Array => new BigInt64Array(examples.length * length).fill(BigInt(PADDING));
  const columns = new Map(['item', ...fieldNames].map((name) => [name, cells()]));
  const lengths = new BigInt64Array(examples.length);
  examples.forEach((example, i) => {
    const { items, fields } = tokensOf(example, vocabulary, length);
    lengths[i] = BigInt(items.length);
    for (const [name, column] of columns) {
      const values = name === 'item' ? items : fields?.[fieldName(name)];
      for (let j = 0; j < items.length; j++) column[i * length + j] = BigInt(values?.[j] ?? PADDING);
    }
  });
  return [
    ...[...columns].map(([name, data]): Tensor => ({ name, datatype: 'INT64', shape, data })),
    { name: 'lengths', datatype: 'INT64', shape: [examples.length, 1], data: lengths },
  ];
}

function fieldName(name: string): keyof Fields {
  const found = fieldNames.find((field) => field === name);
  if (!found) throw new RangeError(`no field ${name}`);
  return found;
}
