/** When an event happened, although client clocks are wrong. */
import type { Json } from '../events/json.ts';
import type { Flag } from '../events/reasons.ts';

const MINUTE = 60_000;
/** An event this much ahead of its receipt is set to the time of receipt. */
const FUTURE_MS = 5 * MINUTE;
/** Daily figures reach back this far; older events count in totals only. */
export const LATE_MS = 35 * 24 * 60 * MINUTE;
/** Less than this is network and rounding, not a wrong clock. */
const SKEW_MS = MINUTE;
/** The years that a date can carry at all. */
const LIMIT_MS = 8.64e15;

export interface ClientTimes {
  readonly originalTimestamp: Json | undefined;
  readonly timestamp: Json | undefined;
  readonly sentAt: Json | undefined;
  /** By our own clock, ms since the epoch. */
  readonly receivedAt: number;
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since the epoch of an ISO 8601 text (UTC where it names no zone) or a number of milliseconds. */
export function readTime(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return Math.abs(value) <= LIMIT_MS ? Math.trunc(value) : undefined;
  if (typeof value !== 'string' || !ISO.test(value)) return undefined;
  const text = value.replace(' ', 'T').replace(',', '.');
  const zoned = text.includes('T') && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Event time = receivedAt - (sentAt - originalTimestamp): the client's clock only measures how long the event
 * waited. Without sentAt the client's time is taken as it is.
 */
export function correctTime(times: ClientTimes): { timestamp: number; flags: Flag[] } {
  const { receivedAt } = times;
  const original = readTime(times.originalTimestamp) ?? readTime(times.timestamp);
  if (original === undefined) return { timestamp: receivedAt, flags: ['no_timestamp'] };
  const sent = readTime(times.sentAt);
  const flags: Flag[] = [];
  let timestamp = original;
  if (sent !== undefined && Math.abs(receivedAt - sent) > SKEW_MS) {
    timestamp = receivedAt - (sent - original);
    flags.push('clock_skew');
  }
  if (timestamp > receivedAt + FUTURE_MS) return { timestamp: receivedAt, flags: [...flags, 'future'] };
  if (timestamp < receivedAt - LATE_MS) flags.push('late');
  return { timestamp, flags };
}
