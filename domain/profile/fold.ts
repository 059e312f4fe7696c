/** state + event -> state. The order in which events come does not matter; see `fold.property.test.ts`. */
import type { CleanEvent } from '../../events/envelope.ts';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { addConsent } from '../consent/record.ts';
import type { Fingerprint } from '../ids.ts';
import { addMinute } from '../sessions.ts';
import { isSealed } from '../vault/seal.ts';
import { boundByHash } from './bounded.ts';
import { amountOf, type Line, lineOf, linesOf } from './commerce.ts';
import { addRecent, earlier, later, setLast } from './registers.ts';
import {
  CATEGORIES,
  type CategoryCounts,
  DAY_MS,
  DAYS,
  type Day,
  dayNames,
  emptyPart,
  IDS,
  type Part,
  type ProfileState,
  type Register,
  SEALED_BYTES,
  type Touch,
  TRAIT_BYTES,
  TRAITS,
  total,
} from './state.ts';

type Marked = <T>(value: T) => Register<T>;

/**
 * Adds an event that was not folded before. Changes `state` in place and returns it: the caller owns it.
 * `message`: fingerprint of the event. `partId`: the stored profile whose writer calls.
 */
export function fold(
  state: ProfileState,
  event: CleanEvent,
  message: Fingerprint,
  partId: string,
): ProfileState {
  let part = state.parts.get(partId);
  if (!part) state.parts.set(partId, (part = emptyPart()));
  const rank = event.trust === 'public' ? 0 : 1;
  const marked: Marked = (value) => ({ value, rank, time: event.timestamp, tie: message[0] });
  count(part, event, message);
  identify(state, event);
  remember(state, event, marked);
  return state;
}

function count(part: Part, event: CleanEvent, message: Fingerprint): void {
  part.n++;
  part.acc = add64(part.acc, message);
  const { totals } = part;
  bump(totals, total.events, 1);
  const number = Math.floor(event.timestamp / DAY_MS);
  const day = dayOf(part, number);
  if (day) {
    bump(day.counts, 0, 1);
    addMinute(day.intervals, Math.floor((event.timestamp - number * DAY_MS) / 60_000));
  }
  if (event.type === 'page' || event.type === 'screen') bumpBoth(part, day, total.pageViews, 1, 1);
  else if (event.type === 'track') countCommerce(part, day, event);
}

function bump(counts: number[], index: number, by: number): void {
  counts[index] = (counts[index] ?? 0) + by;
}

function bumpBoth(part: Part, day: Day | undefined, inTotals: number, inDay: number, by: number): void {
  bump(part.totals, inTotals, by);
  if (day) bump(day.counts, inDay, by);
}

function countCommerce(part: Part, day: Day | undefined, event: CleanEvent): void {
  switch (event.event) {
    case 'Product Viewed':
      bumpBoth(part, day, total.productViews, 2, 1);
      countCategory(part, lineOf(event.properties), event.timestamp, 0);
      return;
    case 'Product Added':
      bumpBoth(part, day, total.cartAdds, 3, 1);
      countCategory(part, lineOf(event.properties), event.timestamp, 0);
      return;
    case 'Checkout Started':
      bump(part.totals, total.checkouts, 1);
      return;
    case 'Order Completed':
      countOrder(part, day, event);
      return;
    case 'Order Refunded':
      bump(part.totals, total.refunds, 1);
      bump(part.totals, total.refundedMinor, amountOf(event, linesOf(event.properties)));
      return;
    case 'Order Cancelled':
      bump(part.totals, total.cancellations, 1);
      return;
    default:
  }
}

function countOrder(part: Part, day: Day | undefined, event: CleanEvent): void {
  const lines = linesOf(event.properties);
  bumpBoth(part, day, total.orders, 4, 1);
  bumpBoth(part, day, total.revenueMinor, 5, amountOf(event, lines));
  bump(
    part.totals,
    total.items,
    lines.reduce((sum, line) => sum + line.quantity, 0),
  );
  part.totals[total.lastOrderAt] = Math.max(part.totals[total.lastOrderAt] ?? 0, event.timestamp);
  for (const line of lines) countCategory(part, line, event.timestamp, line.quantity);
}

function countCategory(part: Part, line: Line, time: number, purchased: number): void {
  if (line.category === undefined) return;
  const counts: CategoryCounts = part.categories.get(line.category) ?? [0, 0, 0, 0];
  counts[0] += 1;
  counts[1] += purchased;
  counts[2] += purchased * (line.priceMinor ?? 0);
  counts[3] = Math.max(counts[3], time);
  part.categories.set(line.category, counts);
  boundByHash(part.categories, CATEGORIES);
}

