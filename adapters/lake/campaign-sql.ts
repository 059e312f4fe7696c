/** The statement of campaigns. Parameters: `since` (where looking begins), `from`, `to`, `memory`, `gap`, ms, and `least`. */
import { table } from './engine.ts';
import { attributeOf, inside, json, links, NUMBERS, person } from './people.ts';

const amount = (name: string): string =>
  `CASE WHEN json_type(${json('properties')}, '/${name}') IN (${NUMBERS})
   THEN TRY_CAST(json_extract_string(${json('properties')}, '/${name}') AS DOUBLE) END`;

/** An amount in a currency without a rate cannot be added to the others. */
const revenue = `CASE WHEN list_contains(flags, 'currency_unknown') THEN 0
  ELSE round(coalesce(${amount('revenue')}, ${amount('total')}, ${amount('value')}, 0), 2) END`;

/** Credits what has `person` and a time to the last campaign before it that is still remembered. */
const credited = (what: string, at: string): string =>
  `SELECT ${what}.*, CASE WHEN touches.moment >= ${what}.${at} - $memory::BIGINT THEN touches.campaign END AS campaign
   FROM ${what} ASOF LEFT JOIN touches ON ${what}.person = touches.person AND ${what}.${at} >= touches.moment`;

/** Rows: kind of group, source, medium, name, sessions, people, orders, buyers, revenue. */
export const campaignSql = (paths: readonly string[]): string =>
  `WITH ${links(paths)},
  happened AS (
    SELECT ${person} AS person, epoch_ms(timestamp) AS moment, event = 'Order Completed' AS ordered,
      CASE WHEN event = 'Order Completed' THEN
        coalesce('o' || nullif(${inside('properties', `'/order_id'`)}, ''), 'm' || source || chr(0) || message_id) END AS order_id,
      CASE WHEN event = 'Order Completed' THEN ${revenue} END AS revenue,
      ${attributeOf('campaign_source')} AS source, ${attributeOf('campaign_medium')} AS medium,
      ${attributeOf('campaign')} AS name
    FROM ${table(paths)} LEFT JOIN links ON anonymous_id = device
    WHERE epoch_ms(timestamp) >= $since::BIGINT AND epoch_ms(timestamp) < $to::BIGINT),
  touches AS (
    SELECT person, moment, min({'source': coalesce(source, ''), 'medium': coalesce(medium, ''), 'name': coalesce(name, '')}) AS campaign
    FROM happened WHERE coalesce(source, medium, name) IS NOT NULL GROUP BY person, moment),
  breaks AS (
    SELECT person, moment, coalesce(moment - lag(moment) OVER (PARTITION BY person ORDER BY moment) >= $gap::BIGINT, true) AS begins
    FROM (SELECT DISTINCT person, moment FROM happened)),
  numbered AS (SELECT person, moment, sum(begins::INT) OVER (PARTITION BY person ORDER BY moment) AS number FROM breaks),
  sessions AS (
    SELECT person, min(moment) AS start, max(moment) AS until FROM numbered GROUP BY person, number
    HAVING min(moment) >= $from::BIGINT),
  orders AS (
    SELECT arg_min(person, {'time': moment, 'who': person}) AS person, min(moment) AS moment,
      arg_min(revenue, {'time': moment, 'who': person, 'much': revenue}) AS revenue
    FROM happened WHERE ordered GROUP BY order_id HAVING min(moment) >= $from::BIGINT),
  visited AS (SELECT campaign, person, start FROM (${credited('sessions', 'until')})),
  bought AS (SELECT campaign, person, revenue FROM (${credited('orders', 'moment')})),
  sizes AS (SELECT campaign, count(DISTINCT person) AS size FROM visited WHERE campaign IS NOT NULL GROUP BY campaign),
  labels AS (SELECT campaign FROM sizes WHERE size >= $least::BIGINT),
  both_kinds AS (
    SELECT campaign, person, 1 AS session, NULL AS revenue FROM visited
    UNION ALL SELECT campaign, person, 0, revenue FROM bought),
  sorted AS (
    SELECT both_kinds.* EXCLUDE (campaign), labels.campaign AS label,
      CASE WHEN both_kinds.campaign IS NULL THEN 'unknown' WHEN labels.campaign IS NULL THEN 'other' ELSE 'named' END AS kind
    FROM both_kinds LEFT JOIN labels ON both_kinds.campaign = labels.campaign)
  SELECT kind, nullif(label.source, ''), nullif(label.medium, ''), nullif(label.name, ''),
    sum(session)::DOUBLE, (count(DISTINCT person) FILTER (session = 1))::DOUBLE,
    count(revenue)::DOUBLE, (count(DISTINCT person) FILTER (revenue IS NOT NULL))::DOUBLE,
    coalesce(sum(revenue), 0)::DOUBLE
  FROM sorted GROUP BY kind, label
  ORDER BY kind = 'named' DESC, kind = 'unknown' DESC, sum(session) DESC, label`;
