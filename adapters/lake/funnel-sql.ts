/** The statement of a funnel. Parameters: `from`, `to`, `window`, `least`, `groups`, `by`, and those of {@link stepValues}. */
import type { Breakdown, FunnelQuery, FunnelStep, PropertyIs } from '../../domain/insight/questions.ts';
import { table } from './engine.ts';
import { attributeOf, firstCopy, json, links, NUMBERS, person, pointerTo, valueOf } from './people.ts';

const kinds = {
  string: { types: `'VARCHAR'`, cast: 'VARCHAR' },
  boolean: { types: `'BOOLEAN'`, cast: 'BOOLEAN' },
  number: { types: NUMBERS, cast: 'DOUBLE' },
} as const;
const kindOf = (value: PropertyIs['is']): (typeof kinds)[keyof typeof kinds] =>
  kinds[typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string'];

function matches({ where }: FunnelStep, step: number): string {
  const conditions = where.map(({ is }, i) => {
    const pointer = `$at${step}_${i}::VARCHAR`;
    const { types, cast } = kindOf(is);
    return `CASE WHEN json_type(${json('properties')}, ${pointer}) IN (${types})
      THEN TRY_CAST(json_extract_string(${json('properties')}, ${pointer}) AS ${cast}) = $is${step}_${i}::${cast}
      ELSE false END`;
  });
  return [`event = $event${step}::VARCHAR`, ...conditions].join(' AND ');
}

/** The values that a funnel's steps put in. */
export const stepValues = (steps: readonly FunnelStep[]): Record<string, string | number | boolean> =>
  Object.fromEntries(
    steps.flatMap(({ event, where }, step) => [
      [`event${step}`, event.toWellFormed()],
      ...where.flatMap(({ property, is }, i) => [
        [`at${step}_${i}`, pointerTo(property.toWellFormed())],
        [`is${step}_${i}`, typeof is === 'string' ? is.toWellFormed() : is],
      ]),
    ]),
  );

/** What happened of a step, and the attempts that come as far as it: the nearest later event of the person, in time. */
const reach = (step: number): string =>
  `t${step} AS (
    SELECT t${step - 1}.*, 
      CASE WHEN at${step - 1} IS NOT NULL AND later.moment <= at0 + $window::BIGINT THEN later.moment END AS at${step}
    FROM t${step - 1} ASOF LEFT JOIN (SELECT DISTINCT person, moment FROM happened WHERE is${step}) AS later
      ON t${step - 1}.person = later.person AND t${step - 1}.at${step - 1} < later.moment)`;

/** An attribute is taken as it was last known; a property is that of the first step. */
const known = (paths: readonly string[], breakdown: Breakdown | undefined): string =>
  breakdown && 'attribute' in breakdown
    ? `, known AS (
    SELECT ${person} AS person, epoch_ms(timestamp) AS moment, min(${attributeOf(breakdown.attribute)}) AS value
    FROM ${table(paths)} LEFT JOIN links ON anonymous_id = device
    WHERE epoch_ms(timestamp) >= $from::BIGINT AND epoch_ms(timestamp) < $to::BIGINT
      AND ${attributeOf(breakdown.attribute)} IS NOT NULL
    GROUP BY ALL),
  told AS (SELECT best.* EXCLUDE (value), known.value FROM best ASOF LEFT JOIN known
    ON best.person = known.person AND best.at0 >= known.moment)`
    : ', told AS (SELECT * FROM best)';

const figures = (count: number): string =>
  Array.from({ length: count }, (_, i) =>
    i === 0
      ? 'count(*)::DOUBLE, NULL::DOUBLE'
      : `count(at${i})::DOUBLE, quantile_cont(at${i} - at${i - 1}, 0.5)::DOUBLE`,
  ).join(', ');

/** Rows: kind of group (`all`, or a {@link GroupKind}), its value, then people and median time of each step. */
export function funnelSql(paths: readonly string[], { steps, breakdown }: FunnelQuery): string {
  const numbers = steps.map((_, i) => i);
  const reached = numbers.map((i) => `(at${i} IS NOT NULL)::INT`).join(' + ');
  return `WITH ${links(paths)},
  asked AS (
    SELECT user_id, anonymous_id, epoch_ms(timestamp) AS moment, ${valueOf(breakdown)} AS value,
      ${steps.map((step, i) => `(${matches(step, i)}) AS is${i}`).join(', ')}
    FROM ${table(paths)} WHERE event IN (${numbers.map((i) => `$event${i}::VARCHAR`).join(', ')})
    QUALIFY ${firstCopy}),
  happened AS (
    SELECT ${person} AS person, asked.* FROM asked LEFT JOIN links ON anonymous_id = device
    WHERE moment >= $from::BIGINT AND moment < $to::BIGINT),
  t0 AS (SELECT person, moment AS at0, min(value) AS value FROM happened WHERE is0 GROUP BY person, moment),
  ${numbers
    .slice(1)
    .map((i) => `${reach(i)},`)
    .join(' ')}
  best AS (SELECT * FROM t${steps.length - 1}
    QUALIFY row_number() OVER (PARTITION BY person ORDER BY ${reached} DESC, at0) = 1)
  ${known(paths, breakdown)},
  sizes AS (
    SELECT value, count(*) AS size, row_number() OVER (ORDER BY count(*) DESC, value) AS place
    FROM told WHERE value IS NOT NULL GROUP BY value HAVING count(*) >= $least::BIGINT),
  sorted AS (
    SELECT told.*, CASE WHEN told.value IS NULL THEN 'unknown' WHEN place <= $groups::BIGINT THEN 'named' ELSE 'other' END AS kind,
      CASE WHEN place <= $groups::BIGINT THEN told.value END AS name
    FROM told LEFT JOIN sizes ON told.value = sizes.value)
  SELECT 'all', NULL::VARCHAR, ${figures(steps.length)} FROM sorted
  UNION ALL
  (SELECT kind, name, ${figures(steps.length)} FROM sorted GROUP BY kind, name
   ORDER BY kind = 'named' DESC, kind = 'unknown' DESC, count(*) DESC, name)`;
}
