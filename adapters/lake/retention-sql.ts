/** The statement of retention. Parameters: `since` (where looking begins), `from`, `to`, `period`, all ms. */
import { table } from './engine.ts';
import { links, person } from './people.ts';

/** Rows: number of the cohort's period, number of the period in which they were active, people. */
export const retentionSql = (paths: readonly string[]): string =>
  `WITH ${links(paths)},
  seen AS (
    SELECT ${person} AS person, epoch_ms(timestamp) AS moment
    FROM ${table(paths)} LEFT JOIN links ON anonymous_id = device
    WHERE epoch_ms(timestamp) >= $since::BIGINT AND epoch_ms(timestamp) < $to::BIGINT),
  firsts AS (
    SELECT person, (min(moment) - $from::BIGINT) // $period::BIGINT AS cohort
    FROM seen GROUP BY person HAVING min(moment) >= $from::BIGINT),
  active AS (SELECT DISTINCT person, (moment - $from::BIGINT) // $period::BIGINT AS period FROM seen)
  SELECT cohort::DOUBLE, period::DOUBLE, count(*)::DOUBLE FROM firsts JOIN active USING (person)
  GROUP BY cohort, period ORDER BY cohort, period`;
