/** The statements that take people out of the lake's files. */
import { literal, table } from './engine.ts';

/** Columns that name a person or a device. */
const naming = ['user_id', 'anonymous_id', 'previous_id'] as const;

/** Condition on rows that name one of the ids in a file of lines. */
export const namesOne = (list: string): string => {
  const ids = `(SELECT id FROM read_json(${literal(list)}, format = 'newline_delimited', columns = {id: 'VARCHAR'}))`;
  return `(${naming.map((column) => `coalesce(${column} IN ${ids}, false)`).join(' OR ')})`;
};

/** For each file with such rows: which of `paths` it is, and how many they are. */
export const namedIn = (paths: readonly string[], list: string): string =>
  `SELECT file_index::DOUBLE, count(*)::DOUBLE FROM (${paths
    .map((path, i) => `SELECT ${i} AS file_index, ${naming.join(', ')} FROM ${table([path])}`)
    .join(' UNION ALL ')}) WHERE ${namesOne(list)} GROUP BY file_index`;

/** A file without such rows, the others in their order. */
export const withoutNamed = (from: string, to: string, list: string): string =>
  `COPY (SELECT * FROM ${table([from])} WHERE NOT ${namesOne(list)})
   TO ${literal(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)`;
