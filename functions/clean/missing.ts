/** Step: notes what the ruled fields hold, and fills gaps where the rules say so. */
import type { Refusal } from '../../domain/outcome.ts';
import type { JsonObject } from '../../events/json.ts';
import { type CleanContext, type Draft, flag } from './draft.ts';
import { nearestValue, type Row } from './nearest.ts';
import type { FieldRule, FillRule } from './rules.ts';
import { ENOUGH, robust } from './scaling.ts';
import type { FieldStatistics } from './statistics.ts';

type Rules = Readonly<Record<string, FieldRule>>;

const isObserved = (rule: FieldRule): boolean =>
  rule.outlier !== undefined || rule.missing !== undefined || rule.scale !== undefined;

const plain = (value: unknown): value is number | string =>
  typeof value === 'number' || typeof value === 'string';

/** Observation comes before filling, so that filled values do not confirm themselves. */
export function missing(draft: Draft, { rules, statistics }: CleanContext): Refusal | undefined {
  if (statistics === undefined) return undefined;
  const { tenant } = draft.envelope;
  fillObject(draft, draft.properties, rules.properties, statistics.known(tenant), statistics.fresh(tenant));
  fillObject(draft, draft.traits, rules.traits, statistics.known(tenant), statistics.fresh(tenant));
  return undefined;
}

function fillObject(
  draft: Draft,
  object: JsonObject,
  rules: Rules,
  known: FieldStatistics | undefined,
  fresh: FieldStatistics,
): void {
  const { source } = draft.envelope;
  let gaps: [field: string, rule: FillRule][] | undefined;
  for (const field in rules) {
    const rule = rules[field];
    if (rule === undefined || !isObserved(rule)) continue;
    const value = object[field];
    if (plain(value)) fresh.observe(source, draft.event, field, value);
    else if (value == null && rule.missing?.events.includes(draft.event)) {
      fresh.observeMissing(source, draft.event, field);
      (gaps ??= []).push([field, rule.missing]);
    }
  }
  if (usesNearest(rules, draft.event)) {
    const row = rowOf(object, rules);
    fresh.observeRow(source, draft.event, draft.messageId, row);
    if (gaps && known) fill(draft, object, gaps, known, row);
  } else if (gaps && known) fill(draft, object, gaps, known, {});
}

function fill(
  draft: Draft,
  object: JsonObject,
  gaps: readonly (readonly [string, FillRule])[],
  known: FieldStatistics,
  row: Row,
): void {
  for (const [field, rule] of gaps) {
    const value = valueFor(draft, field, rule, known, row);
    if (value === undefined) continue;
    object[field] = value;
    flag(draft, 'imputed');
  }
}

function valueFor(
  draft: Draft,
  field: string,
  rule: FillRule,
  known: FieldStatistics,
  row: Row,
): number | string | undefined {
  const { source } = draft.envelope;
  const summary = known.summary(source, draft.event, field);
  if (summary === undefined || summary.count + summary.textCount < ENOUGH) return undefined;
  switch (rule.fill) {
    case 'mean':
      return summary.count < ENOUGH ? undefined : summary.mean;
    case 'median':
      return robust(summary, false)?.median;
    case 'mode':
      return summary.mode;
    case 'nearest': {
      const sample = known.sample(source, draft.event);
      return sample && nearestValue(sample, row, field, (name) => known.summary(source, draft.event, name));
    }
  }
}

const usesNearest = (rules: Rules, event: string): boolean =>
  Object.values(rules).some((r) => r.missing?.fill === 'nearest' && r.missing.events.includes(event));

function rowOf(object: JsonObject, rules: Rules): Row {
  const row: Record<string, number | string> = {};
  for (const field in rules) {
    const value = object[field];
    if (plain(value)) row[field] = typeof value === 'string' ? value.slice(0, 64).toWellFormed() : value;
  }
  return row;
}
