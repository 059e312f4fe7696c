/** Step: values far outside what their field usually holds, and scaled copies where the rules ask for them. */
import { quarantine, type Refusal } from '../../domain/outcome.ts';
import type { JsonObject } from '../../events/json.ts';
import { type CleanContext, type Draft, flag } from './draft.ts';
import type { FieldSummary } from './field-summary.ts';
import type { FieldRule, OutlierRule } from './rules.ts';
import { type Fences, minMax, quartileFences, robust, robustFences, zScore } from './scaling.ts';
import type { FieldStatistics } from './statistics.ts';

type Rules = Readonly<Record<string, FieldRule>>;

export function outliers(draft: Draft, { rules, statistics }: CleanContext): Refusal | undefined {
  const known = statistics?.known(draft.envelope.tenant);
  if (known === undefined) return undefined;
  return (
    checkObject(draft, draft.properties, rules.properties, known) ??
    checkObject(draft, draft.traits, rules.traits, known)
  );
}

function checkObject(
  draft: Draft,
  object: JsonObject,
  rules: Rules,
  known: FieldStatistics,
): Refusal | undefined {
  for (const field in rules) {
    const rule = rules[field];
    const value = object[field];
    if (typeof value !== 'number' || (rule?.outlier === undefined && rule?.scale === undefined)) continue;
    const summary = known.summary(draft.envelope.source, draft.event, field);
    if (summary === undefined) continue;
    const kept = rule.outlier === undefined ? value : judge(draft, value, rule.outlier, summary);
    if (kept === undefined) return quarantine('outlier', field);
    object[field] = kept;
    const scaled = rule.scale === undefined ? undefined : scale(kept, rule.scale, summary);
    if (scaled !== undefined) object[`${field}_scaled`] = scaled;
  }
  return undefined;
}

/** The usual range on the value's own scale; undefined when it cannot be told yet. */
export function usualRange(rule: OutlierRule, summary: FieldSummary): Fences | undefined {
  const spread = robust(summary, rule.log === true);
  if (spread === undefined) return undefined;
  const fences =
    rule.method === 'robust-z' ? robustFences(spread, rule.limit) : quartileFences(spread, rule.limit);
  return fences && rule.log ? { low: Math.exp(fences.low), high: Math.exp(fences.high) } : fences;
}

/** The value to keep; undefined when the event must be refused. */
function judge(draft: Draft, value: number, rule: OutlierRule, summary: FieldSummary): number | undefined {
  // The logarithm says nothing about refunds and gifts.
  if (rule.log && value <= 0) return value;
  const range = usualRange(rule, summary);
  if (range === undefined || (value >= range.low && value <= range.high)) return value;
  if (rule.action === 'quarantine') return undefined;
  if (rule.action === 'flag') {
    flag(draft, 'outlier');
    return value;
  }
  flag(draft, 'capped');
  return Math.min(range.high, Math.max(range.low, value));
}

const scale = (value: number, kind: 'min-max' | 'z', summary: FieldSummary): number | undefined =>
  kind === 'z' ? zScore(value, summary) : minMax(value, summary);
