/**
 * A profile as a mergeable state (a state-based CRDT).
 *
 * Sums live in parts, one per stored profile that folded the events; a part has one writer and only grows, so joining
 * takes the copy with more events. Everything else is a minimum, a maximum, a last writer by (rank, time, id), or a
 * bounded set whose members are chosen by hash or by (time, id). None of it depends on the order of arrival.
 * Times are ms since the epoch, money is in minor units (hundredths), sums are integers.
 */
import type { CallType } from '../../events/envelope.ts';
import type { Json } from '../../events/json.ts';
import { type ConsentRecord, emptyConsent } from '../consent/record.ts';
import type { DayIntervals } from '../sessions.ts';

/** What a part counts over its life, in the order of the stored numbers. */
export const totalNames = [
  'events',
  'pageViews',
  'productViews',
  'cartAdds',
  'checkouts',
  'orders',
  'revenueMinor',
  'items',
  'refunds',
  'refundedMinor',
  'cancellations',
  'lastOrderAt',
] as const;
export type TotalName = (typeof totalNames)[number];
/** Index of a count in {@link Part.totals}. `lastOrderAt` is a maximum, the others are sums. */
export const total = Object.fromEntries(totalNames.map((name, i) => [name, i])) as {
  [N in TotalName]: number;
};

/** What a day counts, in the order of the stored numbers. */
export const dayNames = [
  'events',
  'pageViews',
  'productViews',
  'cartAdds',
  'orders',
  'revenueMinor',
] as const;
export type DayName = (typeof dayNames)[number];

/** Days kept, the newest included. */
export const DAYS = 35;
export const DAY_MS = 86_400_000;
/** Bounds of the sets. */
export const RECENT_EVENTS = 50;
export const CATEGORIES = 64;
/** 100 traits of 640 bytes, or of 1,024 where they are sealed: a profile's traits never exceed 100 KB. */
export const TRAITS = 100;
export const TRAIT_BYTES = 640;
export const SEALED_BYTES = 1024;
export const IDS = 64;

export interface Day {
  readonly counts: number[];
  /** Minutes of the day with activity. */
  readonly intervals: DayIntervals;
}

/** [events, purchases, revenueMinor, lastAt]; the last is a maximum. */
export type CategoryCounts = [events: number, purchases: number, revenueMinor: number, lastAt: number];

export interface Part {
  /** Events folded by this part's writer. */
  n: number;
  /** Sum of the fingerprints of those events modulo 2^64, as two words. */
  acc: [high: number, low: number];
  readonly totals: number[];
  /** By UTC day number. */
  readonly days: Map<number, Day>;
  readonly categories: Map<string, CategoryCounts>;
}

/** A value and what decides between two: rank (1 from trusted senders, else 0), then time, then tie. */
export interface Register<T> {
  readonly value: T;
  readonly rank: number;
  readonly time: number;
  /** 32 bits of the message's fingerprint. */
  readonly tie: number;
}

export interface Touch {
  readonly url?: string;
  readonly referrer?: string;
  readonly source?: string;
  readonly medium?: string;
  readonly campaign?: string;
}

export interface RecentEvent {
  readonly time: number;
  readonly tie: number;
  readonly type: CallType;
  readonly event: string;
  readonly item?: string;
  readonly category?: string;
  readonly priceMinor?: number;
  readonly quantity?: number;
}

export interface ProfileState {
  readonly parts: Map<string, Part>;
  /** Written once or last-writer-wins facts: `locale`, `timezone`, `country`, `device`, ... */
  readonly attributes: Map<string, Register<string>>;
  /** `null` is a deletion and kept as such. */
  readonly traits: Map<string, Register<Json>>;
  readonly consent: ConsentRecord;
  readonly userIds: Set<string>;
  readonly anonymousIds: Set<string>;
  readonly sources: Set<string>;
  firstSeen: number | undefined;
  lastSeen: number | undefined;
  firstTouch: Register<Touch> | undefined;
  lastTouch: Register<Touch> | undefined;
  /** Ascending by (time, tie), without repeats. What models read. */
  recent: RecentEvent[];
}

export function emptyState(): ProfileState {
  return {
    parts: new Map(),
    attributes: new Map(),
    traits: new Map(),
    consent: emptyConsent(),
    userIds: new Set(),
    anonymousIds: new Set(),
    sources: new Set(),
    firstSeen: undefined,
    lastSeen: undefined,
    firstTouch: undefined,
    lastTouch: undefined,
    recent: [],
  };
}

export function emptyPart(): Part {
  return { n: 0, acc: [0, 0], totals: totalNames.map(() => 0), days: new Map(), categories: new Map() };
}
