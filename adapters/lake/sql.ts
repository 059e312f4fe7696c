/** The statements of the lake. Values from outside go in as parameters; what stands here in text is ours or quoted. */
import { literal, table } from './engine.ts';
import { answered, columns } from './rows.ts';

/**
 * Which copy of a message stays: the one received first. The last term settles copies that share a receipt,
 * so that every reader and every compaction choose the same one.
 */
const first = `row_number() OVER (PARTITION BY source, message_id ORDER BY received_at, length(receipt), receipt,
  hash(type, event, user_id, anonymous_id, previous_id, group_id, timestamp, trust, flags,
    properties, traits, context, consent)) = 1`;

const isTime = (name: string): boolean => name === 'timestamp' || name === 'received_at';
const stored = Object.keys(columns)
  .map((name) => (isTime(name) ? `make_timestamp_ms(${name})::TIMESTAMP_MS AS ${name}` : name))
  .join(', ');
const types = Object.entries(columns)
  .map(([name, type]) => `${name}: '${type}'`)
  .join(', ');

/** Bytes of a line, at most: events have 32 KB before cleaning. DuckDB reserves twice as much, 32 MB unless told. */
const LINE_BYTES = 1_048_576;

/** Lines of JSON to a file, in their order. */
export const writeLines = (lines: string, path: string): string =>
  `COPY (SELECT ${stored} FROM read_json(${literal(lines)}, format = 'newline_delimited',
    maximum_object_size = ${LINE_BYTES}, columns = {${types}}))
   TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`;

/** Condition on rows that name none of the subjects in a file of lines. */
export const namesNone = (list: string): string => {
  const subjects = `(SELECT subject FROM read_json(${literal(list)}, format = 'newline_delimited',
    columns = {subject: 'VARCHAR'}))`;
  const named = ['user_id', 'anonymous_id', 'previous_id'].map(
    (column) => `coalesce(${column} IN ${subjects}, false)`,
  );
  return `NOT (${named.join(' OR ')})`;
};

/** Small row groups in order of person: a question about one person then reads few of them. `list`: who is left out. */
export const join = (paths: readonly string[], path: string, list?: string): string =>
  `COPY (SELECT * FROM (SELECT * FROM ${table(paths)} QUALIFY ${first})
    ${list === undefined ? '' : `WHERE ${namesNone(list)}`}
    ORDER BY coalesce(user_id, anonymous_id), timestamp, message_id, source)
   TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)`;

/** All events of some files; copies within them stand once. */
export const allEvents = (paths: readonly string[]): string =>
  `SELECT ${answered} FROM (SELECT * FROM ${table(paths)} QUALIFY ${first})`;

export const countRows = (paths: readonly string[]): string => `SELECT count(*)::DOUBLE FROM ${table(paths)}`;

export interface PersonQuery {
  readonly users: number;
  readonly devices: number;
  readonly from: boolean;
  readonly to: boolean;
}

/**
 * A person's events, newest first. Parameters: `user0…`, `device0…`, `limit`, and `from` and `to` where given.
 * A message belongs to whom its first copy names, so the choice among copies comes before that of the person.
 */
export function personEvents(paths: readonly string[], query: PersonQuery): string {
  const among = (column: string, name: string, count: number): string[] =>
    count === 0
      ? []
      : [`${column} IN (${Array.from({ length: count }, (_, i) => `$${name}${i}::VARCHAR`).join(', ')})`];
  const person = [
    ...among('user_id', 'user', query.users),
    ...among('anonymous_id', 'device', query.devices),
  ].join(' OR ');
  const when = [
    ...(query.from ? ['AND epoch_ms(timestamp) >= $from::BIGINT'] : []),
    ...(query.to ? ['AND epoch_ms(timestamp) < $to::BIGINT'] : []),
  ].join(' ');
  return `WITH copies AS (
    SELECT * FROM ${table(paths)} SEMI JOIN
      (SELECT DISTINCT source, message_id FROM ${table(paths)} WHERE ${person}) AS named
      USING (source, message_id)
    QUALIFY ${first})
  SELECT ${answered} FROM copies WHERE (${person}) ${when}
  ORDER BY timestamp DESC, received_at DESC, message_id, source LIMIT $limit::BIGINT`;
}
