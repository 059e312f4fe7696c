/** The statements that take people out of the lake's files. `list`: a file with a line for each of them. */
import { literal, table } from './engine.ts';
import { namesNone } from './sql.ts';

/** For each file that names one of them: its place among `paths`, and how many rows do. */
export const namedIn = (paths: readonly string[], list: string): string =>
  `SELECT place::DOUBLE, count(*)::DOUBLE FROM (${paths
    .map((path, i) => `SELECT ${i} AS place, user_id, anonymous_id, previous_id FROM ${table([path])}`)
    .join(' UNION ALL ')}) WHERE NOT ${namesNone(list)} GROUP BY place`;

/** A file without such rows, the others in their order. */
export const withoutNamed = (from: string, to: string, list: string): string =>
  `COPY (SELECT * FROM ${table([from])} WHERE ${namesNone(list)})
   TO ${literal(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)`;
