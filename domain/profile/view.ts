/** A profile as people read it: static (who), dynamic (what they do), and the identities behind it. */
import * as z from 'zod/mini';
import { consentSignals, purposes } from '../../events/envelope.ts';
import type { Json } from '../../events/json.ts';
import { standingAnswer } from '../consent/record.ts';
import { joinIntervals, visits } from '../sessions.ts';
import { add64 } from './fold.ts';
import { joinCategories } from './merge.ts';
import { DAY_MS, DAYS, dayNames, type Part, type ProfileState, total, totalNames } from './state.ts';

/** Days after which an affinity counts half. */
const HALF_LIFE_DAYS = 30;

const described = <T extends z.core.$ZodType>(schema: T, description: string): T => {
  z.globalRegistry.add(schema, { description });
  return schema;
};

const time = (): z.ZodMiniOptional<z.ZodMiniString> => z.optional(described(z.string(), 'ISO 8601, UTC'));
const touchView = z.object({
  at: z.string(),
  url: z.optional(z.string()),
  referrer: z.optional(z.string()),
  source: z.optional(z.string()),
  medium: z.optional(z.string()),
  campaign: z.optional(z.string()),
});

export const profileView = z.object({
  static: z.object({
    traits: z.record(z.string(), z.unknown()),
    attributes: described(z.record(z.string(), z.string()), 'locale, timezone, country, channel, device'),
    userIds: z.array(z.string()),
    anonymousIds: z.array(z.string()),
    sources: z.array(z.string()),
  }),
  dynamic: z.object({
    events: described(z.number(), 'events applied'),
    checksum: described(z.string(), 'sum of message fingerprints modulo 2^64, hex'),
    firstSeen: time(),
    lastSeen: time(),
    totals: described(
      z.record(z.string(), z.number()),
      'over the whole life; amounts in units of the currency',
    ),
    last35Days: z.object({
      counts: z.record(z.string(), z.number()),
      days: z.array(
        z.object({ day: z.string(), events: z.number(), orders: z.number(), revenue: z.number() }),
      ),
      late: described(z.number(), 'events older than the window: in totals only'),
      sessions: described(z.number(), 'visits, closed by half an hour without an event'),
      sessionMinutes: z.number(),
    }),
    recencyDays: described(z.nullable(z.number()), 'days since the last order'),
    frequency: described(z.number(), 'orders'),
    monetary: described(z.number(), 'revenue less refunds'),
    affinities: described(
      z.array(
        z.object({ category: z.string(), score: z.number(), events: z.number(), purchases: z.number() }),
      ),
      'events per category, halved for every 30 days since the last one',
    ),
    recent: z.array(
      z.object({
        at: z.string(),
        type: z.string(),
        event: z.string(),
        item: z.optional(z.string()),
        category: z.optional(z.string()),
        price: z.optional(z.number()),
        quantity: z.optional(z.number()),
      }),
    ),
  }),
  firstTouch: z.optional(touchView),
  lastTouch: z.optional(touchView),
  consent: z.record(
    z.string(),
    z.object({
      granted: z.boolean(),
      at: z.string(),
      source: z.string(),
      signals: z.array(z.enum(consentSignals)),
    }),
  ),
});

export type ProfileView = z.infer<typeof profileView>;

const iso = (ms: number): string => new Date(ms).toISOString();
const units = (minor: number): number => minor / 100;
const money = new Set<string>(['revenueMinor', 'refundedMinor']);
const named = (name: string): string => (money.has(name) ? name.slice(0, -'Minor'.length) : name);

/** Sums over all parts, in the order of {@link totalNames}. */
function totalsOf(parts: readonly Part[]): number[] {
  return totalNames.map((_, i) =>
    parts.reduce((sum, part) => {
      const value = part.totals[i] ?? 0;
      return i === total.lastOrderAt ? Math.max(sum, value) : sum + value;
    }, 0),
  );
}

interface Window {
  readonly days: readonly {
    readonly day: number;
    readonly counts: readonly number[];
    readonly intervals: number[];
  }[];
}

function windowOf(parts: readonly Part[]): Window {
  const newest = Math.max(...parts.flatMap((part) => [...part.days.keys()]), Number.NEGATIVE_INFINITY);
  const days = new Map<number, { day: number; counts: number[]; intervals: number[] }>();
  for (const part of parts) {
    for (const [day, { counts, intervals }] of part.days) {
      if (day <= newest - DAYS) continue;
      const known = days.get(day) ?? { day, counts: dayNames.map(() => 0), intervals: [] };
      counts.forEach((count, i) => {
        known.counts[i] = (known.counts[i] ?? 0) + count;
      });
      known.intervals = joinIntervals(known.intervals, intervals);
      days.set(day, known);
    }
  }
  return { days: [...days.values()].sort((a, b) => a.day - b.day) };
}

