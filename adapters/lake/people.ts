/** Who did something, as SQL: events with the person they belong to. Shared by the questions about everybody. */
import type { Breakdown } from '../../domain/insight/questions.ts';
import type { Attribute } from '../../events/attributes.ts';
import { literal, table } from './engine.ts';

/** Where an attribute stands in an event's context, as JSON pointer. */
const pointers: Readonly<Record<Exclude<Attribute, 'source'>, string>> = {
  device: '/device/type',
  os: '/device/os',
  browser: '/device/browser',
  campaign: '/campaign/name',
  campaign_source: '/campaign/source',
  campaign_medium: '/campaign/medium',
  country: '/country',
  locale: '/locale',
  referrer: '/referrer/host',
};

/** A column of JSON; null where the text is none, as with halves of characters. */
export const json = (column: string): string => `CASE WHEN json_valid(${column}) THEN ${column} END`;

export const NUMBERS = `'UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE'`;

/** A text, number or truth value inside a column of JSON, as text; null where there is none. */
export const inside = (column: string, pointer: string): string =>
  `CASE WHEN json_type(${json(column)}, ${pointer}) IN ('VARCHAR', 'BOOLEAN', ${NUMBERS})
   THEN json_extract_string(${json(column)}, ${pointer}) END`;

/** What an attribute says of an event; null where it is not known. */
export const attributeOf = (attribute: Attribute): string =>
  attribute === 'source' ? 'source' : `nullif(${inside('context', literal(pointers[attribute]))}, '')`;

/** The key of a property as JSON pointer. */
export const pointerTo = (property: string): string =>
  `/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The columns `$pointer` of the value by which people are told apart; null without one. */
export const valueOf = (breakdown: Breakdown | undefined): string =>
  breakdown && 'property' in breakdown
    ? `nullif(${inside('properties', '$by::VARCHAR')}, '')`
    : 'NULL::VARCHAR';

/** Which user a device belongs to: the first that was seen with it. */
export const links = (paths: readonly string[]): string =>
  `links AS (
    SELECT anonymous_id AS device, arg_min(user_id, {'time': epoch_ms(timestamp), 'who': user_id}) AS owner
    FROM ${table(paths)} WHERE user_id IS NOT NULL AND anonymous_id IS NOT NULL GROUP BY anonymous_id)`;

/** The person of a row that was joined with `links`; users and devices cannot be mistaken for each other. */
export const person = `coalesce('u' || user_id, 'u' || owner, 'd' || anonymous_id)`;

/** The copy of a message that was received first. */
export const firstCopy = `row_number() OVER
  (PARTITION BY source, message_id ORDER BY received_at, length(receipt), receipt) = 1`;