/** The day's counts; undefined for a day that has already left the window. */
function dayOf(part: Part, number: number): Day | undefined {
  const known = part.days.get(number);
  if (known) return known;
  let newest = number;
  for (const day of part.days.keys()) if (day > newest) newest = day;
  if (number <= newest - DAYS) return undefined;
  const day: Day = { counts: dayNames.map(() => 0), intervals: [] };
  part.days.set(number, day);
  for (const old of part.days.keys()) if (old <= newest - DAYS) part.days.delete(old);
  return day;
}

/** Sum modulo 2^64. */
export function add64(a: readonly [number, number], b: readonly [number, number]): [number, number] {
  const low = a[1] + b[1];
  return [(a[0] + b[0] + (low > 0xffffffff ? 1 : 0)) >>> 0, low >>> 0];
}

function identify(state: ProfileState, event: CleanEvent): void {
  if (event.userId !== undefined) addId(state.userIds, event.userId);
  if (event.anonymousId !== undefined) addId(state.anonymousIds, event.anonymousId);
  if (event.previousId !== undefined) addId(state.anonymousIds, event.previousId);
  addId(state.sources, event.source);
}

function addId(ids: Set<string>, id: string): void {
  if (ids.has(id)) return;
  ids.add(id);
  boundByHash(ids, IDS);
}

function remember(state: ProfileState, event: CleanEvent, marked: Marked): void {
  const { timestamp } = event;
  if (state.firstSeen === undefined || timestamp < state.firstSeen) state.firstSeen = timestamp;
  if (state.lastSeen === undefined || timestamp > state.lastSeen) state.lastSeen = timestamp;
  if (event.type === 'identify') setTraits(state, event.traits, marked);
  setAttributes(state, event, marked);
  if (event.type === 'page' || event.type === 'track') setTouches(state, event.context, marked);
  addConsent(state.consent, event);
  const { tie } = marked(0);
  const line: Line | undefined = event.type === 'track' ? lineOf(event.properties) : undefined;
  addRecent(state.recent, {
    time: timestamp,
    tie,
    type: event.type,
    event: event.event,
    ...(line?.item === undefined ? {} : { item: line.item }),
    ...(line?.category === undefined ? {} : { category: line.category }),
    ...(line?.priceMinor === undefined ? {} : { priceMinor: line.priceMinor }),
    ...(line?.item === undefined ? {} : { quantity: line.quantity }),
  });
}

function setTraits(state: ProfileState, traits: JsonObject, marked: Marked): void {
  for (const [name, value] of Object.entries(traits)) {
    const kept = boundedTrait(value);
    if (kept !== undefined && name.length <= 128) setLast(state.traits, name, marked(kept));
  }
  boundByHash(state.traits, TRAITS);
}

/** A long text is cut; a large structure, or what is sealed, is left out: half of it would mean something else. */
function boundedTrait(value: Json): Json | undefined {
  if (typeof value === 'string') {
    if (isSealed(value)) return value.length <= SEALED_BYTES ? value : undefined;
    return value.slice(0, TRAIT_BYTES);
  }
  if (typeof value !== 'object' || value === null) return value;
  return JSON.stringify(value).length <= TRAIT_BYTES ? value : undefined;
}

const attributeNames = ['locale', 'timezone', 'country', 'channel'] as const;

function setAttributes(state: ProfileState, event: CleanEvent, marked: Marked): void {
  for (const name of attributeNames) {
    const value = event.context[name];
    if (typeof value === 'string' && value !== '')
      setLast(state.attributes, name, marked(value.slice(0, 64)));
  }
  const device = event.context['device'];
  if (!isObject(device)) return;
  for (const name of ['type', 'os', 'browser']) {
    const value = device[name];
    if (typeof value === 'string') setLast(state.attributes, `device.${name}`, marked(value.slice(0, 64)));
  }
}

const short = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 256) : undefined;

/** First and last arrival from outside: a campaign, or a referrer. */
function setTouches(state: ProfileState, context: JsonObject, marked: Marked): void {
  const page = isObject(context['page']) ? context['page'] : {};
  const campaign = isObject(context['campaign']) ? context['campaign'] : {};
  const touch: Touch = Object.fromEntries(
    Object.entries({
      url: short(page['url']),
      referrer: short(page['referrer']),
      source: short(campaign['source']),
      medium: short(campaign['medium']),
      campaign: short(campaign['name']),
    }).filter(([, value]) => value !== undefined),
  );
  if (touch.referrer === undefined && touch.source === undefined && touch.campaign === undefined) return;
  state.firstTouch = earlier(state.firstTouch, marked(touch));
  state.lastTouch = later(state.lastTouch, marked(touch));
}