function windowView({ days }: Window, events: number): ProfileView['dynamic']['last35Days'] {
  const sum = (index: number): number => days.reduce((all, { counts }) => all + (counts[index] ?? 0), 0);
  const sessions = visits(days.map(({ day, intervals }) => [day, intervals] as const));
  return {
    counts: Object.fromEntries(
      dayNames.map((name, i) => [named(name), money.has(name) ? units(sum(i)) : sum(i)]),
    ),
    days: days.map(({ day, counts }) => ({
      day: iso(day * DAY_MS).slice(0, 10),
      events: counts[0] ?? 0,
      orders: counts[4] ?? 0,
      revenue: units(counts[5] ?? 0),
    })),
    late: events - sum(0),
    sessions: sessions.length,
    sessionMinutes: sessions.reduce((all, { start, end }) => all + (end - start) / 60_000, 0),
  };
}

function affinitiesOf(parts: readonly Part[], now: number): ProfileView['dynamic']['affinities'] {
  return [...joinCategories(parts)]
    .map(([category, [events, purchases, , last]]) => {
      const days = Math.max(0, now - last) / DAY_MS;
      return { category, score: events * 2 ** (-days / HALF_LIFE_DAYS), events, purchases };
    })
    .sort((a, b) => b.score - a.score || (a.category < b.category ? -1 : 1));
}

function traitsOf(state: ProfileState): Record<string, Json> {
  const kept = [...state.traits].filter(([, { value }]) => value !== null);
  // A trait may be called __proto__; as an own property it is harmless.
  return Object.fromEntries(
    kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { value }]) => [name, value]),
  );
}

const touchOf = (register: ProfileState['firstTouch']): z.infer<typeof touchView> | undefined =>
  register && { at: iso(register.time), ...register.value };

/** The readable profile at `now` (ms): what time has done to recency and affinities is computed here. */
export function view(state: ProfileState, now: number): ProfileView {
  const parts = [...state.parts.values()];
  const totals = totalsOf(parts);
  const at = (index: number): number => totals[index] ?? 0;
  const acc = parts.reduce<[number, number]>((sum, part) => add64(sum, part.acc), [0, 0]);
  const hex = (word: number): string => word.toString(16).padStart(8, '0');
  const lastOrder = at(total.lastOrderAt);
  const [firstTouch, lastTouch] = [touchOf(state.firstTouch), touchOf(state.lastTouch)];
  return {
    static: {
      traits: traitsOf(state),
      attributes: Object.fromEntries([...state.attributes].sort().map(([name, { value }]) => [name, value])),
      userIds: [...state.userIds].sort(),
      anonymousIds: [...state.anonymousIds].sort(),
      sources: [...state.sources].sort(),
    },
    dynamic: {
      events: parts.reduce((sum, part) => sum + part.n, 0),
      checksum: hex(acc[0]) + hex(acc[1]),
      ...(state.firstSeen === undefined ? {} : { firstSeen: iso(state.firstSeen) }),
      ...(state.lastSeen === undefined ? {} : { lastSeen: iso(state.lastSeen) }),
      totals: Object.fromEntries(
        totalNames.flatMap((name, i) =>
          name === 'lastOrderAt' ? [] : [[named(name), money.has(name) ? units(at(i)) : at(i)]],
        ),
      ),
      last35Days: windowView(windowOf(parts), at(total.events)),
      recencyDays: lastOrder === 0 ? null : Math.max(0, (now - lastOrder) / DAY_MS),
      frequency: at(total.orders),
      monetary: units(at(total.revenueMinor) - at(total.refundedMinor)),
      affinities: affinitiesOf(parts, now),
      recent: state.recent.map(({ time: ms, type, event, item, category, priceMinor, quantity }) => ({
        at: iso(ms),
        type,
        event,
        ...(item === undefined ? {} : { item }),
        ...(category === undefined ? {} : { category }),
        ...(priceMinor === undefined ? {} : { price: units(priceMinor) }),
        ...(quantity === undefined ? {} : { quantity }),
      })),
    },
    ...(firstTouch ? { firstTouch } : {}),
    ...(lastTouch ? { lastTouch } : {}),
    consent: Object.fromEntries(
      purposes.flatMap((purpose) => {
        const answer = standingAnswer(state.consent.answers.get(purpose));
        if (!answer) return [];
        const { granted, at: since, source, signals } = answer;
        return [[purpose, { granted, at: iso(since), source, signals: [...signals] }]];
      }),
    ),
  };
}
